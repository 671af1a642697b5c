from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import config as module
from dfopt.optimizer.cli import run

BEFORE = "FROM python:3.12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\nRUN pip install flask\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    module._cache.clear()
    Path("sub").mkdir()
    Path("sub/Dockerfile").write_text(BEFORE)
    return tmp_path


def test_nearest_file_counts(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text('[tool.dfopt]\nignore = ["download-cache-kept"]\n')
    run(["fix", "sub/Dockerfile"])
    assert "--no-cache-dir" not in capfd.readouterr().out
    module._cache.clear()
    Path("sub/.dfopt.toml").write_text('select = ["download-cache-kept"]\n')
    run(["fix", "sub/Dockerfile"])
    out = capfd.readouterr().out
    assert "--no-cache-dir" in out
    assert "--chmod" not in out


def test_command_line_wins(capfd: pytest.CaptureFixture[str]) -> None:
    Path(".dfopt.toml").write_text('select = ["chmod-after-copy"]\nbuilder = "classic"\n')
    run(["fix", "sub", "--select", "download-cache-kept"])
    assert "--no-cache-dir" in capfd.readouterr().out
    run(["fix", "sub", "--builder", "buildkit"])
    assert "--chmod" in capfd.readouterr().out
    run(["fix", "sub", "--isolated"])
    assert "--no-cache-dir" in capfd.readouterr().out


def test_per_file_ignores(capfd: pytest.CaptureFixture[str]) -> None:
    Path(".dfopt.toml").write_text('[per-file-ignores]\n"sub/*" = ["download-cache-kept"]\n')
    run(["fix", "sub"])
    assert "--no-cache-dir" not in capfd.readouterr().out


def test_a_pyproject_without_our_table_is_passed_over(capfd: pytest.CaptureFixture[str]) -> None:
    Path("pyproject.toml").write_text('[tool.dfopt]\nselect = ["chmod-after-copy"]\n')
    Path("sub/pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["dfopt"]\n')
    run(["fix", "sub"])
    assert "--no-cache-dir" not in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('select = ["pip"]\n', "1: unknown rule 'pip'"),
        (
            'unsafe = true\nignore = ["chmod-after-copi"]\n',
            "2: unknown rule 'chmod-after-copi'; did you mean 'chmod-after-copy'?",
        ),
        ("\nselct = []\n", "2: unknown key 'selct'; did you mean 'select'?"),
        ("unsafe = 1\n", "1: unsafe must be true or false"),
        ('builder = "kaniko"\n', "1: builder must be buildkit or classic"),
        ('select = "all"\n', "1: select must be a list"),
        ("unsafe = \n", "1: Invalid value"),
    ],
)
def test_mistakes_are_named(capfd: pytest.CaptureFixture[str], text: str, error: str) -> None:
    Path(".dfopt.toml").write_text(text)
    assert run(["fix", "sub"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    line = err.split("\n", 1)[0]
    assert line.startswith("dfopt: ")
    assert f".dfopt.toml:{error}" in line
