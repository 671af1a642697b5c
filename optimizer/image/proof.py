"""What building a Dockerfile before and after its rewrites has shown, as data."""

from __future__ import annotations

from typing import NamedTuple

from .compare import Comparison, Difference


class Ran(NamedTuple):
    """How a command in a container ended."""

    status: int
    output: bytes  # standard output, then standard error


class LayerSize(NamedTuple):
    """A layer above the base image. `line` is that of its instruction, 1-based, 0 where it could not be told."""

    line: int
    created_by: str
    size: int  # bytes


class Side(NamedTuple):
    """One of the two images."""

    size: int  # bytes of the files in all layers
    seconds: float  # that its build took
    base: int  # bytes of `size` that are the layers both images share
    layers: tuple[LayerSize, ...]


class Tried(NamedTuple):
    """A command that ran in both images."""

    command: str
    before: Ran
    after: Ran

    @property
    def agrees(self) -> bool:
        return self.before == self.after


class Proof(NamedTuple):
    """What building one target before and after has shown. `rules` gives the bytes saved by each, or each group."""

    target: str | None
    before: Side
    after: Side
    comparison: Comparison
    rules: tuple[tuple[str, int], ...]
    tried: tuple[Tried, ...]
    control: tuple[Difference, ...] | None  # what two builds of the original differ in beyond `VOLATILE`

    @property
    def equivalent(self) -> bool:
        return not self.comparison.undeclared and all(item.agrees for item in self.tried)


class Verdict(NamedTuple):
    """The proofs of all targets that were built."""

    proofs: tuple[Proof, ...]

    @property
    def equivalent(self) -> bool:
        return all(proof.equivalent for proof in self.proofs)
