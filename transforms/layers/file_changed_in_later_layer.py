"""Change or remove a file in the RUN that wrote it.

A `RUN chmod`, `chown`, `mv`, `touch`, `ln`, `strip` or `sed -i` of its own stores a file a second time, and a `RUN rm`
gives nothing back. Such a RUN joins the one right before it that wrote the file, with what stands between the two.

Before:

```dockerfile
FROM debian:12
RUN curl -fsSL https://example.com/tool -o /usr/local/bin/tool
RUN chmod +x /usr/local/bin/tool
```

After:

```dockerfile
FROM debian:12
RUN curl -fsSL https://example.com/tool -o /usr/local/bin/tool && chmod +x /usr/local/bin/tool
```

So it is where a directory is given away with all that is in it, and where a RUN removes what one right before it
cloned, downloaded or unpacked, whatever else it does: `git clone`, `make install` and `rm -rf` become one. A `WORKDIR`
between them becomes a `cd`, or goes behind the RUN; a `cd` is followed by one back, where it matters.

When it stays away: the RUN does anything else, but for making users and directories, and removes nothing; no RUN right
before it stored the file, or more than two others (four, where it is removed) stand between them; state of one (a
directory that is not known, a variable, an option of the shell) would reach the next and could matter there; a failure
of one is ignored; a RUN has flags or a heredoc; comments would be lost from sight; the stage does not ship.

Safety: the same commands run in the same order, and the final files are the same. A change to one of the joined
RUNs now builds all of them again.

References: hadolint DL3059; Docker's *Building best practices*; OCI Image Specification, *Image Layer Changeset*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.copies import operand_path
from ...optimizer.facts.effects import commands_of
from ...optimizer.facts.filling import is_given_in_each
from ...optimizer.facts.packages import is_cleanup, removed
from ...optimizer.facts.paths import PATTERN, SYSTEM_DIRECTORIES, resolve
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.walks import removals
from ...optimizer.facts.writers import brought_by, writer_of
from ...optimizer.fixes.joining import join_across, without_needless_cd
from ...optimizer.knowledge.commands import ACCOUNTS
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "file-changed-in-later-layer"
_MOST, _MOST_WHERE_REMOVED = 4, 6  # RUNs that are joined: every one of them loses a layer in the build cache

KEEPS = (
    (
        "FROM a/b\nRUN cd /opt && curl -o tool http://e.org/t\nRUN chmod +x tool\n",
        "`cd` in the first would reach the second",
    ),
    (
        "FROM debian:12\nRUN curl -o /tool http://e.org/tool || true\nRUN chmod +x /tool\n",
        "a failure of its last command is ignored",
    ),
    (
        "FROM debian:12\nRUN umask 077 && curl -o /tool http://e.org/tool\nRUN mv /tool /u\n",
        "`umask` in the first would reach the second",
    ),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every RUN that only changes what one shortly before it wrote."""
    for stage in facts.shipping:
        found: list[tuple[int, int, Finding]] = []
        for run in stage.runs:
            changed = _changed(run)
            first = writer_of(run, changed, _MOST, _given_away(run)) if changed else None
            first = first or brought_by(run, [path for *_, path in removals(run)], _MOST_WHERE_REMOVED)
            if first is not None and not is_given_in_each(run):
                joined = [other for other in stage.runs if first.at <= other.at <= run.at]
                found.append((first.at, run.at, _joined(facts, joined)))
        for first, last, finding in found:
            if not any(one.fix for start, end, one in found if start <= first and last < end):
                yield finding


_CHANGES = frozenset(("rm", "chmod", "chown", "chgrp", "mv", "strip", "touch", "ln", "unlink"))
_BESIDE = frozenset(("cd", "mkdir", "rmdir", *ACCOUNTS))  # it may do that too: no file of any size comes of it
_MAY_STAND = _CHANGES | _BESIDE | {"sed"}


def _changed(run: Run) -> list[bytes]:
    """The paths that `run` changes or removes; none if it does anything else, but for removing packages."""
    script = run.script
    small = script is not None and script.names - run.stage.facts.managers <= _MAY_STAND
    if script is None or not small or not script.only_and or not script.is_plain or script.writes_files:
        return []
    found: list[bytes] = []
    for command, directory in commands_of(run):
        paths = [] if removed(run, command) is not None or is_cleanup(run, command) else _paths(command)
        if paths is None:
            return []
        found += [_absolute(path, directory) if "cd" in script.names else path for path in paths]
    made = {word.raw for command in script.commands if command.name == "mkdir" for word in command.operands()}
    return [path for path in found if path not in made]


def _absolute(path: bytes, directory: str | None) -> bytes:
    """A path behind a ``cd``, made absolute where that is certain."""
    text = path.decode("utf-8", "surrogateescape")
    resolved = None if PATTERN.search(text) else resolve(text, directory)
    return path if resolved is None else resolved.encode("utf-8", "surrogateescape")


def _given_away(run: Run) -> list[str]:
    """The directories that `run`, which only changes files, changes with all that is in them."""
    return [
        path
        for command, _ in commands_of(run)
        if command.name in ("chmod", "chown", "chgrp") and command.has_option("R", "recursive")
        for word in command.operands()[1:]
        if (path := operand_path(word, run)) is not None and path not in SYSTEM_DIRECTORIES
    ]


def _paths(command: Command) -> list[bytes] | None:
    """The operands of a command that changes files in place or removes them; None for any other."""
    words = [word.raw.strip(b"\"'") for word in command.argv[1:]]
    operands = [word.raw.strip(b"\"'") for word in command.operands()]
    if command.name == "sed":
        if not any(re.match(rb"-i|--in-place|-[nErsu]+i", word) for word in words) or b"-e" in words or b"-f" in words:
            return None
        return operands[1:]
    if command.name in _BESIDE:
        return []
    if command.name not in _CHANGES or (command.name == "touch" and b"-r" in words):
        return None
    if command.name in ("chmod", "chown", "chgrp"):
        return None if any(word.startswith(b"--reference") for word in words) else operands[1:]
    if command.name == "ln":  # a hard link takes a copy of what it links along, a symbolic one does not
        return [] if any(re.match(rb"-\w*s|--sym", word) for word in words) else operands[:-1]
    return operands[:-1] if command.name == "mv" else operands


def _joined(facts: Facts, runs: list[Run]) -> Finding:
    message = f"what line {runs[0].instruction.line} wrote is changed or removed in a layer of its own"
    trims = without_needless_cd
    return attempt(RULE, message, runs[-1].instruction, lambda: Offer(join_across(facts.document, runs, trims(runs))))
