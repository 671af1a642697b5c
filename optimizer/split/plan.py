"""The plan: which base image, packages and files the runtime stage has, and the Dockerfile that comes of it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import NamedTuple

from ..facts.paths import lies_in
from ..facts.stages import StageFacts
from ..image.archive import Entry
from ..image.globs import matches
from ..image.root import Root
from ..knowledge.images import image_named
from ..knowledge.runtime import (
    CACHES,
    INSTALLED,
    OF_EVERY_IMAGE,
    TOOLCHAIN_VARIABLES,
    TOOLCHAINS,
    distribution_image,
    slim_sibling,
)
from .copies import Copy, copies
from .development import Prune, prune
from .evidence import Declined, Evidence, account_names, variables
from .kept import Kept
from .layout import Layout, without_cleanups
from .programs import Programs

_MOST_REMOVED = 8
#: Packages whose files are copied where nothing can be installed.
WITHOUT_IMAGE = frozenset(("ca-certificates", "tzdata"))
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"  # where Go's crypto/x509 looks first


class Plan(NamedTuple):
    """What is to be written, in the words of a Dockerfile, and why."""

    stage: StageFacts
    layout: Layout
    build_name: str
    base: str  # of the runtime stage
    packages: dict[str, str]  # with the reason for each
    left_out: dict[str, str]
    recommended: bool  # whether the packages come with what they recommend
    tool: str
    environment: dict[str, str]  # of the original base image, for what ships
    copies: tuple[Copy, ...]
    kept: tuple[str, ...]  # the paths that the copies bring
    why: tuple[str, ...]  # in plain words
    manuals: tuple[str, ...]  # directories without which the packages cannot be set up
    prune: Prune | None  # what the build stage does at its end
    empty: tuple[str, ...]  # directories to make
    removed: tuple[str, ...]  # files of the base image that the Dockerfile removed
    ldconfig: bool  # whether the loader has to be told of libraries
    links: tuple[tuple[str, str], ...]  # links beside other files, with their targets
    directories: tuple[tuple[str, str, str], ...] = ()  # whose mode or owner COPY loses: with mode and owner


def runtime_base(stage: StageFacts, evidence: Evidence, programs: Programs, *, slim: bool = False) -> str:
    """The base image of the runtime stage; with `slim` it is never ``scratch``. Raises `Declined`."""
    if not slim and _runs_alone(evidence, programs):
        return "scratch"
    image = stage.image or image_named(stage.stage.base)
    first = stage.instructions[0].line
    if image is None:
        raise Declined("a build argument names its base image", first)
    of_base = [path for path in programs.paths if path in evidence.base.files and not evidence.packages.owner(path)]
    sibling = slim_sibling(image)
    if image.name not in TOOLCHAINS and sibling is not None:
        return _spelled(stage, f"{image.name}:{image.tag}", sibling)
    found = distribution_image(release(evidence.root))
    if found is None or of_base:
        what = f"{of_base[0]} comes with it, and it" if of_base else "it"
        raise Declined(f"no smaller image is known for {stage.stage.base}: {what} is of no family that is known", first)
    return found


def _spelled(stage: StageFacts, image: str, sibling: str) -> str:
    """The sibling's name with the build arguments of the original's in it. Raises `Declined`."""
    said = stage.stage.base
    if "$" not in said:
        return sibling
    if not sibling.startswith(image):
        raise Declined(f"a build argument is part of the name {said}", stage.instructions[0].line)
    return said + sibling.removeprefix(image)


def _runs_alone(evidence: Evidence, programs: Programs) -> bool:
    """Whether one static program of its own is all that a container starts."""
    if len(programs.paths) != 1 or programs.interpreted or evidence.configuration.get("User"):
        return False
    (path,) = programs.paths
    elf = evidence.libraries.elf(path)
    if elf is None or not elf.static or not evidence.is_own(path):
        return False
    data = evidence.root.read(path)
    # What Go's packages os/user and os look for in the file system, by the names of the functions.
    needs = (b"os/user.lookup", b"os.MkdirTemp", b"os.CreateTemp", b"os/exec.(*Cmd).Start")
    return elf.go and not any(word in data for word in needs)


def _beside_program(evidence: Evidence, programs: Programs) -> list[str]:
    """What a program of Go finds in every image but an empty one: authorities' certificates, and time zones."""
    (path,) = programs.paths
    data = evidence.root.read(path)
    found = [path for path in (_AUTHORITIES,) if b"crypto/x509" in data and path in evidence.root.files]
    if b"time.LoadLocation" in data or "TZ" in evidence.environment:
        zones = evidence.root.below_directory("/usr/share/zoneinfo")
        found += [path for path in zones if evidence.root.files[path].kind != "directory"]
    return found


def release(root: Root) -> dict[str, str]:
    """What an image says of its distribution (manual os-release(5))."""
    found = re.findall(r"^(\w+)=[\"']?([^\"'\n]*)", root.text("/etc/os-release"), re.MULTILINE)
    return dict(found)


def make_plan(
    stage: StageFacts, layout: Layout, base: str, evidence: Evidence, runtime: Evidence | None, kept: Kept
) -> Plan:
    """Decide. Raises `Declined`."""
    programs = kept.programs
    from_context = _written_below(stage, layout, evidence)
    files = [path for path in (*kept.files, *_changed(evidence, kept, runtime)) if path not in from_context]
    harmless = runtime.root.files if runtime else {}
    files = [path for path in files if harmless.get(path) != evidence.root.files[path]]
    if layout.accounts:
        files = [path for path in files if not _from_skeleton(path, evidence, harmless)]
    if base == "scratch":
        files += _beside_program(evidence, programs)
    _look_for_special(files, evidence)
    owners = {evidence.owner(path) for path in files}
    settled = {path: _settled(entry, evidence.owner(path)) for path, entry in evidence.root.files.items()}
    lines, links = copies(files, settled, harmless, _names(evidence, owners))
    copied = [line.sources[0] for line in lines if line.sources[0] == line.target]
    empty = [path for path in kept.empty if path not in from_context and not any(lies_in(path, one) for one in copied)]
    empty = [path for path in empty if path not in harmless and path != layout.directory]
    lines, layout = _with_arguments(stage, layout, lines)
    layout = without_cleanups(stage, layout, [source for line in lines for source in line.sources])
    environment = _of_base(stage, evidence, runtime, kept)
    plan = Plan(
        stage,
        layout,
        _free_name(stage),
        base,
        {} if base == "scratch" else kept.packages,
        kept.left_out,
        _recommends(stage, kept),
        evidence.packages.tool,
        environment,
        tuple(lines),
        tuple(files),
        tuple(_reasons(kept)),
        tuple(_manuals(evidence, runtime, kept)),
        prune(evidence, programs, kept.files),
        tuple(empty),
        tuple(_removed(evidence, runtime)),
        any(evidence.libraries.in_cache(path) for path in files),
        tuple(links),
    )
    return with_attributes(plan, [path for path in empty if _is_special(path, evidence)], evidence)


def _is_special(path: str, evidence: Evidence) -> bool:
    return evidence.owner(path) != (0, 0) or evidence.root.files[path].mode != 0o755


def _removed(evidence: Evidence, runtime: Evidence | None) -> list[str]:
    """Files of both base images that the Dockerfile took away. Raises `Declined`."""
    there = runtime.root.files if runtime else {}
    gone = [
        path
        for path, entry in evidence.base.files.items()
        if entry.kind != "directory"
        and path in there
        and path not in evidence.root.files
        and not matches(path, (*OF_EVERY_IMAGE, *INSTALLED, *CACHES))
    ]
    if len(gone) > _MOST_REMOVED:
        raise Declined(f"{len(gone)} files of the base image are removed, among them {gone[0]}")
    return sorted(gone)


def _from_skeleton(path: str, evidence: Evidence, harmless: Mapping[str, Entry]) -> bool:
    """Whether a file is one that useradd puts in the home of every new user (manual useradd(8), ``-k``)."""
    model = harmless.get(f"/etc/skel/{posixpath.basename(path)}")
    return model is not None and model.digest == evidence.root.files[path].digest


def _settled(entry: Entry, owner: tuple[int, int]) -> Entry:
    return entry if (entry.user, entry.group) == owner else entry._replace(user=owner[0], group=owner[1])


def _with_arguments(stage: StageFacts, layout: Layout, lines: list[Copy]) -> tuple[list[Copy], Layout]:
    """The lines with build arguments for the parts of paths that come of them, and the layout that repeats those."""
    repeated = set(layout.repeated)
    for at in range(1, layout.cut):
        instruction = stage.instructions[at]
        for token in instruction.tokens if instruction.keyword == "ARG" else ():
            name, _, value = token.text.decode("utf-8", "replace").partition("=")
            value = value.strip("\"'")
            if not (value.startswith("/") and len(value) > 1) and not re.fullmatch(r"v?\d+(?:\.\d+)+[\w.-]*", value):
                continue
            part = re.compile(r"(?<![\w.])" + re.escape(value) + r"(?![\w.])")
            changed = [
                line._replace(
                    sources=tuple(part.sub(f"${{{name}}}", one) for one in line.sources),
                    target=part.sub(f"${{{name}}}", line.target),
                )
                for line in lines
            ]
            if changed != lines:
                lines = changed
                repeated.add(at)
    return lines, layout._replace(repeated=tuple(sorted(repeated)))


def _written_below(stage: StageFacts, layout: Layout, evidence: Evidence) -> set[str]:
    """The paths that instructions write which stand in the runtime stage as they are."""
    lines = {one.line for one in stage.instructions[layout.cut :]}
    return {path for path, writer in evidence.own.items() if writer.line in lines}


def _changed(evidence: Evidence, kept: Kept, runtime: Evidence | None) -> list[str]:
    """Files of packages that ship, and that the Dockerfile changed."""
    there = set(runtime.packages.packages) if runtime else set[str]()
    ships = evidence.packages.closure(kept.packages) | there
    return [path for path in evidence.changed if evidence.packages.owner(path) in ships]


def _look_for_special(files: list[str], evidence: Evidence) -> None:
    for path in files:
        entry = evidence.root.files[path]
        if entry.kind in ("device", "pipe"):
            raise Declined(f"{path} is a {entry.kind}, which COPY does not bring")


def _names(evidence: Evidence, owners: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """How ``--chown`` spells each of the owners: by name where the image knows one."""
    users, groups = (account_names(evidence.root, file) for file in ("/etc/passwd", "/etc/group"))
    return {
        (user, group): f"{users.get(user, user)}:{groups.get(group, group)}" for user, group in owners if (user, group)
    }


def _of_base(stage: StageFacts, evidence: Evidence, runtime: Evidence | None, kept: Kept) -> dict[str, str]:
    """Variables of the original base image that what ships may read, and that the runtime base has not."""
    there = variables(runtime.configuration) if runtime else {}
    said = b" ".join(one.raw for one in stage.instructions if one.keyword == "ENV")
    found: dict[str, str] = {}
    for name, value in variables(evidence.base.image.configuration).items():
        same = (
            there.get(name) == value or name.encode() in said or name == "PATH" or TOOLCHAIN_VARIABLES.fullmatch(name)
        )
        if not same and evidence.environment.get(name) == value and kept.mentions(name):
            found[name] = value
    path = [part for part in there.get("PATH", "").split(":") if part]
    front = [
        part
        for part in evidence.environment.get("PATH", "").split(":")
        if part not in path and any(lies_in(one, part) for one in kept.files) and f":{part}:".encode() not in said
    ]
    if front and b"PATH" not in said:
        found["PATH"] = ":".join([*front, "$PATH"] if path else front)
    return found


def _free_name(stage: StageFacts) -> str:
    taken = {other.stage.name for other in stage.facts.stages}
    return next(
        name for name in ("build", "builder", "build-stage", *map("build{}".format, range(2, 99))) if name not in taken
    )


def _recommends(stage: StageFacts, kept: Kept) -> bool:
    """Whether a package that ships was installed with what it recommends."""
    for run in stage.runs:
        for command in run.script.commands if run.script else ():
            words = {word.value for word in command.argv}
            installs = command.name in ("apt-get", "apt") and "install" in words
            if installs and "--no-install-recommends" not in words and not words.isdisjoint(kept.packages):
                return True
    return False


def _manuals(evidence: Evidence, runtime: Evidence | None, kept: Kept) -> list[str]:
    """Directories of manuals that a slim image lacks, and in which update-alternatives must make links.

    Packages with programs to choose from call it with the page of each; it fails where the directory is missing.
    """
    ships = evidence.packages.closure(kept.packages)
    found: set[str] = set()
    for path, entry in evidence.root.files.items():
        page = re.fullmatch(r"/etc/alternatives/.*\.(\d)\w*(?:\.gz)?", path)
        if page and evidence.packages.owner(entry.target) in ships:
            found.add(f"/usr/share/man/man{page[1]}")
    return sorted(path for path in found if runtime and path not in runtime.root.files)


def with_attributes(plan: Plan, paths: list[str], evidence: Evidence) -> Plan:
    """The plan with the modes and owners of directories written out."""
    found = dict.fromkeys(plan.directories)
    for path in paths:
        entry = evidence.root.files[path]
        owner = (entry.user, entry.group)
        name = "root:root" if owner == (0, 0) else _names(evidence, {owner})[owner]
        found[path, f"{entry.mode:o}", name] = None
    return plan._replace(directories=tuple(found))


def _reasons(kept: Kept) -> list[str]:
    programs = kept.programs
    found = [f"{path}: {why}" for path, why in programs.paths.items()]
    if programs.interpreted:
        found.append(f"{programs.interpreted} runs the application's own text: all of it ships")
    found += [f"package {name}: {why}" for name, why in kept.packages.items()]
    found += [f"without {name}: {why}" for name, why in kept.left_out.items()]
    gone: dict[str, list[str]] = {}
    for path, why in kept.dropped.items():
        gone.setdefault(why, []).append(path)
    for why, paths in gone.items():
        tops = list(dict.fromkeys("/".join(path.split("/")[:3]) for path in paths))
        shown = ", ".join(tops[:4]) + (", …" if len(tops) > 4 else "")
        found.append(
            f"without {len(paths)} files in {shown}: {why}" if len(paths) > 1 else f"without {paths[0]}: {why}"
        )
    return found
