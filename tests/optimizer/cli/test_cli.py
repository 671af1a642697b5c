"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dfopt.optimizer.cli import plain_options, run
from dfopt.optimizer.cli.options import Options

BEFORE = "FROM python:3.12-slim\nRUN pip install flask\n"
AFTER = "FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n"
DFOPT = [sys.executable, "-c", "from dfopt.optimizer.cli import main; main()"]


class Done:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def dfopt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]):
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Done:
        code = run(list(arguments))
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode("utf-8", "surrogateescape"), err.decode("utf-8", "surrogateescape"))

    return call


def write(path: str, text: str = BEFORE) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def test_fix_shows_a_diff_and_leaves_the_file(dfopt) -> None:
    path = write("app/Dockerfile")
    done = dfopt("fix", "app/Dockerfile")
    assert done.code == 0
    assert done.out.startswith("--- a/app/Dockerfile\n+++ b/app/Dockerfile\n@@ -1,2 +1,2 @@ download-cache-kept\n")
    assert "1 rewrite found in 1 of 1 file" in done.err
    assert path.read_text() == BEFORE


def test_the_diff_applies(dfopt) -> None:
    write("a b/Dockerfile")
    write("Dockerfile.dev", BEFORE.replace("\n", "\r\n"))
    write("é.dockerfile", BEFORE.rstrip("\n"))
    done = dfopt("fix")
    subprocess.run(["git", "apply", "-"], input=done.out.encode(), check=True)
    assert Path("a b/Dockerfile").read_text() == AFTER
    assert Path("Dockerfile.dev").read_bytes() == AFTER.replace("\n", "\r\n").encode()
    assert Path("é.dockerfile").read_text() == AFTER.rstrip("\n")


def test_write_keeps_mode_and_symlink(dfopt) -> None:
    path = write("real/Dockerfile")
    path.chmod(0o640)
    Path("Dockerfile").symlink_to("real/Dockerfile")
    done = dfopt("fix", "--write", "Dockerfile")
    assert (done.code, done.out) == (0, "fixed Dockerfile (1 rewrite)\n")
    assert path.read_text() == AFTER
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert Path("Dockerfile").is_symlink()
    assert sorted(os.listdir("real")) == ["Dockerfile"]


def test_write_twice_changes_nothing(dfopt) -> None:
    path = write("Dockerfile")
    dfopt("fix", "--write", "Dockerfile")
    before = path.stat()
    assert dfopt("fix", "--write", "Dockerfile").out == ""
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_exit_code(dfopt) -> None:
    write("Dockerfile")
    assert dfopt("fix", "--exit-code").code == 1
    assert dfopt("fix", "--write").code == 0
    assert dfopt("fix", "--exit-code").code == 0


def test_standard_input(tmp_path: Path) -> None:
    for text in (BEFORE, AFTER, BEFORE.replace("flask", "flask # \udce9")):
        data = text.encode("utf-8", "surrogateescape")
        done = subprocess.run([*DFOPT, "fix", "-"], input=data, capture_output=True, cwd=tmp_path, check=True)
        assert done.stdout == data.replace(b"pip install flask", b"pip install --no-cache-dir flask")


def test_output_file(dfopt) -> None:
    write("Dockerfile")
    assert dfopt("fix", "--output", "out.patch").out == ""
    assert Path("out.patch").read_text().startswith("--- a/Dockerfile")


def test_search(dfopt) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    found = ["Containerfile", "Dockerfile", "Dockerfile.dev", "a/app.Dockerfile", "a/app.dockerfile", "b/dockerfile"]
    for name in found:
        write(name)
    for name in (
        "Dockerfile.j2",
        "Dockerfile.md",
        "ignored/Dockerfile",
        "node_modules/x/Dockerfile",
        "a/skip/Dockerfile",
    ):
        write(name)
    write("notes.txt")
    Path(".gitignore").write_text("ignored/\n*.tmp\n")
    Path("a/.gitignore").write_text("skip\n")
    done = dfopt("fix")
    assert sorted(line[6:] for line in done.out.split("\n") if line.startswith("+++ ")) == found
    assert dfopt("fix", "ignored/Dockerfile").out  # named is named
    assert dfopt("fix", "Dockerfile", ".", "Dockerfile").out.count("+++ b/Dockerfile\n") == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"FROM a\nRUNN x\n", "bad/Dockerfile:2: unknown instruction: RUNN"),
        (b"", "bad/Dockerfile:1: file with no instructions"),
        (b"\x00\x01\x02\n", "bad/Dockerfile:1: unknown instruction"),
        (b"FROM a\nRUN <<EOF\n", "bad/Dockerfile:2: unterminated heredoc EOF"),
    ],
)
def test_a_bad_file_stops_no_other(dfopt, text: bytes, error: str) -> None:
    bad = write("bad/Dockerfile")
    bad.write_bytes(text)
    good = write("good/Dockerfile")
    done = dfopt("fix", "--write")
    assert done.code == 2
    assert f"dfopt: {error}" in done.err
    assert good.read_text() == AFTER
    assert bad.read_bytes() == text


def test_a_missing_file_a_directory_and_a_device(dfopt) -> None:
    Path("Dockerfile").mkdir()
    for path, error in (("nope", "No such file"), ("/dev/null", "not a regular file")):
        done = dfopt("fix", path)
        assert done.code == 2
        assert done.err.startswith(f"dfopt: {path}: {error}")
    assert dfopt("fix", "Dockerfile").code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_stays(dfopt) -> None:
    path = write("Dockerfile")
    path.chmod(0o444)
    assert dfopt("fix", "--write").code == 2
    assert path.read_text() == BEFORE


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["fix", "--select", "pip-cache"], "unknown rule 'pip-cache'"),
        (["fix", "--ignore", "download-cache-keep"], "did you mean 'download-cache-kept'?"),
        (["fix", "--context", "nowhere"], "the context is not a directory"),
        (["fix", "--jobs", "0"], "0 is not in the range"),
        (["fix", "--builder", "kaniko"], "'kaniko' is not one of"),
        (["fix", "--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
        (["explain", "package-index-keep"], "did you mean 'package-index-kept'?"),
    ],
)
def test_bad_usage_is_one_line(dfopt, arguments: list[str], error: str) -> None:
    write("Dockerfile")
    done = dfopt(*arguments)
    assert done.code == 2
    assert done.err.startswith("dfopt: ")
    assert done.err.count("\n") == 1
    assert error in done.err


def test_select_ignore_unsafe(dfopt) -> None:
    write("Dockerfile", "FROM debian:12-slim\nRUN apt-get update && apt-get install -y git && pip install flask\n")
    assert "--no-cache-dir" not in dfopt("fix", "--select", "package-index-kept").out
    assert "lists" not in dfopt("fix", "--ignore", "package-index-kept,index-refreshed-alone").out
    assert "--no-install-recommends" in dfopt("fix", "--unsafe").out
    assert "1 more with --unsafe" in dfopt("fix").err


def test_show_skipped_and_statistics(dfopt) -> None:
    write("Dockerfile", "FROM debian:12-slim\nRUN apt-get update && apt-get install -y git\nRUN ./x.sh\n")
    done = dfopt("fix", "--show-skipped", "--statistics")
    assert (
        "Dockerfile:2:5: skipped package-index-kept (unsafe: line 3 runs code that may install from this index)"
        in done.err
    )
    assert "     0  package-index-kept  (+1 unsafe)" in done.err


def test_classic_builder_gets_no_chmod(dfopt) -> None:
    write("Dockerfile", "FROM debian:12-slim\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\n")
    assert dfopt("fix", "--builder", "classic").out == ""
    assert "--chmod=755" in dfopt("fix").out


def test_check(dfopt) -> None:
    write("Dockerfile", "FROM debian:12-slim\nUSER a\nRUN pip install flask\nRUN apt-get install -y git\n")
    done = dfopt("check", "Dockerfile")
    assert done.code == 1
    assert done.out.split("\n")[:2] == [
        "Dockerfile:3:5: download-cache-kept pip keeps its cache in this layer",
        "    RUN pip install flask",
    ]
    assert "recommended-packages-installed" in done.out
    write("Dockerfile", AFTER)
    assert dfopt("check").code == 0
    write("Dockerfile", "NONSENSE")
    assert dfopt("check").code == 2


def test_check_json(dfopt) -> None:
    write("Dockerfile")
    write("bad/Dockerfile", "NONSENSE")
    done = dfopt("check", "--format", "json")
    report = json.loads(done.out)
    assert report["schema"] == 1
    assert report["errors"] == ["bad/Dockerfile:1: unknown instruction: NONSENSE"]
    (file,) = report["files"]
    (finding,) = file["findings"]
    assert (finding["rule"], finding["line"], finding["column"], finding["status"]) == (
        "download-cache-kept",
        2,
        5,
        "applied",
    )
    text = BEFORE
    for edit in reversed(file["edits"]):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    assert text == AFTER


def test_rules_and_explain(dfopt) -> None:
    assert "package-index-kept" in dfopt("rules").out
    assert len(json.loads(dfopt("rules", "--format", "json").out)["rules"]) >= 9
    page = dfopt("explain", "chmod-after-copy").out
    assert page.startswith("# chmod-after-copy\n")
    assert "When it stays away" in page


def test_help_and_version(dfopt) -> None:
    assert dfopt("--version").out.startswith("dfopt, version 0.")
    assert "--show-skipped" in dfopt("fix", "--help").out


def test_jobs_change_nothing(dfopt) -> None:
    for number in range(30):
        write(f"{number}/Dockerfile", BEFORE if number % 3 else "NONSENSE")
    one, three = dfopt("fix", "--statistics"), dfopt("fix", "--statistics", "--jobs", "3")
    assert (one.code, one.out, one.err) == (three.code, three.out, three.err)


@pytest.mark.parametrize(
    "arguments", [["fix", "Dockerfile"], ["fix"], ["fix", "--write", "Dockerfile"], ["check", "."]]
)
def test_the_short_way_is_the_long_way(dfopt, arguments: list[str]) -> None:
    write("Dockerfile")
    short = dfopt(*arguments)
    write("Dockerfile")
    long = dfopt(*arguments, "--jobs", "1")
    assert plain_options(arguments) is not None
    assert plain_options([*arguments, "--jobs", "1"]) is None
    assert (short.code, short.out, short.err) == (long.code, long.out, long.err)


@pytest.mark.parametrize("name", ["fix", "check"])
def test_click_has_the_defaults_of_the_options(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    from importlib import import_module

    given: list[Options] = []
    monkeypatch.setattr(import_module(f"dfopt.optimizer.cli.{name}"), name, lambda options: given.append(options) or 0)
    assert run([name, "--jobs", "1"]) == 0
    assert given == [Options()]


def test_the_way_to_a_diff_imports_little(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(BEFORE)
    code = "import sys; from dfopt.optimizer.cli import run; run(['fix', 'Dockerfile']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", "import site; site.main(); " + code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stderr.split("\n")[-2].split())
    heavy = {"click", "jinja2", "libcst", "inspect", "dataclasses", "importlib.metadata", "json", "tomllib", "difflib",
             "asyncio", "multiprocessing", "dockerfile_parse", "pathspec", "logging", "tempfile"}  # fmt: skip
    editable = {"pathlib"}  # a finder of an editable install may load more than dfopt does
    assert not (heavy - editable) & loaded


def test_interrupted_while_waiting_leaves_files_whole(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.dockerfile").write_text(BEFORE * 1)
    process = subprocess.Popen(
        [*DFOPT, "fix", "--write", "."], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    time.sleep(0.25)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert b"Traceback" not in err
    assert process.returncode in (0, 130)
    assert {path.read_text() for path in tmp_path.glob("*.dockerfile")} <= {BEFORE, AFTER}
    assert not list(tmp_path.glob(".dfopt-*"))


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number}.dockerfile").write_text(BEFORE + "# x\n" * 200 + "RUN pip install y\n")
    script = f"{sys.executable} -c 'from dfopt.optimizer.cli import main; main()' fix . | head -c 1"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr
