"""The work grows with the file and no faster, and no depth is too deep. Counted, not timed: lines of Python that run."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import dockerfile
import pytest

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.dockerfile.shell import Scripts
from dfopt.optimizer.report.formats import REVIEW as FORMATS
from dfopt.optimizer.report.formats import write
from dfopt.optimizer.review.git import Changed, Hunk
from dfopt.optimizer.review.review import Review, Reviewed, review_file

_spec = importlib.util.spec_from_file_location("growth", Path(__file__).parents[2] / "bench" / "growth.py")
assert _spec is not None
assert _spec.loader is not None
growth = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(growth)


def lines_run(job: Callable[[], object]) -> int:
    """How many lines of Python a job takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert job()
    finally:
        sys.settrace(before)
    return count


def work(text: str, settings: Settings) -> int:
    return lines_run(lambda: optimize(text, settings=settings).diff)


def chained(count: int) -> str:
    """Stages, each FROM the one before it, each with something to rewrite."""
    first = "FROM debian:12 AS s0\nRUN pip install a\n"
    return first + "".join(f"FROM s{n - 1} AS s{n}\nRUN pip install b{n}\n" for n in range(1, count))


def in_later_layers(lines: int) -> str:
    """A file of that many lines, half of which belong into the one above."""
    four = "RUN apt-get update && apt-get install -y p{0}\nRUN apt-get clean\nRUN curl -o /t{0} http://e.org/t\nRUN chmod +x /t{0}\n"
    return "FROM debian:12\n" + "".join(four.format(number) for number in range(lines // 4))


INPUTS = {
    "changes in later layers": in_later_layers,
    "lines with findings": growth.findings,
    "commented lines": lambda count: growth.findings(count).replace(
        "\nRUN", "\n# dfopt ignore=merge-runs\n# note\nRUN"
    ),
    "commands on one line": lambda count: growth.commands(count, " && "),
    "commands, a line each": lambda count: growth.commands(count, " \\\n && "),
    "commands with findings": lambda count: "FROM debian:12\nRUN a" + " && pip install b; cd /c" * (count // 3) + "\n",
    "chained stages": growth.stages,
    "chained stages with findings": chained,
}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("everything", [False, True])
def test_work_is_linear(name: str, everything: bool) -> None:
    settings = Settings(select=frozenset(("all",)), unsafe=True) if everything else Settings()
    make = INPUTS[name]
    work(make(100), settings)  # what is loaded and compiled once
    once, twice, thrice = (work(make(100 * times), settings) for times in (1, 2, 3))
    assert thrice - twice < 1.15 * (twice - once)


def reviewed(text: str) -> tuple[int, int]:
    """How much a fix takes, and a review that begins with it."""
    scripts: Scripts = {}
    results: list[Result] = []

    def fix() -> list[Result]:
        results.append(optimize(text, scripts=scripts))
        return results

    def review() -> Reviewed:
        again = partial(optimize, scripts=scripts)
        return review_file("Dockerfile", results[0], again, NEW._replace(hunks=(Hunk(1, 10**6, {}, frozenset()),)))

    fixed = lines_run(fix)
    return fixed, fixed + lines_run(review)


NEW = Changed("Dockerfile", None, ())
REVIEWED = {
    "findings of three kinds": lambda count: growth.findings(count * 5 // 3),
    "one install after the other": lambda count: (
        "FROM debian:12\n" + "".join(f"RUN pip install a{n}\nENV A={n}\n" for n in range(count))
    ),
    "findings that belong together": lambda count: (
        "FROM centos:7\n" + "".join(PAIR.format(n) for n in range(count // 2))
    ),
    "caches that other installs clear": lambda count: (
        "FROM ruby:3\n" + "".join(f"RUN gem install a{n}\nENV A={n}\nRUN bundle install\n" for n in range(count // 2))
    ),
}
PAIR = "RUN yum makecache\nENV A={}\nRUN yum install -y \\\n    b\n"


@pytest.mark.parametrize("name", REVIEWED)
def test_a_review_takes_little_more_than_a_fix(name: str) -> None:
    make = REVIEWED[name]
    reviewed(make(20))  # what is loaded and compiled once
    (_, once), (fixed, twice), (_, thrice) = (reviewed(make(150 * times)) for times in (1, 2, 3))
    assert twice < 1.5 * fixed
    assert thrice - twice < 1.15 * (twice - once)


@pytest.mark.parametrize("form", FORMATS)
def test_writing_a_review_is_linear(form: str) -> None:
    def written(count: int) -> int:
        text = growth.findings(count * 5 // 3)
        changed = NEW._replace(hunks=(Hunk(1, text.count("\n"), {}, frozenset()),))
        file = review_file("Dockerfile", optimize(text), partial(optimize), changed)
        return lines_run(lambda: write(form, Review((file,))))

    written(20)  # what is loaded and compiled once
    once, twice, thrice = (written(100 * times) for times in (1, 2, 3))
    assert thrice - twice < 1.15 * (twice - once)


DEEP = {
    "commands": growth.commands(3000, " && "),
    "commands, a line each": "FROM debian:12\nRUN pip install a" + " \\\n || true" * 3000 + "\n",
    "commands in a subshell": "FROM debian:12\nRUN pip install a && (" + " && ".join(["true"] * 3000) + ")\n",
    "redirected lists": "FROM debian:12\nRUN pip install a" + " && b >c || d" * 1500 + "\n",
    "stages": growth.stages(2000),
    "ifs": growth.nested(2000),
    "substitutions": "FROM debian:12\nRUN pip install b\nRUN a " + '"$(a ' * 2000 + ')"' * 2000 + "\n",
    "brackets": f"FROM debian:12\nCMD {'[' * 2000}\nRUN pip install a\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_no_depth_is_too_deep(name: str) -> None:
    assert dockerfile.parse_string(DEEP[name])
    result: Result = optimize(DEEP[name])
    assert result.changed
    assert result.diff
