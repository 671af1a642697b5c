"""Rust: Cargo (The Cargo Book)."""

from . import Ecosystem, outputs

_BUILD = r"cargo (?:build|b|run|test)(?: .*)?"

ECOSYSTEM = Ecosystem(
    "Rust",
    ("Cargo.toml",),
    outputs(_BUILD, ("Cargo.toml",), "target"),
    manifests=(r"Cargo\.(?:toml|lock)",),
)
