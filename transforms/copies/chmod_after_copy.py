"""Give a copied file its mode in the COPY.

A `RUN chmod` stores the file a second time, in a layer of its own, however little the mode differs. BuildKit's
`COPY --chmod` writes it once, with the mode. The mode is written in octal: older versions of BuildKit ignore a
symbolic one without a word.

Before:

```dockerfile
FROM debian:12
COPY entrypoint.sh /usr/local/bin/
RUN chmod 755 /usr/local/bin/entrypoint.sh
ENTRYPOINT ["entrypoint.sh"]
```

After:

```dockerfile
FROM debian:12
COPY --chmod=755 entrypoint.sh /usr/local/bin/
ENTRYPOINT ["entrypoint.sh"]
```

Only what is folded goes: other commands of the RUN, and other operands, stay.

A file that ADD fetches has mode 0600 before. A path that ENV spells counts as what that says; one that an ARG decides
on has to be spelled alike in both instructions.

When it stays away: the classic builder, which has no `--chmod`; a directory, a symbolic link, a pattern, several
sources that do not all get the same mode, another stage's files, an archive that ADD unpacks; another variable in a
path; `-R` and other options; a mode with more than permission bits; the RUN goes on where the chmod fails; anything
between the COPY and the chmod that may have to do with the file.

Safety: the file ends with the same mode and content. `chmod +x` is safe where the build context shows the file's
mode; otherwise 0644 is an assumption, and the rewrite is unsafe. It is unsafe too where COPY would create the
file's directory with a mode other than 0755 (some versions put it there, BuildKit issue 5943), where
only the name says that the source is a file, and where a comment would go with the RUN.

References: Dockerfile reference, *COPY --chmod*; chmod(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Word
from ...optimizer.facts.copies import (
    Copied,
    assumptions,
    commands_on_copies,
    copied_operands,
    stored_twice,
    with_others,
)
from ...optimizer.facts.stages import Facts, Run, readable
from ...optimizer.facts.touches import touched
from ...optimizer.fixes.operands import drop_operands, with_flag
from ...optimizer.fixes.scripts import combine
from ...optimizer.knowledge.chmod import changed_mode
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "chmod-after-copy"

KEEPS = (
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN make; chmod 755 /a.sh\n",
        "its RUN may have to do with it before: `make` may do anything",
    ),
    ("FROM debian:12\nCOPY a.sh /a.sh\nVOLUME /\nRUN chmod 755 /a.sh\n", "line 3 may have to do with it: /a.sh"),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh  # for cron\n", "a comment inside it would go with it"),
)

_OCTAL = re.compile(r"0?([0-7]{3})")
_MESSAGE = "chmod stores the copied file a second time"


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every chmod of a copied file."""
    if facts.builder == "classic":
        return
    for run, command in commands_on_copies(facts, "chmod"):
        mode = command.argv[1].value or ""
        files = copied_operands(run, command, "chmod")
        if files and changed_mode(0, mode) is not None:
            yield attempt(RULE, _MESSAGE, command, partial(_folded, facts, run, command, mode, files))


def _folded(facts: Facts, run: Run, command: Command, mode: str, files: list[tuple[Word, Copied]]) -> Offer:
    """The modes in the COPYs, of the files that nothing has to do with before the chmod."""
    reasons = {file.instruction: reason for _, file in files if (reason := touched(file, run, command))}
    reasons |= with_others(files)
    modes = {file.path: _resulting_mode(mode, file, run) for _, file in files if file.instruction not in reasons}
    for _, file in files:
        alike = {
            modes[other.path][0] for _, other in files if other.instruction is file.instruction and other.path in modes
        }
        if len(alike) > 1:
            reasons[file.instruction] = "its sources would not all have the same mode"
    free = [(word, file) for word, file in files if file.instruction not in reasons]
    if not free:
        raise Refusal(next(iter(reasons.values())))
    flags = {file.instruction: with_flag(file.instruction, f"--chmod={modes[file.path][0]:o}") for _, file in free}
    doubts: list[str] = []
    for _, file in free:
        bits, doubt = modes[file.path]
        doubts += [doubt] if doubt else _doubts(file, bits)
    kept = len(command.argv) - 2 - len(free)
    gone, commented = drop_operands(facts.document, run, command, [word for word, _ in free], kept)
    doubts += ["the comment above it would go with it"] if commented else []
    return Offer(combine(*flags.values(), gone), doubts, saves=stored_twice([file for _, file in free]))


def _resulting_mode(mode: str, file: Copied, run: Run) -> tuple[int, str]:
    """The permission bits after the chmod, and why they are not certain."""
    if octal := _OCTAL.fullmatch(mode):
        return int(octal[1], 8), ""
    if any(part[:1] in "+-=" for part in mode.split(",")) and "umask" in readable(run).state_changes:
        raise Refusal("the umask decides what it gives")  # chmod(1): without a letter it counts
    before = file.entry.mode if file.entry else 0o644
    bits = changed_mode(before, mode)
    if bits is None:
        raise Refusal("the mode it has is not plain")
    if changed_mode(0, mode) == changed_mode(0o777, mode) == bits:
        return bits, ""
    if file.entry is None:
        return bits, f"that {file.source} has mode 0644 is an assumption"
    if before not in (0o644, 0o755) and "://" not in file.source:
        return bits, f"{file.source} has mode {before:04o} here, and may have another elsewhere"
    return bits, ""


def _doubts(file: Copied, bits: int) -> list[str]:
    """Why giving the mode in the COPY may do more than the chmod did."""
    doubts = assumptions(file)
    if (file.spelling or not file.parent_exists) and bits != 0o755:
        doubts.append("a directory that COPY creates would get the mode too")
    return doubts
