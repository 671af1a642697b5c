from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.cli import run
from dfopt.optimizer.rules import config as module
from dfopt.optimizer.rules.config import Config, ConfigError, read_config

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
        ('prefer = [["cache-mounts"]]\n', "1: prefer must be a list of: cache-mounts"),
        ("unsafe = true\nunsafe = false\n", "2: Cannot overwrite a value"),
        ("# x\nignore = ['']\n", "2: unknown rule ''"),
        ("builder = ['buildkit']\n", "1: builder must be buildkit or classic"),
        ("[tool.dfopt]\nunsafe = true\n", "1: unknown key 'tool'"),
        (f"unsafe = {'9' * 5000}\n", "1: Exceeds the limit"),
        (f"unsafe = {'[' * 5000}", "1: nested too deeply"),
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
        ('[tool.dfopt.per-file-ignores]\n"a*" = [1]\n', "2: 'a*' must be a list of rule names"),
        ("[tool.dfopt]\nper-file-ignores = 1\n", "2: per-file-ignores must be a table"),
        ('[tool.dfopt]\nselect = [["x"]]\n', "2: select must be a list of rule names"),
        ("[[tool.dfopt]]\nunsafe = true\n", "1: tool.dfopt must be a table"),
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


VALUES = (
    "true", "3", "-0.5", "nan", "inf", "''", "'all'", "'cache-mounts'", "'chmod-after-copy'", "'buildkit'", '"\\u0000\\n"',
    "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "[]", "{}", "[[]]", "[['cache-mounts']]", "[{}]", "[true]", "[1, 'all']",
    "['all']", "['']", "['chmod-after-copy']", "['nonsense']", "{ a = 1 }", "{ '*' = ['chmod-after-copy'] }",
    '{ "\\n" = 1 }', "{ '[z-a]' = ['chmod-after-copy'] }", "{ a = { b = [] } }", "{ '' = 1 }",
)  # fmt: skip
KEYS = (*module._KEYS, "selct", "per_file_ignores", "directory", "''", "'a b'", "per-file-ignores.x", '"\\n"')
SETTING = st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)).map(
    lambda pair: f"{pair[0]} = {pair[1]}\n".encode()
)
TABLES = st.sampled_from(
    [b"[tool.dfopt]\n", b"[[tool.dfopt]]\n", b"[tool]\n", b"tool = 'dfopt'\n", b"tool.dfopt = 1\n"]
)
DOCUMENTS = st.lists(TABLES | SETTING | st.binary(max_size=6), max_size=5).map(b"".join)


def read(name: str, data: bytes) -> Config | str | None:
    """The configuration in a file of this name and contents, or what is wrong with it, without its directory."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, name)
        path.write_bytes(data)
        try:
            found = read_config(str(path))
            if found:
                found.settings(str(path.with_name("Dockerfile")))
        except ConfigError as error:
            return str(error).removeprefix(f"{directory}/")
        return found


@pytest.mark.parametrize("name", [".dfopt.toml", "pyproject.toml"])
@given(st.data())
def test_a_mistake_is_one_line_whatever_it_is(name: str, data: st.DataObject) -> None:
    found = read(name, data.draw(DOCUMENTS))
    assert not isinstance(found, str) or re.fullmatch(re.escape(name) + r":[1-9][0-9]*: .+", found), found


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("value", VALUES)
def test_every_key_with_every_type(key: str, value: str) -> None:
    found = read(".dfopt.toml", f"# x\n{key} = {value}\n".encode())
    assert isinstance(found, Config) or (isinstance(found, str) and re.match(r"\.dfopt\.toml:\d+: ", found)), found


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbfunsafe = false\r\n", b"\n# nothing\n"])
def test_nothing_said_and_a_byte_order_mark(data: bytes) -> None:
    found = read(".dfopt.toml", data)
    assert isinstance(found, Config)
    assert found._replace(directory="") == Config()


@pytest.mark.parametrize("data", [b"unsafe = true\n# \xff\n", "unsafe = true\n".encode("utf-16"), b"a = '\xc3'\n\n"])
def test_what_is_not_utf_8(data: bytes) -> None:
    assert read(".dfopt.toml", data) == f".dfopt.toml:{2 if data.startswith(b'u') else 1}: not UTF-8"
