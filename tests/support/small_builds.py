"""A builder of images in memory: what a RUN or a COPY of the context writes stands in a table.

It knows as much of BuildKit as a split is about: stages, COPY --from with --chown, and what configures an image.
"""

from __future__ import annotations

import json
import posixpath
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from archives import docker_archive, member

from dfopt.optimizer.build.engines import BuildError
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.image import Image, read_archive
from dfopt.optimizer.image.proof import Ran
from dfopt.optimizer.image.root import Root


class File(NamedTuple):
    """A path of a table: a file unless `kind` says otherwise."""

    content: bytes = b""
    mode: int = 0o644
    user: int = 0
    group: int = 0
    kind: str = "file"  # or "directory", or "link", whose content is its target


def program(text: bytes) -> File:
    return File(text, 0o755)


def directory(mode: int = 0o755, user: int = 0) -> File:
    return File(b"", mode, user, user, "directory")


Files = Mapping[str, File | None]  # None: removed


class Built(NamedTuple):
    layers: list[tuple[str, Files]]  # what made each, and its files
    config: dict[str, Any]
    steps: list[tuple[str, bool]]  # the history, with whether a step made no layer

    @property
    def files(self) -> dict[str, File]:
        found: dict[str, File] = {}
        for _, files in self.layers:
            for path, file in files.items():
                if file is None:
                    found = {one: held for one, held in found.items() if one != path and not one.startswith(path + "/")}
                else:
                    found[path] = file
        return found


class SmallBuilds:
    """Stands in for a `BuildSession`; `world` maps an instruction, one space between its words, to what it writes.

    `bases` maps the name of an image to its files and configuration. An instruction that neither knows fails.
    """

    def __init__(
        self, tmp_path: Path, bases: Mapping[str, tuple[Files, dict[str, Any]]], world: Mapping[str, Files]
    ) -> None:
        self.tmp_path = tmp_path
        self.bases = {"scratch": ({}, {}), **bases}
        self.world = world
        self.images: dict[str, Built] = {}
        self.texts: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def build(self, dockerfile: bytes, what: str, target: str | None = None) -> tuple[str, float]:
        del target
        self.texts.append(dockerfile.decode())
        stages: dict[str, Built] = {}
        built = Built([], {}, [])
        for stage in Document.parse(dockerfile).stages:
            if stage.base not in self.bases and stage.base not in stages:
                raise BuildError(f"{what} does not build", (f"no image {stage.base}",))
            built = self._stage(stage, stages, what)
            stages[stage.name or str(stage.number)] = built
        name = f"image{len(self.images)}"
        self.images[name] = built
        return name, 0.0

    def _stage(self, stage: Any, stages: Mapping[str, Built], what: str) -> Built:
        files, config = self.bases[stage.base]
        built = Built([("base", _with_parents(files, {}))], dict(config), [("base", False)])
        for instruction in stage.instructions[1:]:
            text = instruction.normal.decode()
            words = instruction.words
            match instruction.keyword:
                case "RUN":
                    if text not in self.world:
                        raise BuildError(f"{what} does not build", (f"unknown: {text}",))
                    written: Files = self.world[text]
                case "COPY" | "ADD":
                    origin = instruction.flag("from")
                    written = self._copied(instruction, stages[origin.text]) if origin else self.world[text]
                case "WORKDIR":
                    built.config["WorkingDir"] = words[0]
                    written = {words[0]: directory()} if words[0] not in built.files else {}
                case _:
                    _configure(built.config, instruction)
                    built.steps.append((text, True))
                    continue
            built.layers.append((text, _with_parents(written, built.files)))
            built.steps.append((text, False))
        return built

    def _copied(self, instruction: Any, origin: Built) -> Files:
        *sources, target = instruction.words
        owner = instruction.flag("chown")
        user, _, group = owner.text.partition(":") if owner else ("0", "", "0")
        numbers = {fields[0]: int(fields[2]) for line in self._passwd(origin) if len(fields := line.split(":")) > 2}
        ids = numbers.get(user, 0), int(group) if group.isdigit() else numbers.get(group, 0)
        found: dict[str, File] = {}
        for source in sources:
            file = origin.files[source]
            into = posixpath.join(target, posixpath.basename(source)) if target.endswith("/") else target
            if file.kind == "directory":
                for path, inner in origin.files.items():
                    if path.startswith(source + "/"):
                        found[into + path.removeprefix(source)] = inner._replace(user=ids[0], group=ids[1])
                found[into] = File(b"", 0o755, *ids, "directory")
            else:
                found[into] = file._replace(user=ids[0], group=ids[1])
        return found

    @staticmethod
    def _passwd(built: Built) -> list[str]:
        file = built.files.get("/etc/passwd")
        return file.content.decode().splitlines() if file else []

    def root(self, name: str) -> Root:
        path = self._archive(name)
        return Root(str(path), read_archive(str(path)))

    def read(self, name: str) -> Image:
        return read_archive(str(self._archive(name)))

    def run(self, name: str, command: str, image: Image) -> Ran:
        del image
        missing = [word for word in command.split() if word.startswith("/") and word not in self.images[name].files]
        return Ran(len(missing), " ".join(missing).encode())

    def _archive(self, name: str) -> Path:
        built = self.images[name]
        layers = [[_member(path, file) for path, file in sorted(files.items())] for _, files in built.layers]
        history = [{"created_by": text, **({"empty_layer": True} if empty else {})} for text, empty in built.steps]
        return docker_archive(self.tmp_path / f"{name}.tar", layers, built.config, history)


def _with_parents(written: Files, there: Mapping[str, File]) -> Files:
    found: dict[str, File | None] = {}
    for path, file in written.items():
        above = posixpath.dirname(path)
        while above != "/" and above not in there and above not in written and file is not None:
            found[above] = directory()
            above = posixpath.dirname(above)
    return {**found, **written}


def _member(path: str, file: File | None) -> tuple[tarfile.TarInfo, bytes]:
    if file is None:
        head, _, name = path.rpartition("/")
        return member(f"{head}/.wh.{name}"[1:])
    owner = {"uid": file.user, "gid": file.group}
    if file.kind == "directory":
        return member(path[1:], None, type=tarfile.DIRTYPE, mode=file.mode, **owner)
    if file.kind == "link":
        return member(path[1:], None, type=tarfile.SYMTYPE, linkname=file.content.decode(), **owner)
    return member(path[1:], file.content, mode=file.mode, **owner)


def _configure(config: dict[str, Any], instruction: Any) -> None:
    words = list(instruction.json or ("/bin/sh", "-c", instruction.args.decode()))
    match instruction.keyword:
        case "CMD":
            config["Cmd"] = words
        case "ENTRYPOINT":
            config["Entrypoint"] = words
            config.pop("Cmd", None)
        case "USER":
            config["User"] = instruction.words[0]
        case "ENV":
            pairs = dict(word.split("=", 1) for word in instruction.words)
            known = dict(one.split("=", 1) for one in config.get("Env", []))
            config["Env"] = [f"{name}={value}" for name, value in (known | pairs).items()]
        case "LABEL":
            config["Labels"] = config.get("Labels", {}) | dict(word.split("=", 1) for word in instruction.words)
        case "EXPOSE":
            config["ExposedPorts"] = config.get("ExposedPorts", {}) | {f"{word}/tcp": {} for word in instruction.words}
        case "HEALTHCHECK":
            config["Healthcheck"] = {"Test": ["CMD", *json.loads(instruction.args.decode().removeprefix("CMD "))]}
        case keyword:
            raise AssertionError(keyword)
