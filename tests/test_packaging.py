"""What is shipped: every package, its data, and nothing under a name that could be a user's own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from dfopt.optimizer import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TREES = ("optimizer", "transforms", "templates")


def test_every_package_directory_is_named() -> None:
    directories = {path.parent for tree in TREES for path in (ROOT / tree).rglob("__init__.py")}
    expected = {"dfopt." + ".".join(directory.relative_to(ROOT).parts) for directory in directories}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == expected
    holding = {path.parent for tree in TREES for path in (ROOT / tree).rglob("*.py")}
    assert holding == directories


def test_a_version_is_one_everywhere() -> None:
    version = PROJECT["project"]["version"]
    assert __version__ == version
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text()


def test_nothing_imports_a_second_copy() -> None:
    pattern = re.compile(r"^\s*(?:from|import) (?:optimizer|transforms|templates)\b", re.MULTILINE)
    sources = [*ROOT.glob("optimizer/**/*.py"), *ROOT.glob("transforms/**/*.py"), *ROOT.glob("tests/**/*.py")]
    assert not [path for path in sources if pattern.search(path.read_text())]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    tree = directory / "tree"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(directory), str(tree)]
    subprocess.run(command, check=True)
    return next(directory.glob("*.whl"))


@pytest.mark.slow
def test_wheel_holds_what_is_needed(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for tree in TREES:
        for path in (ROOT / tree).rglob("*"):
            if path.suffix in (".py", ".j2") or path.name == "py.typed":
                assert f"dfopt/{path.relative_to(ROOT)}" in names
    assert {name.split("/")[0] for name in names} == {"dfopt", f"dfopt-{PROJECT['project']['version']}.dist-info"}


@pytest.mark.slow
def test_installed_wheel_works_from_another_directory(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    subprocess.run([str(tmp_path / "venv/bin/pip"), "install", "-q", str(wheel)], check=True)
    (tmp_path / "Dockerfile").write_text("FROM python:3.12\nRUN pip install flask\n")
    dfopt = str(tmp_path / "venv/bin/dfopt")
    done = subprocess.run([dfopt, "fix", "Dockerfile"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "+RUN pip install --no-cache-dir flask" in done.stdout
    page = subprocess.run([dfopt, "explain", "download-cache-kept"], capture_output=True, text=True, check=True)
    assert page.stdout.startswith("# download-cache-kept\n")
