"""What a start costs: the plain commands import nothing that they do not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dfopt.optimizer.cli import plain_options

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


@pytest.mark.parametrize(
    ("arguments", "plain"),
    [
        ("fix", True),
        ("fix a b", True),
        ("fix --write a", True),
        ("fix a --write", True),
        ("fix -", True),
        ("check a", True),
        ("check --write a", False),
        ("fix -q a", False),
        ("fix -- a", False),
        ("fix --help", False),
        ("rules", False),
        ("", False),
    ],
)
def test_what_is_plain(arguments: str, plain: bool) -> None:
    options = plain_options(arguments.split())
    assert (options is not None) is plain
    if options:
        assert options.write is ("--write" in arguments)
        assert "--write" not in options.paths
