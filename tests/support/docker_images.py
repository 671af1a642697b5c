"""Real builds, for tests that cannot do without."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.build.engines import BuildError, BuildSession, EngineError, Options, choose
from dfopt.optimizer.build.verify import PatchedBuildError, Request, Verifier
from dfopt.optimizer.image.proof import Proof, Verdict
from dfopt.optimizer.rules.engine import Result


def need_engine() -> None:
    """Skip the test where no Docker engine answers."""
    try:
        choose("docker")
    except EngineError as error:
        pytest.skip(f"{error}: see tests/slow/engine.sh and bases.sh")


def patiently(verifier: Verifier, result: Result) -> Verdict:
    """The verdict; a build of the original that fails is tried once more, because mirrors have bad moments."""
    try:
        return verifier.verify(result)
    except PatchedBuildError:
        raise
    except BuildError:
        return verifier.verify(result)


def session(context: Path) -> BuildSession:
    """Builds in `context`, layers of earlier builds not made again; skips the test where no engine answers."""
    need_engine()
    return BuildSession("docker", Options(str(context), extra=("--network=host",), cache=True))


def proof(context: Path, result: Result, *commands: str, control: bool = False) -> Proof:
    """What building `result` in `context` before and after shows, layers of earlier builds not made again."""
    need_engine()
    options = Options(str(context), extra=("--network=host",), cache=not control)
    with BuildSession("docker", options) as session:
        verifier = Verifier(session, result.original, Request(commands=commands, control=control))
        (found,) = patiently(verifier, result).proofs
    return found
