"""The work grows with the file and no faster, and no depth is too deep. Counted, not timed: lines of Python that run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import FrameType

import dockerfile
import pytest

from dfopt.optimizer import Result, Settings, optimize

_spec = importlib.util.spec_from_file_location("growth", Path(__file__).parents[2] / "bench" / "growth.py")
assert _spec is not None
assert _spec.loader is not None
growth = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(growth)


def work(text: str, settings: Settings) -> int:
    """How many lines of Python a rewrite takes."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        assert optimize(text, settings=settings).diff
    finally:
        sys.settrace(before)
    return count


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
