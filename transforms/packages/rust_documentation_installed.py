"""Install Rust without its documentation.

rustup's default profile brings the documentation of the standard library, some hundred megabytes of pages, with every
toolchain. The profile `minimal` has the compiler, the standard library and Cargo.

Before:

```dockerfile
FROM debian:12
RUN curl -fsSL https://sh.rustup.rs | sh -s -- -y
```

After:

```dockerfile
FROM debian:12
RUN curl -fsSL https://sh.rustup.rs | sh -s -- -y --profile minimal
```

When it stays away: the file names a profile already, a toolchain file or a `RUSTUP_INIT` variable; something in it asks
for Clippy, rustfmt or the documentation; the stage does not ship.

Safety: unsafe. Clippy and rustfmt are missing as well, here and in toolchains that are added later. rustup could
not be had where dfopt is tested: what it says of it is taken from the manual.

References: The rustup book, *Profiles*, *Components*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.shell import Command, Script
from ...optimizer.facts.stages import Facts
from ...optimizer.fixes.operands import add_option
from ...optimizer.rules.finding import Finding

RULE = "rust-documentation-installed"

KEEPS = (
    ("FROM debian:12\nRUN curl https://e.org/x | sh -s -- -y\n", ("e.org/x", "sh.rustup.rs")),
    ("FROM debian:12\nRUN rustup-init -y && cargo clippy\n", (" && cargo clippy", "")),
    ("FROM debian:12\nRUN rustup-init -y --profile minimal\n", (" --profile minimal", "")),
)

_SETTLED = re.compile(
    rb"(?i)profile|RUSTUP_INIT|rust-toolchain|clippy|rustfmt|cargo[ -]fmt|rust-docs|rustup doc|complete"
)
_REMOVES = tuple(
    f"/**/toolchains/*/{path}"
    for path in ("share/doc/**", "share/man/**", "bin/{cargo-clippy,clippy-driver,cargo-fmt,rustfmt}", "lib/rustlib/**")
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every rustup that installs the default profile."""
    if _SETTLED.search(facts.document.source.data):
        return
    for stage in facts.shipping:
        for run in stage.runs:
            for command in run.script.commands if run.script else ():
                if run.script and _installs(run.script, command):
                    message = "the documentation of Rust is installed with it"
                    fix = add_option(command, command.argv[-1], "--profile minimal")
                    reason = "Clippy, rustfmt and the documentation are not installed"
                    yield Finding(RULE, message, command.start, command.end, fix, "unsafe", reason, _REMOVES)


def _installs(script: Script, command: Command) -> bool:
    """Whether the command is rustup's installer, which asks no questions."""
    words = command.values()
    if "-y" not in words or "--help" in words or command.redirections:
        return False
    if command.name == "rustup-init":
        return True
    before = script.commands[max(script.commands.index(command) - 1, 0)]
    piped = "pipeline" in command.guards and "pipeline" in before.guards and b"sh.rustup.rs" in before.normal
    return command.name in ("sh", "bash") and piped and words[:1] == ["-s"]
