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
one of the two commands stands in a branch or its failure is ignored; the stage does not ship.

Safety: the archive alone is missing, and nothing that the Dockerfile shows reads it again.

References: Docker's *Building best practices*, *ADD or COPY*; wget(1), curl(1), tar(1), unzip(1), dpkg(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...optimizer.dockerfile.edits import Refusal
from ...optimizer.dockerfile.shell import Command, Script
from ...optimizer.facts.stages import Facts, Run
from ...optimizer.fixes.scripts import insert_behind
from ...optimizer.knowledge.archives import ARCHIVE, PATTERNS, base_name, file_name, plain, unpacked
from ...optimizer.rules.finding import Finding

RULE = "archive-kept"

KEEPS = (
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm -f *.tgz\n",
    "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz && tar xzf a.tgz && cd / && rm -rf /tmp/*\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nRUN rm a.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nRUN rm *.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nRUN sha256sum /a.tgz > /sums\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n",
    "FROM debian:12\nRUN wget -O b.tgz http://e.org/a.tgz && tar xzf a.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar czf a.tgz /etc\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar tzf a.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz || true\n",
    "FROM debian:12\nRUN if true; then wget http://e.org/a.tgz && tar xzf a.tgz; fi\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz?raw=1 && tar xzf a.tgz\n",
    "FROM debian:12\nRUN wget -qO- http://e.org/a.tgz | tar xz\n",
    "FROM debian:12\nRUN --mount=type=cache,target=/tmp wget -P /tmp http://e.org/a.tgz && tar xzf /tmp/a.tgz\n",
    "FROM debian:12 AS a\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\nFROM debian:12\nCOPY --from=a /b /b\n",
    "FROM debian:12\nRUN V=1 && wget http://e.org/a-$V.tgz && V=2 && tar xzf a-$V.tgz\n",
    "FROM debian:12\nRUN wget http://e.org/a.tgz && (cd /opt && tar xzf a.tgz)\n",
    "FROM debian:12\nRUN wget http://e.org/a.jar && java -jar a.jar\n",
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
        for name in _saved_as(script, command):
            downloaded[name] = command
        spelled = unpacked(command)
        archive = file_name(spelled.raw) if spelled else b""
        source = downloaded.get(archive)
        if spelled is None or source is None or _may_be_needed(run, script, at, archive, source):
            continue
        text = (b"sudo " if command.sudo or source.sudo else b"") + b"rm " + spelled.raw
        message = f"the archive {_shown(archive)} stays in this layer"
        try:
            fix = insert_behind(run, command, text)
        except Refusal as refusal:
            yield Finding(RULE, message, command.start, command.end, None, reason=str(refusal))
            continue
        glob = "/**/" + re.sub(r"\$\{?\w+\}?|\"|'", "*", _shown(base_name(archive))).replace("**", "*")
        yield Finding(RULE, message, command.start, command.end, fix, removes=(glob.replace("{", "").replace("}", ""),))


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")


_CURL_VALUES = frozenset(b"oHAebduxXmEKyYzwTFCcDUPQrt")  # short options that take the next word; curl(1)
_WGET_VALUES = frozenset(b"OoaPtTwQUABDIXelie")  # wget(1)


def _saved_as(script: Script, command: Command) -> list[bytes]:
    """The names under which a download is stored, as far as they are certain."""
    if command.name not in ("curl", "wget"):
        return []
    words = [plain(word.raw) for word in command.argv[1:]]
    output: list[bytes] = []
    urls: list[bytes] = []
    directory, by_name = b"", command.name == "wget"
    values = _CURL_VALUES if command.name == "curl" else _WGET_VALUES
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else b""
        at += 1
        long_name, equals, value = word.partition(b"=")
        if word.startswith(b"--"):
            if long_name in (b"--output", b"--output-document", b"--directory-prefix"):
                if not equals:
                    value, at = following, at + 1
                if long_name == b"--directory-prefix":
                    directory = value
                else:
                    output.append(value)
            elif long_name == b"--remote-name":
                by_name = True
            elif long_name in _LONG_WITH_VALUE and not equals:
                at += 1
            elif long_name in _UNCERTAIN:
                return []
        elif word.startswith(b"-") and len(word) > 1:
            letters = word[1:]
            for place, letter in enumerate(letters):
                if letter in values:
                    value = letters[place + 1 :]
                    if not value:
                        value, at = following, at + 1
                    if chr(letter) == ("o" if command.name == "curl" else "O"):
                        output.append(value)
                    elif chr(letter) == "P" and command.name == "wget":
                        directory = value
                    break
                if command.name == "curl" and letter == ord("O"):
                    by_name = True
                if command.name == "curl" and letter in b"JRZ":
                    return []
        else:
            urls.append(word)
    if command.name == "curl" and output and by_name:
        return []
    if not output and not by_name:
        unit = next((unit for unit in script.units if unit.start <= command.start < unit.end), None)
        tail = script.instruction.source.data[command.end : unit.end] if unit else b""
        target = re.fullmatch(rb"\s*>\s*([^\s<>|&;]+)\s*", tail)
        return [file_name(target[1])] if target else []
    names = output or [base_name(url) for url in urls if b"?" not in url and b"#" not in url and b"://" in url]
    if directory and not output:
        names = [directory.rstrip(b"/") + b"/" + name for name in names]
    return [file_name(name) for name in names if ARCHIVE.fullmatch(name)]


_UNCERTAIN = frozenset(
    b"--content-disposition --trust-server-names --remote-header-name --next --output-dir --config --input-file".split()
)
_LONG_WITH_VALUE = frozenset(
    b"--header --user-agent --user --data --cookie --retry --retry-delay --retry-max-time --max-time --connect-timeout "
    b"--proxy --cacert --cert --key --tries --timeout --wait --waitretry --referer --url --range --limit-rate "
    b"--password --post-data --ciphers --proto --tlsv1.2-x --request --form --progress".split()
)


def _may_be_needed(run: Run, script: Script, at: int, archive: bytes, source: Command) -> bool:
    """Whether something else may read or remove the archive, or its name may mean two things."""
    data = run.instruction.source.data
    unpacking = script.commands[at]
    between = data[source.end : unpacking.start]
    if any(re.search(rb"\b" + name + rb"=|read " + name, between) for name in _VARIABLE.findall(archive)):
        return True
    moves = [command.name for command in script.commands if source.start < command.start < unpacking.start]
    if not archive.startswith((b"/", b"$", b"~")) and not {"cd", "pushd", "popd"}.isdisjoint(moves):
        return True
    for unit, following in zip(script.units, script.units[1:], strict=False):
        if unit.start <= source.start < unit.end and b"||" in (unit.connector, following.connector):
            return True
    later = data[unpacking.end :]
    if base_name(archive) in later or PATTERNS.search(later):
        return True
    takers = ("rm", "find", "unlink", "shred", "mv", "cp")
    return any(command.name in takers and not _elsewhere(command) for command in script.commands[at + 1 :])


_VARIABLE = re.compile(rb"\$\{?(\w+)")
_NOT_DOWNLOADS = ("/var/lib/", "/var/cache/", "/var/log/", "/root/.cache/", "/usr/share/", "/etc/", "/usr/lib/")


def _elsewhere(command: Command) -> bool:
    """Whether an rm takes only what lies where nobody downloads to."""
    paths = [word.raw.decode("utf-8", "replace") for word in command.argv[1:] if not word.raw.startswith(b"-")]
    return command.name == "rm" and all(path.startswith(_NOT_DOWNLOADS) for path in paths)
