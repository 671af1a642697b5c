"""Random builds see a difference between two images, and draw what they are there to draw."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import fuzz
from small_root import Entry

from dfopt.optimizer import optimize

RESULT = optimize("FROM debian:fuzz\nRUN apt-get update && apt-get install -y tool-a\n")
FILE = Entry("f", 0o644, "0:0", "abc1")
BEFORE = fuzz.Look({"/srv/a": FILE, "/var/lib/apt/lists/x": FILE, "/var/log/dpkg.log": FILE}, "hello\nexit 0\n")


def with_file(**changes: object) -> Callable[[fuzz.Look], fuzz.Look]:
    return lambda look: look._replace(paths={**look.paths, "/srv/a": FILE._replace(**changes)})


def without(path: str) -> Callable[[fuzz.Look], fuzz.Look]:
    return lambda look: look._replace(paths={name: entry for name, entry in look.paths.items() if name != path})


@pytest.mark.parametrize(
    "change",
    [
        with_file(mode=0o600), with_file(owner="7:7"), with_file(content="abc2"), with_file(kind="l"), without("/srv/a"),
        lambda look: look._replace(paths={**look.paths, "/srv/b": FILE}),
        lambda look: look._replace(said="exit 1\n"),
    ],
)  # fmt: skip
def test_sees_a_difference(change: Callable[[fuzz.Look], fuzz.Look]) -> None:
    assert fuzz.difference(BEFORE, change(BEFORE), RESULT)


@pytest.mark.parametrize("path", ["/var/lib/apt/lists/x", "/var/log/dpkg.log"])
def test_sees_what_is_declared_or_drawn(path: str) -> None:
    assert RESULT.changed
    assert fuzz.difference(BEFORE, without(path)(BEFORE), RESULT) == ""


def test_a_seed_is_a_dockerfile(tmp_path: Path) -> None:
    texts = [fuzz.Maker(random.Random(seed)).text() for seed in range(80)]
    assert texts == [fuzz.Maker(random.Random(seed)).text() for seed in range(80)]
    together = "\n".join(texts)
    for word in ("useradd", "sudo", "make -C", "sh /tmp/", "ln ", "svcd", "install -y svc", "<<EOF", "--from=build"):
        assert word in together
    assert any(optimize(text).changed for text in texts)
