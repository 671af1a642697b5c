"""Whether a Dockerfile can be split at all, as far as its text tells."""

from __future__ import annotations

import re

from ..dockerfile.document import Instruction
from ..facts.stages import Facts, StageFacts
from ..knowledge.images import image_named
from ..knowledge.runtime import TOOLCHAINS
from .evidence import Declined

_BUILDS = re.compile(
    rb"\b(?:make|cmake|ninja|meson|gcc|g\+\+|cc|clang|javac|mvnw?|gradlew?|ant|sbt|cargo|rustc|go (?:build|install)"
    rb"|tsc|webpack|vite|next build|npm (?:ci|i|install|run)|yarn|pnpm|pip\d?(?:\.\d+)? install|poetry"
    rb"|uv (?:sync|pip)|setup\.py"
    rb"|bundle|gem install|composer|dotnet|ghc|stack|cabal|mix|configure|cpanm?|luarocks|build-essential|build-base"
    rb"|[\w.+-]+-dev(?:el)?)(?![\w-])"
)


def stage_to_split(facts: Facts) -> StageFacts:
    """The stage that ships. Raises `Declined` where what is built on it, or how it is read, stands against a split."""
    stage = facts.stages[-1]
    for instruction in stage.instructions:
        if instruction.keyword == "ONBUILD":
            raise Declined("ONBUILD belongs to the images that are built on this one", instruction.line)
        if instruction.keyword == "SHELL" and not stage.shell.posix:
            raise Declined("its shell is not one that is known", instruction.line)
        if instruction.keyword == "RUN" and b"<<" in instruction.code and not instruction.heredocs:
            raise Declined("it cannot be read with certainty", instruction.line)
    first = stage.instructions[0]
    if stage.image is not None and stage.image.windows:
        raise Declined("it is a Windows image", first.line)
    if stage.parent is not None:
        raise Declined("its last stage is built on another one of the file", first.line)
    if not any(_may_build(one) for one in stage.instructions) and not _is_toolchain(stage):
        raise Declined("nothing is built in its last stage: it installs and runs")
    if b"$" in first.code and image_named(stage.stage.base) is None and stage.image is None:
        raise Declined("a build argument without a default names its base image", first.line)
    return stage


def _may_build(instruction: Instruction) -> bool:
    return instruction.keyword == "RUN" and _BUILDS.search(instruction.raw) is not None


def _is_toolchain(stage: StageFacts) -> bool:
    return stage.image is not None and stage.image.name in TOOLCHAINS
