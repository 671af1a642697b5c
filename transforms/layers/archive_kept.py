"""Remove a downloaded archive in the RUN that unpacked it.

An archive that `curl` or `wget` fetched and `tar`, `unzip` or `dpkg` unpacked has done its work, and stays in the
layer beside what was in it, unless the same RUN removes it.

Before:

```dockerfile
FROM debian:12
RUN wget https://example.com/tool-1.2.tar.gz \\
    && tar -xzf tool-1.2.tar.gz -C /opt \\
    && /opt/tool-1.2/setup --quiet
```

After:

```dockerfile
FROM debian:12
RUN wget https://example.com/tool-1.2.tar.gz \\
    && tar -xzf tool-1.2.tar.gz -C /opt \\
    && rm tool-1.2.tar.gz \\
    && /opt/tool-1.2/setup --quiet
```

The removal stands right behind the unpacking, where the archive's name means the same.

When it stays away: the archive, or a pattern that its name may match, is named again later in the file; something later
in the RUN may remove it; it is not certain that the same RUN downloaded it under that very name; it lies on a mount;
one of the two commands stands in a branch or its failure is ignored; the stage does not ship. It is unsafe where a
command walks over its directory (`cp -r`, `tar c`, `sha256sum *`), a link leads to it, another stage takes its
directory, or a file of the context names it.

Safety: the archive alone is missing, and nothing that the Dockerfile and the context show reads it again.

References: Docker's *Building best practices*, *ADD or COPY*; wget(1), curl(1), tar(1), unzip(1), dpkg(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from ...optimizer.dockerfile.shell import Command, Script
from ...optimizer.facts.readers import wanted_again
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.scripts import insert_behind
from ...optimizer.knowledge.archives import PATTERNS, base_name, file_name, unpacked
from ...optimizer.knowledge.downloads import saved_as
from ...optimizer.rules.finding import Finding, Offer, attempt

RULE = "archive-kept"

KEEPS = (
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz || true\n", "its failure is ignored"),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar tzf a.tgz\n", ("tzf", "xzf")),
    ("FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && tar xzf a.tgz && cd / && rm -rf /tmp/*\n", (" rm", "")),
)


def find(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for every archive that is downloaded, unpacked, and left."""
    for stage in facts.shipping:
        for run in stage.runs:
            if run.script is not None and not any(mount["type"] != "bind" for mount in run.mounts):
                yield from _in_run(run, run.script)


def _in_run(run: Run, script: Script) -> Iterator[Finding]:
    downloaded: dict[bytes, Command] = {}
    for at, command in enumerate(script.commands):
        if command.guards:
            continue
        for name in saved_as(command):
            downloaded[name] = command
        spelled = unpacked(command)
        archive = file_name(spelled.raw) if spelled else b""
        source = downloaded.get(archive)
        if spelled is None or source is None or _may_be_needed(run, script, at, archive, source):
            continue
        text = (b"sudo " if command.sudo or source.sudo else b"") + b"rm " + spelled.raw
        message = f"the archive {_shown(archive)} stays in this layer"
        yield attempt(RULE, message, command, partial(_removed, run, command, text, archive))


def _removed(run: Run, command: Command, text: bytes, archive: bytes) -> Offer:
    glob = "/**/" + re.sub(r"\$\{?\w+\}?|\"|'", "*", _shown(base_name(archive))).replace("**", "*")
    doubt = wanted_again(run, command, _shown(archive))
    return Offer(insert_behind(run, command, text), [doubt], removes=(glob.replace("{", "").replace("}", ""),))


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")


def _may_be_needed(run: Run, script: Script, at: int, archive: bytes, source: Command) -> bool:
    """Whether something else may read or remove the archive, or its name may mean two things."""
    data = run.instruction.source.data
    unpacking = script.commands[at]
    between = data[source.end : unpacking.start]
    if any(name in between and re.search(_SETS % (name, name), between) for name in _VARIABLE.findall(archive)):
        return True
    moves = [command.name for command in script.commands if source.start < command.start < unpacking.start]
    if not archive.startswith((b"/", b"$", b"~")) and not {"cd", "pushd", "popd"}.isdisjoint(moves):
        return True
    for unit, following in zip(script.units, script.units[1:], strict=False):
        if unit.start <= source.start < unit.end and b"||" in (unit.connector, following.connector):
            return True
    later = data[unpacking.end :]
    if base_name(archive) in later or re.search(PATTERNS, later):
        return True
    takers = ("rm", "find", "unlink", "shred", "mv", "cp")
    return any(command.name in takers and not _elsewhere(command) for command in script.commands[at + 1 :])


_VARIABLE = re.compile(rb"\$\{?(\w+)")
_SETS = rb"\b%b=|read %b"
_NOT_DOWNLOADS = ("/var/lib/", "/var/cache/", "/var/log/", "/root/.cache/", "/usr/share/", "/etc/", "/usr/lib/")


def _elsewhere(command: Command) -> bool:
    """Whether an rm takes only what lies where nobody downloads to."""
    paths = [word.raw.decode("utf-8", "replace") for word in command.operands()]
    return command.name == "rm" and all(path.startswith(_NOT_DOWNLOADS) for path in paths)
