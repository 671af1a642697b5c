from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.cli import run
from dfopt.optimizer.rules import config as module

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


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[tool]\ndfopt = 3\n", "2: tool.dfopt must be a table"),
        ('[tool.ruff]\nselect = ["E"]\n\n[tool.dfopt]\nselect = 3\n', "5: select must be a list of rule names"),
        ('[tool.x]\na = "nope"\n[tool.dfopt]\n# "nope" is no rule\nignore = [\n  "nope",\n]\n', "6: unknown rule 'nope'"),
        ('[tool.dfopt.per-file-ignores]\n"a*" = [1]\n', "2: a* must be a list of rule names"),
        ("[tool.dfopt]\nper-file-ignores = 1\n", "2: per-file-ignores must be a table"),
        ('[tool.dfopt]\nselect = [["x"]]\n', "2: select must be a list of rule names"),
    ],
)  # fmt: skip
def test_mistakes_in_pyproject_are_named_at_our_lines(capfd: pytest.CaptureFixture[str], text: str, error: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert run(["fix", "sub"]) == 2
    assert f"pyproject.toml:{error}" in capfd.readouterr().err


@pytest.mark.parametrize("text", ["tool = 3 # dfopt\n", "[tool]\nx = 'dfopt'\n", "[project]\nname = 'dfopt'\n"])
def test_a_pyproject_of_somebody_else(capfd: pytest.CaptureFixture[str], text: str) -> None:
    Path("pyproject.toml").write_text(text)
    assert run(["fix", "sub"]) == 0
    assert "--no-cache-dir" in capfd.readouterr().out


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_mistake_is_said_once_and_stops_only_the_files_below(capfd: pytest.CaptureFixture[str], jobs: str) -> None:
    Path("sub/.dfopt.toml").write_text("selct = []\n")
    Path("sub/app.Dockerfile").write_text(BEFORE)
    Path("Dockerfile").write_text(BEFORE)
    assert run(["fix", "--jobs", jobs]) == 2
    out, err = capfd.readouterr()
    assert "+++ b/Dockerfile\n" in out
    assert out.count("+++ ") == 1
    assert err.count("unknown key") == 1


def test_a_named_configuration(capfd: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text('select = ["chmod-after-copy"]\n')
    Path("sub/.dfopt.toml").write_text("nonsense")
    assert run(["fix", "sub", "--config", "mine.toml"]) == 0
    assert "--no-cache-dir" not in capfd.readouterr().out
    assert run(["fix", "nothing", "--config", "none.toml"]) == 2
    assert capfd.readouterr().err == "dfopt: none.toml: No such file or directory\n"
    assert run(["fix", "sub", "--config", "none.toml", "--isolated"]) == 0


def test_a_rule_selected_by_hand_is_wanted(capfd: pytest.CaptureFixture[str]) -> None:
    Path(".dfopt.toml").write_text('ignore = ["download-cache-kept"]\n')
    run(["fix", "sub", "--select", "download-cache-kept,chmod-after-copy"])
    assert "--no-cache-dir" in capfd.readouterr().out
    run(["fix", "sub", "--select", "download-cache-kept", "--ignore", "download-cache-kept"])
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_option_that_names_nothing(capfd: pytest.CaptureFixture[str], option: str) -> None:
    assert run(["fix", "sub", option, ","]) == 2
    assert capfd.readouterr().err == f"dfopt: {option} names no rule\n"
