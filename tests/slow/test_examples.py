"""The gallery, built for real: smaller, the same behaviour, and nothing gone but what the findings declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.engine import Result
from docker_images import proof

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/Dockerfile"))


def fixed(directory: Path, *, unsafe: bool = False) -> Result:
    path = directory / "Dockerfile"
    return optimize(path.read_bytes(), context=Context(str(directory), str(path)), settings=Settings(unsafe=unsafe))


@pytest.mark.slow
@pytest.mark.parametrize("directory", EXAMPLES, ids=lambda directory: directory.name)
def test_safe_fixes_are_equivalent_and_smaller(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = proof(directory, fixed(directory), (directory / "smoke.sh").read_text())
    before, after = found.before.size, found.after.size
    with capsys.disabled():
        print(f"\n{directory.name}: {before:,} -> {after:,} bytes, {before - after:,} saved ({1 - after / before:.1%})")
    assert not found.comparison.undeclared
    assert found.tried[0].before.status == 0, found.tried[0].before.output.decode()
    assert found.tried[0].agrees
    assert after <= before


@pytest.mark.slow
@pytest.mark.parametrize("directory", EXAMPLES, ids=lambda directory: directory.name)
def test_unsafe_fixes_behave_the_same(directory: Path) -> None:
    result = fixed(directory, unsafe=True)
    if result.patched == fixed(directory).patched:
        pytest.skip("no unsafe rewrite")
    found = proof(directory, result, (directory / "smoke.sh").read_text())
    assert found.tried[0].agrees
    assert found.after.size <= found.before.size


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flask-api", "rpm-metrics"])
def test_two_builds_of_one_dockerfile_differ_in_nothing_else(name: str) -> None:
    """The control: what the comparison leaves out is enough, so a difference it finds is a difference."""
    directory = ROOT / "examples" / name
    assert proof(directory, fixed(directory), control=True).control == ()


def test_every_example_has_its_expert_and_its_smoke_script() -> None:
    assert len(EXAMPLES) >= 10
    for directory in EXAMPLES:
        assert (directory / "smoke.sh").is_file()
        assert (ROOT / "bench" / "expert" / f"{directory.name}.Dockerfile").is_file()
