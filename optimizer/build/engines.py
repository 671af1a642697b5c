"""Docker, Podman and Buildah through their own command lines.

Sources: the manuals docker-buildx-build(1), docker-image-save(1), docker-container-run(1), podman-build(1),
podman-save(1), buildah-build(1), buildah-push(1), buildah-from(1), buildah-run(1).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NamedTuple, Self

from ..image import Image, Layer, read_archive
from ..image.proof import Ran
from ..image.root import Root

#: In the order in which ``auto`` tries them.
ENGINES = ("docker", "podman", "buildah")

Progress = Callable[[str], None]


class EngineError(Exception):
    """No engine answers, or it refuses something; the text is one line."""


class BuildError(Exception):
    """A build failed. The text says which; `lines` are the last that its failing step wrote."""

    def __init__(self, text: str, lines: tuple[str, ...]) -> None:
        super().__init__(text)
        self.lines = lines
        self.add_note("\n".join(lines))

    @property
    def brief(self) -> str:
        """The text with the last line that the failing step wrote."""
        return f"{self}: {self.lines[-1] if self.lines else 'the engine says nothing'}"


class Options(NamedTuple):
    """How to build. `context` is a directory."""

    context: str
    dockerfile: str | None = None  # where it lies, for its own .dockerignore beside it
    arguments: tuple[str, ...] = ()  # NAME=VALUE or NAME
    platform: str | None = None
    extra: tuple[str, ...] = ()  # words for the engine's build command, as they are
    cache: bool = False  # whether layers of earlier builds may be taken
    classic: bool = False  # docker's builder from before BuildKit


def choose(name: str) -> str:
    """The engine called `name`; for ``auto`` the first that answers. Raises `EngineError`."""
    for candidate in ENGINES if name == "auto" else (name,):
        if shutil.which(candidate) is None:
            continue
        probe = [candidate, "version"] if candidate != "buildah" else [candidate, "info"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return candidate
    if name == "auto":
        raise EngineError("no engine answers: neither docker nor podman nor buildah is there and running")
    there = shutil.which(name) is not None
    raise EngineError(f"{name} {'does not answer: is its service running?' if there else 'is not installed'}")


class BuildSession:
    """Images and containers made for one purpose, and removed at the end, come what may.

    Everything carries a name of its own, so nothing else on the engine is touched; what an engine keeps for itself as
    its build cache is the engine's to keep.
    """

    def __init__(self, engine: str, options: Options, progress: Progress = lambda _: None) -> None:
        self.engine = engine
        self.options = options
        self.progress = progress
        self._name = f"localhost/dfopt-verify:{os.urandom(6).hex()}"
        self._made: list[str] = []
        self._intermediate: list[str] = []  # images of single steps, which podman and buildah leave without a name
        self._containers: list[str] = []
        self._layers: dict[str, Layer] = {}
        self._directory = tempfile.mkdtemp(prefix="dfopt-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for container in self._containers:
            self._quietly("rm", *(("-f",) if self.engine != "buildah" else ()), container)
        for image in self._made:
            self._quietly("rmi", "-f", image)
        for image in reversed(self._intermediate):  # not by force: what somebody else uses by now stays
            if self._quietly("rmi", image).returncode and self.engine == "podman":
                # Podman, when interrupted, leaves the container of the step that it was at.
                working = self._quietly("ps", "-aq", "--external", "--filter", f"ancestor={image}").stdout.split()
                if working:
                    self._quietly("rm", "-f", *(name.decode() for name in working))
                    self._quietly("rmi", image)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _quietly(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        # What is not there needs no removing, and there is nobody left to tell.
        return subprocess.run([self.engine, *words], capture_output=True, check=False, start_new_session=True)

    def build(self, dockerfile: bytes, what: str, target: str | None = None) -> tuple[str, float]:
        """Build `dockerfile`, called `what` in messages; its image's name and the seconds it took.

        Raises `BuildError`.
        """
        directory = os.path.join(self._directory, str(len(self._made)))
        os.mkdir(directory)
        path = os.path.join(directory, "Dockerfile")
        with open(path, "wb") as file:
            file.write(dockerfile)
        ignore = (self.options.dockerfile or "") + ".dockerignore"
        has_own = self.options.dockerfile is not None and os.path.isfile(ignore)
        if has_own:
            shutil.copy(ignore, path + ".dockerignore")
        name = f"{self._name}-{len(self._made)}"
        self._made.append(name)
        words = [self.engine, "build", "-t", name, "-f", path]
        if not self.options.cache:
            words.append("--no-cache")
        for argument in self.options.arguments:
            words += ("--build-arg", argument)
        for option, value in (("--platform", self.options.platform), ("--target", target)):
            if value:
                words += (option, value)
        if self.engine == "docker":
            if not self.options.classic:
                words.append("--progress=plain")
        else:
            words += ("--layers", "--force-rm", "--format=docker")
            if has_own:
                words.append(f"--ignorefile={path}.dockerignore")
        words += (*self.options.extra, self.options.context)
        started = time.monotonic()
        status, lines = self._watch(words, what)
        if status:
            raise BuildError(f"{what} does not build", _last_of_step(lines))
        return name, time.monotonic() - started

    def _watch(self, words: list[str], what: str) -> tuple[int, list[str]]:
        """Run a build, tell the progress of its steps, and stop it with us."""
        environment = os.environ | {"DOCKER_BUILDKIT": "0" if self.options.classic else "1"}
        lines: deque[str] = deque(maxlen=2_000)
        with subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None  # noqa: S101 (it is a pipe)
            try:
                self.progress(f"{what}: …")
                for raw in process.stdout:
                    line = raw.decode("utf-8", "replace").rstrip()
                    lines.append(line)
                    if step := _STEP.match(line):
                        self.progress(f"{what}: {step[1]}")
                    elif made := _MADE.fullmatch(line):
                        self._intermediate.append(made[1])
                return process.wait(), list(lines)
            except BaseException:
                _stop(process)
                raise

    def read(self, name: str) -> Image:
        """The image called `name`. Raises `EngineError`, `ArchiveError` and `OSError`."""
        path = self.save(name)
        try:
            return read_archive(path, self._layers)
        finally:
            os.unlink(path)

    def root(self, name: str) -> Root:
        """The image called `name` with the contents of its files, to be closed. Raises as `read` does."""
        path = self.save(name)
        try:
            return Root(path, read_archive(path, self._layers))
        finally:
            os.unlink(path)  # what is open stays readable

    def save(self, name: str) -> str:
        """Write the image called `name` to an archive, whose path is returned. Raises `EngineError`."""
        self.progress("reading the image …")
        path = os.path.join(self._directory, f"image-{os.urandom(4).hex()}.tar")
        words = {
            "docker": ["docker", "save", "-o", path, name],
            "podman": ["podman", "save", "-q", "--format=docker-archive", "-o", path, name],
            "buildah": ["buildah", "push", "-q", name, f"docker-archive:{path}"],
        }[self.engine]
        self._do(words)
        return path

    def run(self, name: str, command: str, image: Image) -> Ran:
        """Run `command` in a container of the image `name`.

        A JSON list is given to the image's entry point as its arguments; anything else is a line for ``/bin/sh``.
        Raises `EngineError` for a list that is none.
        """
        self.progress(f"running {command} …")
        arguments = _arguments(command)
        container = f"dfopt-verify-{os.urandom(6).hex()}"
        self._containers.append(container)
        if self.engine == "buildah":
            self._do(["buildah", "from", "--name", container, name])
            entry: list[str] = image.configuration.get("Entrypoint", [])
            default: list[str] = image.configuration.get("Cmd", [])
            line = ["/bin/sh", "-c", command] if arguments is None else [*entry, *(arguments or default)]
            words = ["buildah", "run", container, "--", *line]
        else:
            shell = () if arguments is not None else ("--entrypoint", "/bin/sh")
            line = ["-c", command] if arguments is None else arguments
            words = [self.engine, "run", "--rm", "--name", container, *shell, name, *line]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False, start_new_session=True)
        return Ran(done.returncode, done.stdout + done.stderr)

    def _do(self, words: list[str]) -> None:
        done = subprocess.run(words, capture_output=True, check=False, start_new_session=True)
        if done.returncode:
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise EngineError(f"{' '.join(words[:2])}: {last[0] if last else f'exit status {done.returncode}'}")


def _arguments(command: str) -> list[str] | None:
    if not command.lstrip().startswith("["):
        return None
    try:
        found: Any = json.loads(command)
    except json.JSONDecodeError as error:
        raise EngineError(f"--run {command}: not a JSON list: {error}") from error
    return [str(word) for word in found]


# BuildKit's plain progress, Podman's and Buildah's, and the classic builder's.
_STEP = re.compile(r"(?:#\d+ (?=\[)|(?=(?:\[\d+/\d+\] )?STEP \d)|(?=Step \d))(\S.*)")


_MADE = re.compile(r"--> ([0-9a-f]{11,64})")  # Podman's and Buildah's image of a step, unless it was in the cache


def _last_of_step(lines: Iterable[str], limit: int = 20) -> tuple[str, ...]:
    """What the failing step wrote last: BuildKit repeats it between rulers, the others end with it."""
    found = [line for line in lines if line]
    for number in range(len(found) - 1, -1, -1):
        if found[number].startswith(" > ") and found[number - 1].startswith("------"):
            end = next((n for n in range(number, len(found)) if found[n].startswith("------")), len(found))
            error = [line for line in found[end:] if line.startswith("ERROR")]
            return tuple([*found[number:end], *error][-limit:])
    steps = [number for number, line in enumerate(found) if _STEP.match(line)]
    return tuple(found[steps[-1] if steps else 0 :][-limit:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a build and all that it started: first kindly, so that the engine can tidy up."""
    for kind, patience in ((signal.SIGINT, 10), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
