"""``dfopt dockerignore`` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dfopt.optimizer.cli import dockerignore as module
from dfopt.optimizer.cli import run
from dfopt.optimizer.dockerignore.plan import Plan

DOCKERFILE = "FROM node:22\nCOPY . .\nRUN npm ci\n"
NEW = """\
# Version control
.git

# Node
node_modules

# Editors and operating systems
**/.DS_Store

# Docker
.dockerignore
Dockerfile*
"""
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dfopt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    monkeypatch.chdir(tmp_path)
    write("Dockerfile", DOCKERFILE)
    write("package.json", "{}")
    write("node_modules/a.js", "x" * 2000)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(["dockerignore", *arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode())


def test_a_new_file_is_shown(dfopt: Call) -> None:
    code, out, err = dfopt()
    added = "".join(f"+{line}\n" for line in NEW.splitlines())
    assert (code, out) == (0, f"--- /dev/null\n+++ b/.dockerignore\n@@ -0,0 +1,12 @@ dockerignore\n{added}")
    assert err.splitlines() == [
        ".dockerignore: keeps out 2.0 kB in 2 files; 2 B in 1 file stay",
        "     2.0 kB         1 file  node_modules",
        "       33 B         1 file  Dockerfile*",
    ]
    assert not Path(".dockerignore").exists()


def test_writing_makes_what_the_diff_makes_and_once_is_enough(dfopt: Call) -> None:
    _, diff, _ = dfopt()
    assert dfopt("--write")[:2] == (0, "wrote .dockerignore\n")
    assert Path(".dockerignore").read_text() == NEW
    Path(".dockerignore").unlink()
    subprocess.run(["git", "apply", "-"], input=diff.encode(), check=True)
    assert Path(".dockerignore").read_text() == NEW
    assert dfopt() == (0, "", ".dockerignore: nothing to add; the context is 2 B in 1 file\n")
    assert dfopt("--write")[:2] == (0, "")
    assert sorted(os.listdir()) == [".dockerignore", "Dockerfile", "node_modules", "package.json"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n", "a\n\n# Not needed in the build either\nnode_modules\nDockerfile*\n"),
        ("a", "a\n\n# Not needed in the build either\nnode_modules\nDockerfile*\n"),
        ("a\r\nDockerfile\r\n", "a\r\nDockerfile\r\n\r\n# Not needed in the build either\r\nnode_modules\r\n"),
        ("# only this\n", "# only this\n\n# Not needed in the build either\nnode_modules\nDockerfile*\n"),
        ("*\n!package.json\n", "*\n!package.json\n"),
        ("", NEW),
        ("\ufeff*.é \n", "\ufeff*.é \n\n# Not needed in the build either\nnode_modules\nDockerfile*\n"),
    ],
)
def test_what_is_there_is_kept(dfopt: Call, before: str, after: str) -> None:
    write(".dockerignore", before)
    Path(".dockerignore").chmod(0o640)
    _, diff, _ = dfopt()
    assert dfopt("--write")[0] == 0
    assert Path(".dockerignore").read_bytes() == after.encode()
    assert Path(".dockerignore").stat().st_mode & 0o777 == 0o640
    assert dfopt()[1] == ""
    if diff:
        write(".dockerignore", before)
        subprocess.run(["git", "apply", "-"], input=diff.encode(), check=True)
        assert Path(".dockerignore").read_bytes() == after.encode()


def test_a_dockerfile_with_patterns_of_its_own(dfopt: Call) -> None:
    write("Dockerfile.dockerignore", "Dockerfile*\n")
    assert dfopt("--write")[:2] == (0, "wrote Dockerfile.dockerignore\n")
    assert Path("Dockerfile.dockerignore").read_text().endswith("either\nnode_modules\n")
    assert not Path(".dockerignore").exists()


def test_dockerfiles_that_are_named(dfopt: Call) -> None:
    write("other/Dockerfile", "FROM a\nCOPY . .\n")
    assert "other/Dockerfile does not make it again" in dfopt()[2]
    assert "+node_modules\n" in dfopt("--dockerfile", "Dockerfile")[1]
    write("other/Dockerfile", "FROM a\nCOPY node_modules .\n")
    assert "left in: node_modules (other/Dockerfile:2 names it" in dfopt("--dockerfile", "Dockerfile")[2]
    write("other/Dockerfile", "NONSENSE\n")
    assert dfopt()[::2] == (2, "dfopt: other/Dockerfile:1: unknown instruction: NONSENSE\n")
    assert "+node_modules\n" in dfopt("--dockerfile", "Dockerfile")[1]  # what cannot be built needs nothing


def test_a_context_and_a_dockerfile_in_different_places(dfopt: Call) -> None:
    write("docker/app", DOCKERFILE)
    write("web/package.json", "{}")
    write("web/node_modules/a", "1")
    code, out, _ = dfopt("web", "--dockerfile", "docker/app", "--output", "diff")
    assert (code, out) == (0, "")
    assert "+++ b/web/.dockerignore\n" in Path("diff").read_text()
    assert "+node_modules\n" in Path("diff").read_text()


def test_what_git_tracks_stays(dfopt: Call) -> None:
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-f", "node_modules"], check=True)
    code, out, err = dfopt()
    assert code == 0
    assert "node_modules" not in out
    assert "left in: node_modules (git tracks it)\n" in err


def test_json(dfopt: Call) -> None:
    code, out, _ = dfopt("--format", "json", "--write")
    (file,) = json.loads(out)["files"]
    assert code == 0
    assert (file["path"], file["new"], file["changed"]) == (".dockerignore", True, True)
    assert file["context"] == {"size": 2035, "files": 3}
    assert file["patterns"][0] == {"pattern": "node_modules", "section": "Node", "size": 2000, "files": 1}
    assert file["diff"].startswith("--- /dev/null\n")
    assert Path(".dockerignore").read_text() == NEW


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["nowhere"], "nowhere: No such file or directory"),
        (["package.json"], "package.json: not a directory"),
        (["node_modules"], "node_modules: no Dockerfile found; --dockerfile names one that lies elsewhere"),
        (["--dockerfile", "nowhere"], "nowhere: No such file or directory"),
        (["--dockerfile", "package.json"], "package.json:1: unknown instruction: {}"),
        (["--dockerfile", "Dockerfile", "--write", "--output", "no/where"], "no/where: No such file or directory"),
        (["--colour"], "No such option"),
    ],
)
def test_errors_are_one_line(dfopt: Call, arguments: list[str], error: str) -> None:
    code, out, err = dfopt(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"dfopt: {error}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "error"), [("!", "illegal exclusion pattern: !"), ("[z-a]", "syntax error in pattern: [z-a]")]
)
def test_patterns_that_no_build_gets_past(dfopt: Call, line: str, error: str) -> None:
    write(".dockerignore", f"a\n{line}\n")
    assert dfopt("--write") == (2, "", f"dfopt: .dockerignore:2: {error}\n")
    assert Path(".dockerignore").read_text() == f"a\n{line}\n"


@pytest.mark.parametrize("before", [None, "a\n"])
def test_what_somebody_saved_meanwhile_stays(dfopt: Call, monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    if before is not None:
        write(".dockerignore", before)
    real = module.plan

    def slow(*arguments: Any, **extra: Any) -> Plan:
        made = real(*arguments, **extra)
        write(".dockerignore", "theirs\n")
        return made

    monkeypatch.setattr(module, "plan", slow)
    said = "dfopt: .dockerignore: it changed while dfopt worked on it; nothing was written\n"
    assert dfopt("--write") == (2, "", said)
    assert Path(".dockerignore").read_text() == "theirs\n"
