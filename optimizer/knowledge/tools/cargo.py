"""Cargo, of Rust (manual: The Cargo Book, *Cargo Home*). It keeps the sources of what it built from."""

import re

from ..images import Image
from . import CLEARED, Cache, Configuration, Mounts, Tool


def _on(image: Image) -> tuple[str, ...]:
    return ("/usr/local/cargo/registry",) if image.name == "rust" else ()


TOOL = Tool(
    name="cargo",
    configurations=(
        Configuration(
            r"(?:^|/)\.cargo/config(?:\.toml)?$",
            rb"(?m)^\s*(?:offline\s*=\s*true|replace-with|directory\s*=|local-registry)|CARGO_HOME",
        ),
    ),
    commands=frozenset(("cargo",)),
    value_options=frozenset(("-C", "--config", "-Z", "--color")),
    caches=(
        Cache(
            paths=(
                "/usr/local/cargo/registry/**",
                "/usr/local/cargo/git/**",
                "/{root,home/*}/.cargo/{registry,git}/**",
            ),
            fills=frozenset(("install", "build", "b", "test", "t", "run", "r", "check", "rustc", "binstall")),
            clear="rm -rf ~/.cargo/registry ~/.cargo/git",
            clear_on=(("rust", "rm -rf /usr/local/cargo/registry /usr/local/cargo/git"),),
            cleared_text=re.compile(rb"registry|\.cargo\b|/cargo\b|^/root/?\*?$"),
            without=("--offline", "--frozen", "--dry-run"),
            settled=re.compile(
                rb"CARGO_HOME|\.cargo/(?:registry|git)|cargo/(?:registry|git)|cargo[- ](?:cache|vendor|clean|fetch)"
                rb"|--offline|--frozen"
            ),
            read_by=frozenset((b"cargo", b"maturin", b"wasm-pack", b"cross", b"trunk", b"rustc")),
        ),
    ),
    mounts=Mounts(on=_on, cleared_by=CLEARED),
)
