"""What a stranger reads is true, and speaks of the project alone."""

from __future__ import annotations

import re
import runpy
import subprocess
from pathlib import Path

from dfopt.optimizer import optimize
from dfopt.optimizer.facts.context import find_context

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = 'python3 -m venv .venv && . .venv/bin/activate && pip install -e ".[dev]" && pytest'
    assert command in README
    assert command in (ROOT / ".ci/run").read_text()


def test_the_first_command_names_an_example() -> None:
    command = re.search(r"pip install \. && dfopt fix (\S+)", README)
    assert command
    assert (ROOT / command[1]).is_file()


def test_the_diff_in_the_readme_is_real() -> None:
    path = ROOT / "examples/flask-api/Dockerfile"
    (shown,) = re.findall(r"```diff\n(.*?)```", README, re.DOTALL)
    context = find_context(str(path), path.read_bytes())
    result = optimize(path.read_bytes(), path="examples/flask-api/Dockerfile", context=context)
    assert shown == result.diff.decode()


def test_what_is_said_of_the_rules_is_built_from_them() -> None:
    built = runpy.run_path(str(ROOT / "docs" / "build.py"))
    written = {path.name: path.read_text() for path in (ROOT / "docs" / "rules").iterdir()}
    assert (written, README) == (built["pages"](), built["readme"]()), "run `python docs/build.py`"


def test_no_place_of_one_machine_is_named() -> None:
    foreign = re.compile(rb"/" + rb"work/|/ro" + rb"ot/\.pyenv|\.\./" + rb"shared")
    assert not [path for path in tracked() if foreign.search(path.read_bytes())]
