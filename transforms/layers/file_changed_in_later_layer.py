"""Change or remove a file in the RUN that wrote it.

A layer keeps every file that its instruction wrote. A `RUN chmod`, `chown`, `mv`, `touch`, `ln`, `strip` or `sed -i` of
its own stores the file a second time, and a `RUN rm` of its own gives nothing back. Such a RUN joins the one right
before it that wrote the file, together with what stands between the two.

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

When it stays away: the RUN does anything else; no RUN right before it downloads, unpacks, copies or compiles the
file, or more than two others stand between them; state of one (a `cd`, a variable, an option of the shell) would
reach the next and could matter there; a failure of one is ignored; a RUN has flags or a heredoc; comments
between them would be lost from sight; the stage does not ship.

Safety: the same commands run in the same order, and the final files are the same. A change to one of the joined
RUNs now builds all of them again.

References: hadolint DL3059; Docker's *Building best practices*; OCI Image Specification, *Image Layer Filesystem
Changeset*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.packages import is_cleanup, removed
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.writers import writer_of
from ...optimizer.fixes.joining import join_runs
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "file-changed-in-later-layer"
_MOST = 4  # RUNs that are joined: every one of them loses a layer of its own in the build cache

KEEPS = (
    (
        "FROM debian:12\nRUN cd /opt && curl -o tool http://e.org/t\nRUN chmod +x tool\n",
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
            first = writer_of(run, _changed(run), _MOST)
            if first is not None:
                joined = [other for other in stage.runs if first.at <= other.at <= run.at]
                found.append((first.at, run.at, _joined(facts, joined)))
        for first, last, finding in found:
            wider = (one for start, end, one in found if start <= first and last <= end and one is not finding)
            if not any(one.fix for one in wider):
                yield finding


_CHANGES = frozenset(("rm", "chmod", "chown", "chgrp", "mv", "strip", "touch", "ln", "unlink"))


def _changed(run: Run) -> list[bytes]:
    """The paths that `run` changes or removes; none if it does anything else, but for removing packages."""
    script = run.script
    found: list[bytes] = []
    if script is None or not script.only_and or not script.is_plain or script.writes_files:
        return found
    for command in script.commands:
        paths = [] if removed(run, command) is not None or is_cleanup(run, command) else _paths(command)
        if paths is None:
            return []
        found += paths
    return found


def _paths(command: Command) -> list[bytes] | None:
    """The operands of a command that changes files in place or removes them; None for any other."""
    words = [word.raw.strip(b"\"'") for word in command.argv[1:]]
    operands = [word.raw.strip(b"\"'") for word in command.operands()]
    if command.name == "sed":
        if not any(re.match(rb"-i|--in-place|-[nErsu]+i", word) for word in words) or b"-e" in words or b"-f" in words:
            return None
        return operands[1:]
    if command.name == "rmdir":  # no file of any size was in it
        return []
    if command.name not in _CHANGES:
        return None
    if command.name in ("chmod", "chown", "chgrp"):
        return None if any(word.startswith(b"--reference") for word in words) else operands[1:]
    if command.name == "ln":  # a hard link takes a copy of what it links along, a symbolic one does not
        return [] if any(re.match(rb"-\w*s|--sym", word) for word in words) else operands[:-1]
    if command.name == "touch" and b"-r" in words:
        return None
    return operands[:-1] if command.name == "mv" else operands


def _joined(facts: Facts, runs: list[Run]) -> Finding:
    message = f"what line {runs[0].instruction.line} wrote is changed or removed in a layer of its own"
    return attempt(RULE, message, runs[-1].instruction, lambda: Offer(join_runs(facts.document, runs)))
