"""``dfopt dockerignore``: show or write what keeps useless files out of a build context."""

from __future__ import annotations

import os
import subprocess
import sys

from ..dockerfile.scanner import DockerfileError
from ..dockerignore.dockerfiles import Dockerfile
from ..dockerignore.plan import plan
from ..facts.context import Pattern, ignore_files, ignore_lines
from ..facts.files import read_file
from ..report.dockerignore import Written, as_json, summary
from ..report.printable import printable
from .files import find_files, write_file
from .runner import Sink, UsageError, complain, shown_path


def dockerignore(directory: str, dockerfiles: tuple[str, ...], *, write: bool, output: str | None, form: str) -> int:
    """Run the command; the exit code is 0, or 2 after an error, and then nothing was written but what is named.

    `dockerfiles` are built with the context `directory`; without any, all that are in it are.
    """
    sink = Sink(output)
    try:
        files = _plans(directory, dockerfiles)
        for path, file in files.items():
            if write and file.plan.added:
                _save(path, file)
                if form == "text":
                    sink.write(f"wrote {printable(path)}\n".encode())
            elif form == "text":
                sink.write(file.diff)
        if form == "json":
            sink.write(as_json([*files.values()]).encode("utf-8"))
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    print(summary([*files.values()]), end="", file=sys.stderr)
    return 0


def _save(path: str, file: Written) -> None:
    try:
        write_file(path, file.text, file.original)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error


def _plans(directory: str, named: tuple[str, ...]) -> dict[str, Written]:
    """For every file of patterns that BuildKit would read, what is to become of it. Raises `UsageError`."""
    if not os.path.isdir(directory):
        raise UsageError(
            f"{directory}: {'not a directory' if os.path.exists(directory) else 'No such file or directory'}"
        )
    found = [path for path in find_files((directory,)) if not os.path.isdir(path)]
    builders = named or tuple(found)
    if not builders:
        raise UsageError(f"{directory}: no Dockerfile found; --dockerfile names one that lies elsewhere")
    texts = {path: _read(path) for path in builders}
    others = {path: _read(path) for path in found if os.path.realpath(path) not in map(os.path.realpath, builders)}
    groups: dict[str, list[str]] = {}
    for path in builders:
        places = ignore_files(directory, path)
        groups.setdefault(next(filter(os.path.isfile, places), places[-1]), []).append(path)
    tracked = _tracked(directory)
    inside = [os.path.relpath(os.path.realpath(path), os.path.realpath(directory)) for path in (*builders, *found)]
    plans: dict[str, Written] = {}
    for place, group in groups.items():
        place = os.path.normpath(place)
        original = _read(place) if os.path.lexists(place) else None
        readers = [_dockerfile(path, text, builds=path in group) for path, text in texts.items()]
        readers += [reader for path, text in others.items() if (reader := _other(path, text))]
        plans[place] = Written(
            shown_path(place),
            original,
            plan(
                directory,
                readers,
                None if original is None or not original.strip() else _patterns(place, original),
                name=place,
                tracked=tracked,
                docker_files=[*inside, *(f"{path}.dockerignore" for path in inside)],
            ),
        )
    return plans


def _read(path: str) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error


def _dockerfile(path: str, text: bytes, *, builds: bool) -> Dockerfile:
    try:
        return Dockerfile(path, text, builds=builds)
    except DockerfileError as error:
        raise UsageError(f"{path}:{error.line}: {error.reason}") from error


def _other(path: str, text: bytes) -> Dockerfile | None:
    """A Dockerfile that was not named; None for one that cannot be built, for it needs nothing."""
    try:
        return Dockerfile(path, text, builds=False)
    except DockerfileError:
        return None


def _patterns(path: str, data: bytes) -> list[tuple[int, Pattern]]:
    patterns: list[tuple[int, Pattern]] = []
    for line, text in ignore_lines(data):
        try:
            patterns.append((line, Pattern(text)))
        except ValueError as error:
            raise UsageError(f"{path}:{line}: {error}") from error
    return patterns


def _tracked(directory: str) -> list[str] | None:
    """The files in `directory` that git tracks; None where it tracks none, or cannot be asked."""
    # A repository's own configuration must not make git run a program of its choice.
    command = ["git", "-C", directory, "-c", "core.fsmonitor=false", "ls-files", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name] or None
