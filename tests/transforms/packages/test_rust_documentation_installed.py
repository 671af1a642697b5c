"""What `rust-documentation-installed` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "rust-documentation-installed"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain 1.80 && cargo build\n",
        (
            "FROM debian:12\nRUN curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain 1.80 --profile minimal"
            " && cargo build\n"
        ),
    ),
    (
        "FROM debian:12\nRUN wget -qO- https://sh.rustup.rs | bash -s -- -y\n",
        "FROM debian:12\nRUN wget -qO- https://sh.rustup.rs | bash -s -- -y --profile minimal\n",
    ),
    (
        "FROM debian:12\nRUN /tmp/rustup-init -y && rm /tmp/rustup-init\n",
        "FROM debian:12\nRUN /tmp/rustup-init -y --profile minimal && rm /tmp/rustup-init\n",
    ),
)

_RUSTUP = "FROM debian:12\nRUN curl https://sh.rustup.rs | sh -s -- -y"

# what stays, and the difference that keeps it
KEEPS = (
    (f"{_RUSTUP} >/x\n", (" >/x", "")),
    (f"{_RUSTUP} --help\n", (" --help", "")),
    ("FROM debian:12\nRUN curl https://sh.rustup.rs | sh -s -- -q\n", ("-q", "-y")),
    ("FROM debian:12\nRUN curl https://sh.rustup.rs | sh -c 'cat' -y\n", ("-c 'cat'", "-s")),
    ("FROM debian:12\nRUN curl https://sh.rustup.rs && sh -s -- -y\n", ("&& sh", "| sh")),
    (f"{_RUSTUP}\nENV RUSTUP_INIT_SKIP_PATH_CHECK=yes\n", ("RUSTUP_INIT", "X")),
    (f"{_RUSTUP}\nCOPY rust-toolchain.toml .\n", ("rust-toolchain.toml", "x")),
    (f"{_RUSTUP}\nRUN rustup component add rustfmt\n", ("rustfmt", "llvm-tools")),
    (f"{_RUSTUP}\nCMD cargo fmt\n", ("fmt", "run")),
    (f"{_RUSTUP}\nRUN rustup set profile complete\n", ("set profile complete", "show")),
    (f"{_RUSTUP.replace('12', '12 AS a')}\nFROM debian:12\nCOPY --from=a /x /x\n", (" AS a", "")),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


def test_says() -> None:
    (found,) = said(RULE, f"{_RUSTUP}\n")
    message, reason = (
        "the documentation of Rust is installed with it",
        "Clippy, rustfmt and the documentation are not installed",
    )
    assert found == Said("sh -s -- -y", message, reason, found.removes)
    assert "/**/toolchains/*/share/doc/**" in found.removes
