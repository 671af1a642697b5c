"""Copy a file to where it is moved.

A file that a `RUN mv` takes from where a COPY put it is stored twice: where it was, and where it is now. The COPY can
put it there itself.

Before:

```dockerfile
FROM nginx:1.27
COPY site.conf /tmp/
RUN mv /tmp/site.conf /etc/nginx/conf.d/default.conf && nginx -t
```

After:

```dockerfile
FROM nginx:1.27
COPY site.conf /etc/nginx/conf.d/default.conf
RUN nginx -t
```

When it stays away: the file is not the only one of its COPY, or its place is not certain; a RUN stands between the two,
or another command before the mv, which may make the directory it goes to, or read or write one of the two places; the
mv has options, stands in a branch or its failure is ignored; the directory that the COPY made would be missing; it goes
to where links are usual (`/bin`, `/usr/bin`, `/etc/localtime`), which mv replaces and COPY follows; another instruction
names the first place, or there may have been a file before the COPY; the stage does not ship. A directory is moved into
one of the same name if there is one, and copied over it: that is unsafe.

Safety: the same file, with the same mode and owner, at the same place.

References: OCI Image Specification, *Image Layer Filesystem Changeset*; BuildKit's Dockerfile reference, *COPY*; mv(1).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.edits import Edit, Refusal
from ...optimizer.dockerfile.shell import Command
from ...optimizer.facts.copies import (
    Copied,
    assumptions,
    commands_on_copies,
    copied_to,
    is_no_directory,
    operand_path,
)
from ...optimizer.facts.paths import SYSTEM_DIRECTORIES
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.facts.touches import links_to, place_in_use, there_before
from ...optimizer.fixes.operands import drop_operands
from ...optimizer.fixes.scripts import combine
from ...optimizer.rules.finding import Finding, Fix, Offer, attempt

RULE = "move-after-copy"

KEEPS = (
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf $TARGET\n", "where it goes is not certain"),
    (
        "FROM debian:12\nCOPY tool /tmp/\nRUN mv /tmp/tool /usr/bin/tool\n",
        "mv replaces a link, and COPY would follow it",
    ),
    (
        "FROM debian:12\nCOPY a.conf /new/\nRUN mv /new/a.conf /etc/a.conf\n",
        "the COPY makes a directory that would be missing",
    ),
    (
        "FROM debian:12\nCOPY . /srv/\nCOPY a.conf /srv/\nRUN mv /srv/a.conf /etc/a.conf\n",
        "line 2 may have put a file there before",
    ),
)

_LINKS = re.compile(
    r"/(?:usr/)?s?bin/.*|/(?:usr/)?lib\d*/.*|/etc/(?:localtime|mtab|os-release|resolv\.conf|alternatives/.*)"
    r"|.*/(?:sites|mods|conf)-enabled/.*|/etc/php\d*/.*/?conf\.d/.*|/etc/(?:ssl/certs|fonts/conf\.d|rc[\dS]\.d|systemd)/.*"
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every copied file that is moved."""
    for run, command in commands_on_copies(facts, "mv"):
        if len(command.argv) == 3:
            file = copied_to(operand_path(command.argv[1], run), run, command)
            if file is not None and not file.instruction.json and not file.instruction.heredocs:
                message = "mv stores the copied file a second time"
                yield attempt(RULE, message, command, partial(_copied_there, facts, run, command, file))


def _copied_there(facts: Facts, run: Run, command: Command, file: Copied) -> Offer:
    target = _target(facts, run, command, file)
    gone, commented = drop_operands(facts.document, run, command, [], 0)
    word, old = file.instruction.tokens[-1], file.instruction.normal
    new = old[: len(old) - len(word.text)] + target
    fix = combine(Fix((Edit(word.start, word.end, target),), drops=(old,), adds=(new,)), gone)
    doubts = assumptions(file)
    if file.entry is not None and file.entry.kind == "directory":
        doubts = ["if there is such a directory already, mv puts this one into it"]
    if commented:
        doubts.append("the comment above it would go with it")
    return Offer(fix, doubts)


def _target(facts: Facts, run: Run, command: Command, file: Copied) -> bytes:
    """Where the COPY must put the file instead, as it is to be spelled."""
    word = command.argv[2]
    target = operand_path(word, run)
    if target is None or word.value is None:
        raise Refusal("where it goes is not certain")
    into = word.value.endswith("/") or target in SYSTEM_DIRECTORIES
    place = posixpath.join(target, posixpath.basename(file.path)) if into else target
    if _LINKS.fullmatch(place) or links_to(run, place):
        raise Refusal("mv replaces a link, and COPY would follow it")
    if not into and not is_no_directory(target, run.stage.image):
        raise Refusal(f"{target} may be a directory that it goes into")
    if into and posixpath.basename(file.path) != posixpath.basename(file.source):
        raise Refusal("the copy has another name than its source")
    if not file.parent_exists:
        raise Refusal("the COPY makes a directory that would be missing")
    if file.entry is not None and file.entry.kind not in ("file", "directory"):
        raise Refusal("it is neither a file nor a directory")
    if file.entry is not None and file.entry.kind == "directory" and file.instruction.tokens[-1].text.endswith(b"/"):
        raise Refusal("what is moved is a directory in the one that is copied")
    if reason := place_in_use(file, run, command, place) or there_before(run, file):
        raise Refusal(reason)
    data = facts.document.source.data
    if any(
        data.count(name.encode()) > 1 + (file.instruction.tokens[-1].text == name.encode())
        for name in (file.path, place)
        if name != target
    ):
        raise Refusal("something else names one of the places")
    text = target + ("/" if into else "")
    if any(character.isspace() for character in text):
        raise Refusal("its place cannot be spelled in one word")
    return text.encode()
