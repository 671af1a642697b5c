"""How old a tool of the distribution may be, by the base image and by what the Dockerfile installs."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command
from ..knowledge.images import Image
from ..knowledge.tools import load_tool
from ..knowledge.uses import use_of
from .stages import Run, StageFacts

_FLOATING = frozenset(("latest", "stable", "stable-slim", "testing", "sid", "unstable", "rolling", "devel", "edge"))
_FIRST_WITH_PIP_6 = {"ubuntu": (16, 4), "debian": (9,), "centos": (7,), "fedora": (22,), "alpine": (3, 3), "rhel": (7,)}
# Official images whose tags do not name a distribution: from these versions on it is Debian 9 or later.
_FIRST_ON_DEBIAN_9 = {
    "node": (10,),
    "golang": (1, 10),
    "ruby": (2, 5),
    "php": (7, 2),
    "openjdk": (10,),
    "rust": (1, 22),
}
_DISTRIBUTION_PIP = rb"\bpy(?:thon)?[\d.]*-(?:pip|virtualenv)\b|\bvirtualenv\b"
_NEW_PIP = r"pip(?:[=<>~!].*)?"
_NEW_OPTIONS = frozenset(("--break-system-packages", "--root-user-action=ignore", "--prefer-binary", "--use-pep517"))
_OLD = "the pip here may be older than 6.0, which has no --no-cache-dir"


def pip_may_be_old(run: Run, command: Command) -> str:
    """Why the pip that `command` runs may be older than 6.0; empty where it is not."""
    image = run.stage.image
    if (image is not None and _is_new(image)) or not _NEW_OPTIONS.isdisjoint(command.values()):
        return ""
    chain = list(run.stage.lineage_above())
    if (image is None or image.release is None) and not any(
        stage.once("pip", _has_distribution_pip) for stage in chain
    ):
        return ""  # the base image's own pip, and pip 6.0 is of 2014
    upgrades = ((stage, stage.once("pip upgrade", _first_upgrade)) for stage in chain)
    upgraded = any(at is not None and (stage is not run.stage or at < command.start) for stage, at in upgrades)
    return "" if upgraded else _OLD


def _has_distribution_pip(stage: StageFacts) -> bool:
    return any(re.search(_DISTRIBUTION_PIP, run.instruction.code) for run in stage.runs)


def _first_upgrade(stage: StageFacts) -> int | None:
    """Where the first command of the stage that upgrades pip starts."""
    commands = (command for run in stage.runs if run.script for command in run.script.commands)
    return next((command.start for command in commands if _upgrades_pip(command)), None)


def _is_new(image: Image) -> bool:
    """Whether the name of a base image says that its distribution's pip is 6.0 or later."""
    if image.name.rsplit("/", 1)[-1] == "python":
        return True
    if image.release is not None:
        return image.release[1] >= _FIRST_WITH_PIP_6.get(image.release[0], (0,))
    if "/" not in image.name and image.tag in _FLOATING:
        return True
    version = re.match(r"\d+(?:\.\d+)?", image.tag)
    first = _FIRST_ON_DEBIAN_9.get(image.name)
    if version is None or first is None:
        return False
    return tuple(int(part) for part in version[0].split(".")) >= first


def _upgrades_pip(command: Command) -> bool:
    words = [value or "" for value in command.values()]
    if any("get-pip" in word for word in words) or (command.name.startswith("easy_install") and "pip" in words):
        return command.name not in ("curl", "wget", "rm", "echo")

    use = use_of(load_tool("pip"), command)
    return use is not None and use.verb.value == "install" and any(re.fullmatch(_NEW_PIP, word) for word in words)
