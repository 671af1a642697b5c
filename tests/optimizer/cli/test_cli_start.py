"""What a start costs: the plain commands import nothing that they do not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dfopt.optimizer.cli import plain_options
from dfopt.optimizer.cli.app import app

HEAVY = {
    "asyncio", "click", "dataclasses", "difflib", "fnmatch", "importlib.metadata", "inspect", "jinja2", "json", "libcst",
    "logging", "multiprocessing", "pathspec", "random", "shutil", "signal", "tempfile", "tomllib",
}  # fmt: skip
CODE = """
import sys
before = set(sys.modules)  # the interpreter's own, and what finds an editable install
from dfopt.optimizer.cli import run
run(sys.argv[1:])
print(*set(sys.modules) - before, file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", ["fix Dockerfile", "fix --write Dockerfile", "check Dockerfile", "fix -", "fix"])
@pytest.mark.parametrize("text", ["FROM python:3.12\nRUN pip install flask\n", "FROM scratch\n", "NONSENSE\n"])
def test_the_plain_commands_import_little(tmp_path: Path, arguments: str, text: str) -> None:
    (tmp_path / "Dockerfile").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments.split()],
        cwd=tmp_path,
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    loaded = set(done.stderr.decode().splitlines()[-1].split())
    assert "dfopt.optimizer.rules.engine" in loaded
    assert not HEAVY & loaded
    assert "dfopt.optimizer.facts.context" not in loaded


def test_the_plain_way_imports_no_typing(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "FROM debian:12\nWORKDIR /a\nCOPY a.sh .\nRUN chmod 755 a.sh\nRUN apt-get update && apt-get install -y x\nRUN make\n"
    )
    code = CODE.replace("file=sys.stderr", "file=sys.stderr, sep=chr(10)").replace(
        "*set(sys.modules) - before",
        "*(m.__file__ for n, m in sys.modules.items() if n.startswith('dfopt.') and m.__file__)",
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "fix", "Dockerfile"], cwd=tmp_path, capture_output=True, check=True
    )
    files = [line for line in done.stderr.decode().splitlines() if line.endswith(".py")]
    assert len(files) > 40
    assert [name for name in files if "\nfrom typing import" in Path(name).read_text()] == []


def test_without_a_finding_nothing_of_the_shell_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY a b\n")
    done = subprocess.run(
        [sys.executable, "-c", CODE, "fix", "Dockerfile"], cwd=tmp_path, capture_output=True, check=True
    )
    loaded = done.stderr.decode().splitlines()[-1].split()
    assert not {"tree_sitter", "tree_sitter_bash", "dfopt.optimizer.dockerfile.diff"} & set(loaded)


@pytest.mark.parametrize("form", ["text", "diff"])
def test_a_review_imports_little(tmp_path: Path, form: str) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nRUN pip install flask\n")
    for arguments in (["init", "--quiet"], ["commit", "--quiet", "--allow-empty", "--message", "empty"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=tmp_path, check=True)
    done = subprocess.run(
        [sys.executable, "-c", CODE, "review", "--base", "HEAD", "--format", form],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    loaded = set(done.stderr.decode().splitlines()[-1].split())
    assert b"--no-cache-dir" in done.stdout
    assert not (HEAVY - {"signal"} | {"typing", "urllib.parse"}) & loaded  # subprocess, which starts git, needs signal


PLAIN = [
    "fix",
    "fix a b",
    "fix --write a",
    "fix a --write",
    "fix - --exit-code",
    "fix --isolated --quiet a",
    "check a --quiet",
    "review --base main",
    "review docker --base main --head topic --isolated",
    "review --base a --base b --format sarif --exit-code",
    "review --format github --post --quiet",
]
NOT_PLAIN = [
    "check --write a",
    "fix -q a",
    "fix -- a",
    "fix --help",
    "fix --writ a",
    "review --base",
    "review --base --head a",
    "review --base=main",
    "review --format nonsense --base main",
    "review --base main --unsafe",
    "rules",
    "",
]


@pytest.mark.parametrize("arguments", PLAIN)
def test_the_plain_options_are_those_that_click_reads(arguments: str) -> None:
    plain = plain_options(arguments.split())
    command = app.main(arguments.split(), prog_name="dfopt", standalone_mode=False)
    assert plain == command.args


@pytest.mark.parametrize("arguments", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_click(arguments: str) -> None:
    assert plain_options(arguments.split()) is None
