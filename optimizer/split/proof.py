"""Whether the image of the split Dockerfile does what the original's does: what was checked, and what is wrong."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..image.compare import ENGINES_OWN, NAMED_ANEW, how
from ..image.globs import matches
from ..image.root import Root
from ..knowledge.runtime import INSTALLED, OF_EVERY_IMAGE
from .evidence import Declined, Evidence
from .kept import Kept
from .plan import Plan
from .programs import Programs


class Fault(NamedTuple):
    """What is wrong with the new image. What can be mended names how: a package, or a directory."""

    what: str
    package: str = ""
    directory: str = ""


def faults(plan: Plan, kept: Kept, new: Evidence) -> list[Fault]:
    """What of the original is missing, or otherwise, in the new image, and matters."""
    old = kept.evidence
    return [
        *_configuration(plan, old, new),
        *_files(plan, kept, new),
        *_additions(kept, new),
        *_programs(kept, new),
        *_libraries(kept, new),
        *_accounts(old, new),
        *_versions(plan, old, new),
    ]


def checks(plan: Plan, kept: Kept) -> tuple[str, ...]:
    """What was looked at, in plain words."""
    return (
        "checked: the configuration is the same, but for variables of the toolchain's image",
        f"checked: {len(plan.kept)} files are the same in content, mode, owner and attributes",
        f"checked: {len(kept.programs.paths)} programs are found, with the libraries and interpreters that they need",
        "checked: users have the same numbers, and packages the same versions",
    )


def _configuration(plan: Plan, old: Evidence, new: Evidence) -> Iterator[Fault]:
    was, now = old.configuration, new.configuration
    for key in sorted(was.keys() | now.keys()):
        if key == "Env":
            continue
        one, other = was.get(key), now.get(key)
        if key == "WorkingDir":
            one, other = one or "/", other or "/"
        if one != other:
            yield Fault(f"configuration {key}: {one!r} became {other!r}")
    said = b"\n".join(one.raw for one in plan.stage.instructions if one.keyword == "ENV")
    for name, value in old.environment.items():
        if name == "PATH":
            continue
        if name.encode() in said and new.environment.get(name) != value:
            yield Fault(f"variable {name}: {value!r} became {new.environment.get(name)!r}")
    path = [part for part in new.environment.get("PATH", "").split(":") if part]
    before = [part for part in old.environment.get("PATH", "").split(":") if part]
    rest = [part for part in before if part in path or new.root.entry(part) is not None]
    if path != rest:
        yield Fault(f"variable PATH: {':'.join(before)} became {':'.join(path)}")


def _files(plan: Plan, kept: Kept, new: Evidence) -> Iterator[Fault]:
    old = kept.evidence
    for path in sorted({*plan.kept, *kept.files, *kept.empty, *kept.made_again, *_directories(kept)}):
        was, now = old.root.files[path], new.root.files.get(path)
        if now != was:  # builders differ in whether a COPY from a stage keeps the numbers of nobody
            was = was._replace(user=old.owner(path)[0], group=old.owner(path)[1])
        if (
            plan.prune
            and path.startswith(plan.prune.directory + "/")
            and (now is None or path.endswith(".package-lock.json"))
        ):
            continue
        if now is None:
            yield Fault(f"{path} is missing")
        elif was != now:
            directory = was.kind == now.kind == "directory"
            yield Fault(f"{path}: {how(was, now)}", directory=path if directory else "")


def _additions(kept: Kept, new: Evidence) -> Iterator[Fault]:
    """Files that the original has not, and that neither a package nor its installation brought."""
    old = kept.evidence
    base = kept.runtime.root.files if kept.runtime else {}
    for path in new.own:
        known = path in old.root.files or path in base or new.root.files[path].kind == "directory"
        if not known and not matches(
            path, (*INSTALLED, *OF_EVERY_IMAGE, *ENGINES_OWN, *NAMED_ANEW, "/tmp/**", "/var/tmp/**")
        ):
            yield Fault(f"{path} is new")


def _directories(kept: Kept) -> set[str]:
    """The own directories that files which ship lie in."""
    found: set[str] = set()
    for path in (*kept.files, *kept.empty):
        above = posixpath.dirname(path)
        while above != "/" and above not in found:
            if above in kept.evidence.own:
                found.add(above)
            above = posixpath.dirname(above)
    return found


def _programs(kept: Kept, new: Evidence) -> Iterator[Fault]:
    again = Programs(new)
    try:
        again.follow()
    except Declined as problem:
        yield Fault(str(problem))
        return
    for path in sorted(kept.programs.paths.keys() - again.paths.keys()):
        owner = kept.evidence.packages.owner(path)
        yield Fault(f"{path} is not found in the new image", package=owner or "")


def _libraries(kept: Kept, new: Evidence) -> Iterator[Fault]:
    old = kept.evidence
    _, was = old.libraries.closure(kept.binaries)
    _, now = new.libraries.closure({path for path in kept.binaries if path in new.root.files})
    known = {(one.path, one.needs) for one in was}
    for one in now:
        if (one.path, one.needs) not in known:
            owner = next(
                (
                    owner
                    for place in old.root.files
                    if posixpath.basename(place) == one.needs and (owner := old.packages.owner(place))
                ),
                "",
            )
            yield Fault(f"{one.path} needs {one.needs}, which the new image has not", package=owner)


def _accounts(old: Evidence, new: Evidence) -> Iterator[Fault]:
    """Users and groups that the Dockerfile made, or that a package made which ships."""
    for file, what in (("/etc/passwd", "user"), ("/etc/group", "group")):
        was, base, now = _lines(old.root, file), _lines(old.base, file), _lines(new.root, file)
        for name in sorted(was.keys() | base.keys()):
            if was.get(name) in (base.get(name), now.get(name)) and (name in now or name not in was):
                continue
            if was.get(name) != now.get(name) and not (name not in now and _made_by_package(name, old, new)):
                yield Fault(f"{what} {name}: {was.get(name)} became {now.get(name)}")


def _lines(root: Root, path: str) -> dict[str, str]:
    """The accounts in a file, without passwords and comments, by name (manuals passwd(5), group(5))."""
    found: dict[str, str] = {}
    for line in root.text(path).splitlines():
        fields = line.split(":")
        if len(fields) > 3:
            found[fields[0]] = ":".join((*fields[2:4], *fields[5:]))
    return found


def _made_by_package(name: str, old: Evidence, new: Evidence) -> bool:
    """Whether the scripts of a package speak of the account that the new image has not: then it made it."""
    word = re.compile(rb"\b" + re.escape(name.encode()) + rb"\b")
    return any(
        word.search(old.root.read(path))
        for path in old.root.below_directory("/var/lib/dpkg/info")
        if path.endswith((".postinst", ".preinst"))
        and posixpath.basename(path).rpartition(".")[0].partition(":")[0] not in new.packages.packages
    )


def _versions(plan: Plan, old: Evidence, new: Evidence) -> Iterator[Fault]:
    for name in plan.packages:
        was, now = old.packages.packages.get(name), new.packages.packages.get(name)
        if was is not None and now is None:
            yield Fault(f"package {name} is not in the new image")
        elif was is not None and now is not None and was.version != now.version:
            yield Fault(f"package {name}: version {was.version} became {now.version}")
