"""What is said is said in every format, about the same line, whatever a file is called."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from repository import BASE, commit, git

from dfopt.optimizer.cli import run
from dfopt.optimizer.report.formats import CHECK, REVIEW

FORMS = [form for form in REVIEW if form != "diff"]


@pytest.fixture
def said(repository, capfdbinary):
    def call(*arguments):
        status = run([*arguments])
        sys.stdout.flush()
        out, error = capfdbinary.readouterr()
        return status, out.decode(), error.decode()

    return call


def places(form, out):
    """The path, line and text of everything that a format says."""
    if form == "text":
        found = re.findall(r"^(\S+?)(?::(\d+))?: (.*)$", out, re.MULTILINE)
    elif form == "markdown":
        found = re.findall(r"^[|-] `([^`]+?)(?::(\d+))?`(.*)$", out, re.MULTILINE)
    elif form == "github":
        made = json.loads(out)
        found = re.findall(r"^[|-] `([^`]+?)(?::(\d+))?`(.*)$", made["body"], re.MULTILINE)
        found += [(one["path"], one.get("start_line", one["line"]), one["body"]) for one in made["comments"]]
    elif form == "gitlab":
        made = json.loads(out)
        placed = [(one["position"], one["body"]) for one in made if "position" in one]
        found = [(place["new_path"], place["new_line"], text) for place, text in placed]
        for text in (one["body"] for one in made if "position" not in one):
            found += re.findall(r"^[|-] `([^`]+?)(?::(\d+))?`(.*)$", text, re.MULTILINE)
    elif form in ("rdjson", "rdjsonl"):
        made = json.loads(out)["diagnostics"] if form == "rdjson" else map(json.loads, out.splitlines())
        found = [
            (one["location"]["path"], one["location"].get("range", {}).get("start", {}).get("line"), one["message"])
            for one in made
        ]
    elif form == "sarif":
        (made,) = json.loads(out)["runs"]
        all_of = [*made["results"], *made["invocations"][0]["toolExecutionNotifications"]]
        found = [
            (place["artifactLocation"]["uri"], place.get("region", {}).get("startLine"), one["message"]["text"])
            for one in all_of
            for place in (one["locations"][0]["physicalLocation"],)
        ]
    elif form == "codequality":
        found = [
            (one["location"]["path"], one["location"]["lines"]["begin"], one["description"]) for one in json.loads(out)
        ]
    elif form == "github-actions":
        found = re.findall(r"^::\w+ file=([^,:]+)(?:,line=(\d+))?[^:]*::(.*)$", out, re.MULTILINE)
    elif form == "checkstyle":
        found = [
            (file.get("name"), error.get("line"), error.get("message")) for file in ET.fromstring(out) for error in file
        ]
    return [(path, int(line) if line else None, text) for path, line, text in found]


def lines(form, out, word):
    return [(path, line) for path, line, text in places(form, out) if word in text.replace("\\", "")]


@pytest.mark.parametrize("form", FORMS)
def test_a_dockerfile_that_no_longer_parses(said, form):
    commit(BASE.replace("npm ci", "npm ci --x"))
    commit("FROM debian:12-slim\nRUN true\nRUNN pip install flask\n", "app/Dockerfile")
    status, out, error = said("review", "--base", "main", "--head", "HEAD", "--isolated", "--format", form)
    assert status == 2
    assert error.startswith("dfopt: app/Dockerfile:3: unknown instruction")
    assert lines(form, out, "unknown instruction") == [("app/Dockerfile", 3)]
    assert len(places(form, out)) == 2
    if form == "github-actions":
        assert "::error file=app/Dockerfile,line=3,title=dfopt::unknown instruction" in out


@pytest.mark.parametrize("form", FORMS)
def test_a_bad_configuration(said, form):
    Path("app").mkdir()
    Path("app/.dfopt.toml").write_text("\nselect = 1\n")
    commit("FROM debian:12-slim\nRUN pip install x\n", "app/Dockerfile")
    commit("FROM debian:12-slim\nRUN pip install y\n", "app/b.Dockerfile")
    status, out, error = said("review", "--base", "main", "--head", "HEAD", "--format", form)
    assert status == 2
    assert error.count("app/.dfopt.toml:2: select must be a list of rule names") == 1
    assert lines(form, out, "select must be a list") == [("app/.dfopt.toml", 2)]


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("text", "github", "gitlab")])
def test_check_says_what_is_wrong_too(said, form):
    Path("b").mkdir()
    Path("b/Dockerfile").write_text("FROM a\nRUNN x\n")
    Path("c").mkdir()
    Path("c/.dfopt.toml").write_text("selectt = []\n")
    Path("c/Dockerfile").write_text("FROM a\n")
    status, out, _ = said("check", "--format", form, "b", "c")
    assert status == 2
    assert lines(form, out, "unknown instruction") == [("b/Dockerfile", 2)]
    assert lines(form, out, "unknown key") == [("c/.dfopt.toml", 1)]


@pytest.mark.parametrize("form", FORMS)
def test_what_is_only_ever_shown_is_said_of_lines_that_changed(said, form):
    text = BASE + "ENV DB_PASSWORD=hunter2\n"
    commit(text.replace("FROM debian:12-slim", "FROM debian:12-slim\n#"))
    git("branch", "-f", "main")
    commit(text.replace("hunter2", "hunter3").replace("FROM debian:12-slim", "FROM debian\n#"))
    status, out, _ = said("review", "--base", "main", "--head", "HEAD", "--isolated", "--format", form)
    assert status == 0
    assert {line for _, line, _ in places(form, out)} == {1, 26}
    assert "secret-in-layer" in out


@pytest.mark.parametrize("form", FORMS)
def test_every_format_names_the_same_line(said, form):
    """The fix of a refresh on its own is at the install, some lines below what the finding is about."""
    text = "FROM debian:12-slim\nRUN apt-get update\nENV A=1\n\nRUN apt-get install -y --no-install-recommends curl\n"
    commit(text.replace("curl", "git"))
    git("branch", "-f", "main")
    commit(text)
    status, out, _ = said("review", "--base", "main", "--head", "HEAD", "--isolated", "--format", form)
    assert status == 0
    (path,) = {path for path, _, _ in places(form, out)}
    assert path == "Dockerfile"
    # GitLab's stand on the last line; code scanning shows what is on a line that the change made.
    assert {line for _, line, _ in places(form, out)} == {5 if form in ("gitlab", "sarif") else 2}


def test_a_result_stands_on_the_changed_line_of_an_instruction(said):
    text = "FROM debian:12-slim\nRUN set -e; \\\n  pip install \\\n  flask \\\n  gunicorn\n"
    commit(text.replace("gunicorn", "uvicorn"))
    git("branch", "-f", "main")
    commit(text)
    _, out, _ = said("review", "--base", "main", "--isolated", "--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] in (3, 5)


@pytest.mark.parametrize("form", [form for form in REVIEW if form not in ("text", "github", "gitlab")])
def test_only_what_a_platform_takes_is_posted(said, form):
    status, out, error = said("review", "--base", "main", "--format", form, "--post")
    assert (status, out) == (2, "")
    assert error == f"dfopt: --post goes with --format github or gitlab, not with {form}\n"


def test_a_review_is_posted_or_written(said):
    status, _, error = said("review", "--base", "main", "--format", "github", "--post", "--output", "x")
    assert (status, error) == (2, "dfopt: --post goes without --output\n")


NAMES = [
    "x\n::error::pwned",
    "::error file=x::pwned",
    "x\r\x1b[2K::warning::pwned",
    "\u2028::error::pwned",
    "\x85::error::",
]


@pytest.mark.parametrize("name", NAMES)
def test_no_name_starts_a_command_in_a_log(said, name):
    commit("FROM debian\nRUN pip install x\n", f"{name}/Dockerfile")
    commit("FROM debian\nRUNN pip install x\n", f"{name}/b.Dockerfile")
    commit("select = 1\n", f"{name}/c/.dfopt.toml")
    commit("FROM debian\n", f"{name}/c/Dockerfile")
    calls = [("review", "--base", "main", "--head", "HEAD", "--format", form) for form in REVIEW]
    calls += [("check", "--show-skipped", "--statistics", "--format", form, ".") for form in CHECK]
    for call in calls:
        _, out, error = said(*call)
        quiet(error)
        assert out
        if "github-actions" in call:
            for line in out.removesuffix("\n").split("\n"):
                assert re.match(
                    "::(error|warning|notice) file=[^:,\r]*,(line=[0-9]+,(endLine=[0-9]+,)?)?title=dfopt", line
                ), line
        else:
            quiet(out)


@pytest.mark.parametrize("name", NAMES)
def test_no_command_prints_a_name_as_it_is(said, name):
    Path(name).mkdir(parents=True)
    (Path(name) / "Dockerfile").write_text("FROM debian\nCOPY . .\nRUN pip install x && rm -rf /x\n")
    (Path(name) / "b.Dockerfile").write_text("RUNN x\n")
    for command in ("check", "dockerignore", "init pre-commit --directory", "fix", "fix --show-skipped", "fix --write"):
        _, out, error = said(*command.split(), name)
        assert out + error
        quiet(error)
        quiet(out)


def quiet(text):
    """No line starts a workflow command, as a runner reads it, which leaves out white space before it."""
    for line in re.split("[\n\r]", text):
        assert not line.lstrip().startswith("::"), text
    assert "\x1b" not in text
