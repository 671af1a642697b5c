"""Every subset of suggestions, tried on a few generated Dockerfiles; and what the trial is there to see."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
from habits import dockerfile

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.review.suggest import accept_all, suggest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import subsets

ALL = Settings(frozenset(("all",)), manual=False)
ONE = b"FROM debian:12-slim\nRUN pip install a\nENV A=1\nRUN pip install b\n"


@pytest.mark.parametrize("settings", [Settings(manual=False), ALL], ids=["default", "all"])
@pytest.mark.parametrize("number", range(0, 480, 20))
def test_subsets_come_to_one_end(tmp_path: Path, number: int, settings: Settings) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(dockerfile(number))
    assert subsets.check(path, settings, subsets.Bounds(4, 4)).problems == ()


def test_what_is_tried_is_bounded() -> None:
    bounds = subsets.Bounds(most=3, samples=5, seed=1)
    assert sorted(subsets.subsets(3, bounds, "x")) == [(0,), (0, 1), (0, 2), (1,), (1, 2), (2,)]
    many = list(subsets.subsets(40, bounds, "x"))
    assert len(many) == 2 * 40 + 5
    assert many == list(subsets.subsets(40, bounds, "x"))
    assert len({len(one) for one in many[80:]}) > 1


def test_differences_are_seen() -> None:
    settings = Settings(manual=False)
    result = optimize(ONE, settings=settings)
    first, second = suggest(result, optimize)

    def wrong(suggestion: object, patched: bytes = result.patched) -> str:
        return subsets.wrong(ONE, patched, [suggestion], settings)  # pyright: ignore[reportArgumentType]

    assert wrong(first) == ""
    assert wrong(first, ONE) == "fixing it comes to another text"
    assert wrong(first._replace(changes=second.changes)) == "it runs something else"
    assert wrong(first._replace(findings=())) == "it runs something else"
    broken = first.changes[0]._replace(lines=(b"FROM <<EOF\n",))
    assert wrong(first._replace(changes=(broken,))) == "BuildKit's parser refuses it, or sees other stages"
    assert accept_all(ONE, (first, second)) == result.patched


def test_what_is_taken_back_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(
        "FROM fedora:29\nRUN echo zchunk=false >> /etc/dnf/dnf.conf\nRUN dnf -y clean all && dnf -y update --releasever=29\n"
        "RUN dnf -y install nginx git\n"
    )
    result = optimize(path.read_bytes(), settings=ALL)
    suggestions = suggest(result, partial(optimize, settings=ALL))
    assert [item.finding.rule for item in subsets.undone(result, suggestions).values()] == ["package-index-kept"]
    assert subsets.check(path, ALL, subsets.Bounds(4, 4)).problems == ()
