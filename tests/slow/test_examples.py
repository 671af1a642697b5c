"""The examples, built for real: smaller, the same behaviour, and nothing gone but what the findings declare."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.context import find_context
from docker_images import built, configuration, differences, need_engine, size

EXAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "examples").glob("*/Dockerfile"))


def smoke(folder: Path, image: str) -> str:
    done = subprocess.run([str(folder / "smoke.sh"), image], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_fixed_image_is_smaller_and_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    need_engine()
    path = folder / "Dockerfile"
    original = path.read_bytes()
    result = optimize(original, path=str(path), context=find_context(str(path), original))
    declared = [pattern for item in result.applied for pattern in (*item.finding.removes, *item.finding.changes)]
    with built(folder, original) as before, built(folder, result.patched) as after:
        sizes = size(before), size(after)
        with capsys.disabled():
            saved = sizes[0] - sizes[1]
            print(f"\n{folder.name}: {sizes[0]:,} -> {sizes[1]:,} bytes, {saved:,} saved ({saved / sizes[0]:.1%})")
        assert sizes[1] < sizes[0]
        assert configuration(before) == configuration(after)
        unexplained = {
            place: how
            for place, how in differences(before, after).items()
            if not any(fnmatch(place, pattern) or fnmatch(place + "/x", pattern) for pattern in declared)
        }
        assert not unexplained
        assert smoke(folder, before) == smoke(folder, after)


@pytest.mark.slow
def test_two_builds_of_one_dockerfile_differ_in_nothing_else() -> None:
    """The control: what the comparison leaves out is enough, so a difference it finds is a difference."""
    need_engine()
    folder = next(folder for folder in EXAMPLES if folder.name == "flask-api")
    original = (folder / "Dockerfile").read_bytes()
    with built(folder, original) as one, built(folder, original) as other:
        assert not differences(one, other)
