"""Cargo, of Rust (manual: The Cargo Book, *Cargo Home*). The sources of all dependencies stay in its registry."""

import re

from . import Tool

TOOL = Tool(
    name="cargo",
    commands=frozenset(("cargo",)),
    value_options=frozenset(("-C", "--config", "-Z", "--color")),
    clear_text=re.compile(rb"registry|\.cargo\b|/cargo\b|^/root/?\*?$"),
    cache_clear="rm -rf ~/.cargo/registry ~/.cargo/git",
    cache_clear_on=(("rust", "rm -rf /usr/local/cargo/registry /usr/local/cargo/git"),),
    cache_fills=frozenset(("install", "build", "b", "test", "t", "run", "r", "check", "rustc", "binstall")),
    cache_without=("--offline", "--frozen", "--dry-run"),
    cache_settled=re.compile(
        rb"CARGO_HOME|\.cargo/(?:registry|git)|cargo/(?:registry|git)|cargo[- ](?:cache|vendor|clean|fetch)"
        rb"|--offline|--frozen"
    ),
    cache_read_by=frozenset((b"cargo", b"maturin", b"wasm-pack", b"cross", b"trunk", b"rustc")),
    cache=("/usr/local/cargo/registry/**", "/usr/local/cargo/git/**", "/{root,home/*}/.cargo/{registry,git}/**"),
)
