"""What safe rewrites rest on is named wherever a finding is shown, and can be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.cli import run
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.knowledge.assumptions import ASSUMPTIONS
from dfopt.optimizer.report.markdown import messages
from dfopt.optimizer.review.review import review_file

INSTALL = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n"
BUILT = INSTALL + "RUN make\n"
STARTED = INSTALL + 'CMD ["app"]\n'
PROGRAM = INSTALL + "RUN frobnicate --all\n"
CLEARED = "rm -rf /var/lib/apt/lists/*"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(capfd: pytest.CaptureFixture[str], text: str, *options: str) -> tuple[str, str, list[str]]:
    """Whether the one finding is safe, why not, and what it assumes, as JSON says it."""
    Path("Dockerfile").write_text(text)
    assert run(["check", "--select", "package-index-kept", "--format", "json", *options]) == 1
    (file,) = json.loads(capfd.readouterr().out)["files"]
    (finding,) = file["findings"]
    return finding["applicability"], finding["reason"], finding["assumes"]


@pytest.mark.parametrize(
    ("text", "name"), [(BUILT, "build-tools"), (STARTED, "containers"), (PROGRAM, "programs")], ids=lambda one: one[:12]
)
@pytest.mark.parametrize("refused", ["none", "others"])
def test_what_is_not_assumed_is_unsafe(capfd: pytest.CaptureFixture[str], text: str, name: str, refused: str) -> None:
    assert found(capfd, text) == ("safe", "", [name])
    assert found(capfd, text, "--assume", "all") == ("safe", "", [name])
    assert found(capfd, text, "--assume", name) == ("safe", "", [name])
    others = ",".join(other for other in ASSUMPTIONS if other != name) if refused == "others" else "none"
    expected = f"that {ASSUMPTIONS[name]} is an assumption"
    assert found(capfd, text, "--assume", others) == ("unsafe", expected, [name])


def test_what_rests_on_nothing_stays_safe(capfd: pytest.CaptureFixture[str]) -> None:
    assert found(capfd, INSTALL, "--assume", "none") == ("safe", "", [])


def test_what_is_refused_is_written_with_unsafe_alone() -> None:
    settings = Settings(assume=frozenset())
    assert CLEARED.encode() not in optimize(BUILT, settings=settings).patched
    assert CLEARED.encode() in optimize(BUILT, settings=settings._replace(unsafe=True)).patched
    assert CLEARED.encode() in optimize(BUILT).patched


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--assume", "build-tool"), "unknown assumption 'build-tool'; did you mean 'build-tools'?"),
        (("--assume", "none,programs"), "unknown assumption"),
        (("--assume", ","), "--assume names no assumption"),
    ],
)
def test_a_wrong_name(capfd: pytest.CaptureFixture[str], options: tuple[str, ...], error: str) -> None:
    Path("Dockerfile").write_text(BUILT)
    assert run(["check", *options]) == 2
    assert error in capfd.readouterr().err


@pytest.mark.parametrize(
    ("value", "options", "safety"),
    [
        ('"none"', (), "unsafe"),
        ("[]", (), "unsafe"),
        ('["containers"]', (), "unsafe"),
        ('"all"', (), "safe"),
        ('["build-tools"]', (), "safe"),
        ('"none"', ("--assume", "all"), "safe"),  # the command line wins
        ('"all"', ("--assume", "none"), "unsafe"),
    ],
)
@pytest.mark.parametrize(("name", "table"), [(".dfopt.toml", ""), ("pyproject.toml", "[tool.dfopt]\n")])
def test_the_key(
    capfd: pytest.CaptureFixture[str], name: str, table: str, value: str, options: tuple[str, ...], safety: str
) -> None:
    Path(name).write_text(f"{table}assume = {value}\n")
    assert found(capfd, BUILT, *options)[0] == safety


@pytest.mark.parametrize("value", ['"nothing"', "3", '["none", "programs"]', '["build-tool"]', "[1]"])
@pytest.mark.parametrize(("name", "table"), [(".dfopt.toml", ""), ("pyproject.toml", "[tool.dfopt]\n")])
def test_a_mistake_in_the_key(capfd: pytest.CaptureFixture[str], name: str, table: str, value: str) -> None:
    Path("Dockerfile").write_text(BUILT)
    Path(name).write_text(f"{table}unsafe = false\nassume = {value}\n")
    assert run(["check"]) == 2
    line = 3 if table else 2
    expected = f"{name}:{line}: assume must be all, none, or a list of: build-tools, programs, containers"
    assert expected in capfd.readouterr().err


@pytest.mark.parametrize("form", ["text", "rdjson", "sarif", "codequality", "github-actions", "checkstyle"])
def test_every_format_names_it(capfd: pytest.CaptureFixture[str], form: str) -> None:
    Path("Dockerfile").write_text(BUILT)
    run(["check", "--select", "package-index-kept", "--format", form])
    assert "(assumes build-tools)" in capfd.readouterr().out


def test_a_comment_of_a_review_says_it() -> None:
    result = optimize(BUILT, path="Dockerfile")
    reviewed = review_file("Dockerfile", result, optimize, None, everything=True, unsafe=False)
    said = [messages(item) for item in reviewed.items if "package-index-kept" in item.rules]
    assert len(said) == 1
    assert said[0].endswith(f"Assumes that {ASSUMPTIONS['build-tools']}.")


def test_markdown_says_it(capfd: pytest.CaptureFixture[str]) -> None:
    Path("Dockerfile").write_text(BUILT)
    run(["check", "--format", "markdown"])
    assert f"Assumes that {ASSUMPTIONS['build-tools']}." in capfd.readouterr().out


@pytest.mark.parametrize("name", ASSUMPTIONS)
def test_explain(capfd: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["explain", name]) == 0
    out = capfd.readouterr().out
    assert out.startswith(f"# {name}\n\nAn assumption: {ASSUMPTIONS[name]}.\n")
    assert "`--assume none`" in out


def test_explain_finds_a_similar_name(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "build-tool"]) == 2
    assert "did you mean 'build-tools'?" in capfd.readouterr().err


def test_patterns_of_rsync_are_no_paths(tmp_path: Path) -> None:
    text = INSTALL + 'COPY start.sh /\nENTRYPOINT ["/start.sh"]\n'
    Path("start.sh").write_text("#!/bin/sh\nrsync -a --include /app --exclude '/*' /usr/src/app/ /srv/\n")
    Path("start.sh").chmod(0o755)
    context = Context(str(tmp_path))
    assert CLEARED.encode() in optimize(text, context=context).patched
    Path("start.sh").write_text("#!/bin/sh\nrsync -a --exclude /app '/var/lib/' /srv/\n")
    assert CLEARED.encode() not in optimize(text, context=Context(str(tmp_path))).patched
