"""Nothing that somebody wrote into a Dockerfile or a name reaches a terminal, or breaks a format, as it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer import optimize
from dfopt.optimizer.cli import run
from dfopt.optimizer.image.compare import Comparison, Difference
from dfopt.optimizer.image.proof import LayerSize, Proof, Ran, Side, Tried, Verdict
from dfopt.optimizer.report.checkstyle import _valid
from dfopt.optimizer.report.printable import printable, printable_lines
from dfopt.optimizer.report.verify import FORMATS

DFOPT = [sys.executable, "-c", "from dfopt.optimizer.cli import main; main()"]
NAME = "a\nb\x1b[2K\r\u202e.Dockerfile"
SHOWN = r"a\nb\x1b[2K\r\u202e.Dockerfile"
TEXT = "FROM python:3.12\nRUN echo '\x1b]0;title\x07\u202e\x9b31m' && \\\n\tpip install flask\n"
SEEN = r"\x1b]0;title\x07\u202e\x9b31m"
UNSEEN = re.compile("[^\\n\\t -~\u00a1-\u202d\u202f-\U0010ffff]")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dfopt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    monkeypatch.chdir(tmp_path)
    Path(NAME).write_text(TEXT)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


@given(st.text() | st.binary().map(os.fsdecode))
def test_what_is_printable_is_on_one_line_and_stays(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert printable(shown) == shown
    if text.isprintable():
        assert shown == text


def test_tabs_and_line_ends_stay_where_lines_are_shown() -> None:
    assert printable_lines(b"a\tb\r\nc\rd\n\x1be\xff\n") == "a\tb\nc\\rd\n\\x1be\\xff\n"
    assert printable("\ud800 \udcff \udc7f") == r"\ud800 \xff \udc7f"
    assert printable("é\u0301\u3042 \U0001f40b") == "é\u0301\u3042 \U0001f40b"


@pytest.mark.parametrize(
    "command",
    [["check"], ["check", "--show-skipped", "--ignore", "download-cache-kept"], ["fix", "--show-skipped", "--write"]],
)
def test_reports_for_people(dfopt: Call, command: list[str]) -> None:
    _, out, err = dfopt(*command, ".")
    assert not UNSEEN.search(out + err)
    assert SHOWN in out + err
    for line in (out + err).splitlines():
        assert line.startswith((SHOWN, f"fixed {SHOWN}", "    ")) or re.match(r"\d+ (finding|rewrite)|no ", line), line


def test_the_line_of_a_finding_keeps_its_tabs(dfopt: Call) -> None:
    Path(NAME).write_text(TEXT.replace("\\\n", "").replace("\r", ""))
    assert f"    RUN echo '{SEEN}' && \tpip install flask\n" in dfopt("check", ".")[1]


def test_a_review(dfopt: Call) -> None:
    for words in (
        ("init", "-q"),
        ("-c", "user.name=x", "-c", "user.email=x@example", "commit", "-qm", "x", "--allow-empty"),
    ):
        subprocess.run(["git", *words], check=True)
    Path(NAME).write_text(TEXT.replace("\\\n", ""))
    _, out, err = dfopt("review", "--base", "HEAD")
    assert not UNSEEN.search(out + err)
    assert f"{SHOWN}:2: download-cache-kept " in out
    assert f"    -RUN echo '{SEEN}' && \tpip install flask\n" in out


def test_what_dockerignore_says(dfopt: Call, tmp_path: Path) -> None:
    Path("x\x1b[2K.env").write_text("")
    Path(NAME).write_text(TEXT + "COPY . .\nRUN . ./x*.env\n")
    _, _, err = dfopt("dockerignore")
    assert not UNSEEN.search(err)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_verify_says(form: str) -> None:
    bad = "\x1b]0;title\x07\n\r\u202e"
    layers = (LayerSize(2, f"RUN {bad}", 1),)
    differs = Comparison((Difference(f"/{bad}", f"target {bad}"),), (), ())
    before, after = (Side(1, 1.0, 0, layers),) * 2
    tried = (Tried(f"echo {bad}", Ran(0, bad.encode()), Ran(1, b"\x9b31m")),)
    proof = Proof(bad, before, after, differs, ((bad, 1),), tried, (Difference(bad, bad),))
    out = FORMATS[form](NAME, optimize("FROM scratch\n"), Verdict((proof,)))
    assert not UNSEEN.search(out)
    assert r"a\nb\x1b" in out.replace("\\\\", "\\")


# -- a diff is exact, but for a terminal


def on_a_terminal(*arguments: str) -> str:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([*DFOPT, *arguments], stdout=theirs, stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        parts: list[bytes] = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux says so where the other end is closed
                break
            if not part:
                break
            parts.append(part)
        process.wait()
    os.close(ours)
    return b"".join(parts).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("command", ["fix", "check", "check --format markdown", "dockerignore", "init github"])
def test_a_terminal_gets_what_can_be_seen(dfopt: Call, command: str) -> None:
    Path(".github").mkdir()
    Path(".gitignore").write_text("")
    out = on_a_terminal(*command.split())
    assert out
    assert not UNSEEN.search(out)


def test_a_diff_on_a_terminal_keeps_tabs_and_shows_the_rest(dfopt: Call) -> None:
    Path(NAME).write_text(TEXT.replace("\n", "\r\n"))
    out = on_a_terminal("fix", ".")
    assert f" RUN echo '{SEEN}' && \\\n-\tpip install flask\n+\tpip install --no-cache-dir flask\n" in out


def test_a_diff_elsewhere_is_exact(dfopt: Call) -> None:
    _, out, _ = dfopt("fix", ".")
    assert SEEN not in out
    subprocess.run(["git", "apply", "-"], input=out.encode(), check=True)
    assert Path(NAME).read_text() == TEXT.replace("install", "install --no-cache-dir")


# -- formats for programs encode by themselves


@pytest.mark.parametrize("form", ["json", "rdjson", "sarif", "codequality"])
def test_json(dfopt: Call, form: str) -> None:
    _, out, _ = dfopt("check", "--format", form, ".")
    assert not re.search("[\0-\t\v-\x1f]", out)
    made = json.loads(out)
    if form == "json":
        assert made["files"][0]["path"] == NAME
    elif form == "rdjson":
        assert made["diagnostics"][0]["location"]["path"] == NAME
    elif form == "codequality":
        assert made[0]["location"]["path"] == NAME
    else:
        artifact = made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert re.fullmatch(r"[\w.%-]+", artifact["uri"])


def test_rdjsonl_is_a_line_each(dfopt: Call) -> None:
    _, out, _ = dfopt("check", "--format", "rdjsonl", ".")
    assert {json.loads(line)["location"]["path"] for line in out.removesuffix("\n").split("\n")} == {NAME}


def test_annotations_are_a_line_each(dfopt: Call) -> None:
    _, out, _ = dfopt("check", "--format", "github-actions", ".")
    for line in out.removesuffix("\n").split("\n"):
        assert re.match("::(warning|notice) file=a%0Ab\x1b\\[2K%0D\u202e.Dockerfile,line=[0-9]+,", line), line


def test_checkstyle_is_xml(dfopt: Call) -> None:
    _, out, _ = dfopt("check", "--format", "checkstyle", ".")
    assert ET.fromstring(out)[0].get("name") == NAME.replace("\x1b", "\ufffd")


@given(st.text() | st.binary().map(os.fsdecode))
def test_what_xml_cannot_say_is_replaced(text: str) -> None:
    element = ET.Element("a", b=_valid(text))
    assert ET.fromstring(ET.tostring(element, encoding="unicode").encode()).get("b") == _valid(text)
    assert len(_valid(text)) == len(text)
