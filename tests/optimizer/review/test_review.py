import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import BASE, commit, git, reviewed

from dfopt.optimizer import optimize
from dfopt.optimizer.cli import run
from dfopt.optimizer.report.markdown import code, escape, fenced, marks
from dfopt.optimizer.review.suggest import accept_all, suggest


def output(capfdbinary, *arguments):
    status = run(["review", "--base", "main", "--isolated", *arguments])
    return status, capfdbinary.readouterr().out.decode()


# -- what is in scope


def test_only_what_the_change_touched_is_said(repository):
    commit(BASE.replace("flask", "flask gunicorn"))
    (file,) = reviewed().files
    assert [item.rules for item in file.items] == [("download-cache-kept",)]
    assert file.items[0].hunk


def test_all_says_the_rest_too_without_a_place_in_the_diff(repository):
    commit(BASE.replace("flask", "flask gunicorn"))
    (file,) = reviewed(everything=True).files
    assert {item.rules[0]: bool(item.hunk) for item in file.items} == {
        "package-index-kept": False,
        "download-cache-kept": True,
        "package-cache-kept": True,
    }


def test_a_line_that_was_taken_out_of_an_instruction_touches_it(repository):
    text = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl \\\n  git \\\n  jq\n"
    commit(text)
    git("branch", "-f", "main")
    commit(text.replace("  git \\\n", ""))
    assert [item.rules for item in reviewed().files[0].items] == [("package-index-kept",)]


def test_an_unchanged_file_is_not_looked_at(repository):
    commit("x", "other")
    assert reviewed().files == ()


def test_a_renamed_file_is_the_old_one(repository):
    git("mv", "Dockerfile", "app.Dockerfile")
    commit(BASE.replace("flask", "flask gunicorn"), "app.Dockerfile")
    (file,) = reviewed().files
    assert (file.path, file.changed.old_path) == ("app.Dockerfile", "Dockerfile")
    assert [item.rules for item in file.items] == [("download-cache-kept",)]


def test_what_git_does_not_know_yet_is_new(repository):
    Path("new").mkdir()
    Path("new/Dockerfile").write_text("FROM debian:12-slim\nRUN pip install x\n")
    (file,) = reviewed(None).files
    assert (file.path, file.changed.old_path, len(file.items)) == ("new/Dockerfile", None, 1)


def test_several_commits_and_a_base_that_went_on(repository):
    commit(BASE.replace("flask", "flask gunicorn"))
    head = commit(BASE.replace("flask", "flask gunicorn").replace("npm ci", "npm ci --no-audit"))
    git("checkout", "-q", "main")
    commit(BASE.replace("curl", "wget"), message="not ours")
    (file,) = reviewed(head).files
    assert [item.rules[0] for item in file.items] == ["download-cache-kept", "package-cache-kept"]


def test_unsafe_findings_are_counted(repository):
    commit(
        "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        "x/Dockerfile",
    )
    file = next(file for file in reviewed().files if file.path == "x/Dockerfile")
    assert (file.items, file.unsafe) == ((), 1)


# -- the diff of a work tree that the user configured


def test_configuration_of_git_does_not_matter(repository):
    for name, value in (("diff.noprefix", "true"), ("diff.interHunkContext", "99"), ("color.ui", "always"),
                        ("diff.suppressBlankEmpty", "true"), ("diff.context", "0"), ("diff.external", "false")):  # fmt: skip
        git("config", name, value)
    text = BASE.replace("ENV A9=9", "\nENV A9=9\n")
    commit(text)
    git("branch", "-f", "main")
    commit(text.replace("flask", "flask gunicorn").replace("curl", "curl git"))
    (file,) = reviewed().files
    assert [(hunk.first, hunk.last) for hunk in file.changed.hunks] == [(1, 5), (22, 26)]


# -- the formats


CRLF = BASE.replace("\n", "\r\n").encode()
TEXTS = {
    "plain": BASE.replace("flask", "flask gunicorn").encode(),
    "CRLF": CRLF.replace(b"flask", b"flask gunicorn"),
    "no final newline": BASE.replace("npm ci\n", "npm ci --no-audit").encode(),
    "fences": BASE.replace("npm ci\n", "npm ci --x='````' @octocat <b> && echo '```suggestion'\n").encode(),
    "latin-1": BASE.encode().replace(b"RUN npm ci\n", b"# caf\xe9\nRUN npm ci --x\n"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("form", ["github", "gitlab"])
def test_accepting_what_a_platform_shows_is_the_fix(repository, capfdbinary, text, form):
    """The suggestions are read back out of the Markdown and put in as the platform does."""
    commit(text)
    status, out = output(capfdbinary, "--head", "HEAD", "--format", form, "--all")
    assert status == 0
    made = json.loads(out)
    lines = text.split(b"\n")
    comments = made["comments"] if form == "github" else [one for one in made if "position" in one]
    shown = reviewed(everything=True).files[0]
    expected = accept_all(text, tuple(item.suggestion for item in shown.items if item.hunk))
    assert comments
    for one in reversed(comments):
        head, fence, rest = one["body"].partition("```suggestion")
        assert fence, head
        fence = "`" * (len(head) - len(head.rstrip("`")) + 3)
        span, _, block = rest.partition("\n")
        block = block.split(f"\n{fence}\n")[0]
        if form == "github":
            last, first = one["line"], one.get("start_line", one["line"])
        else:
            above, below = map(int, span.removeprefix(":-").split("+"))
            last, first = one["position"]["new_line"] + below, one["position"]["new_line"] - above
        end = b"\r" if lines[first - 1].endswith(b"\r") else b""
        lines[first - 1 : last] = [line.encode() + end for line in block.split("\n")]
    assert b"\n".join(lines) == expected


GITHUB = {  # REST API description of *Create a review for a pull request*, as far as it says what may be sent
    "type": "object",
    "properties": {
        "commit_id": {"type": "string"},
        "body": {"type": "string", "minLength": 1, "maxLength": 65536},
        "event": {"enum": ["APPROVE", "REQUEST_CHANGES", "COMMENT"]},
        "comments": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "path": {"type": "string"},
                    "position": {"type": "integer"},
                    "body": {"type": "string", "maxLength": 65536},
                    "line": {"type": "integer", "minimum": 1},
                    "side": {"enum": ["LEFT", "RIGHT"]},
                    "start_line": {"type": "integer", "minimum": 1},
                    "start_side": {"enum": ["LEFT", "RIGHT"]},
                },
                "required": ["path", "body", "line", "side"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["event", "body"],
    "additionalProperties": False,
}
SHA = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
GITLAB = {  # *Create a new thread in the merge request diff*
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "body": {"type": "string", "minLength": 1},
            "position": {
                "type": "object",
                "properties": {
                    "position_type": {"const": "text"},
                    "base_sha": SHA,
                    "start_sha": SHA,
                    "head_sha": SHA,
                    "new_path": {"type": "string"},
                    "old_path": {"type": "string"},
                    "new_line": {"type": "integer", "minimum": 1},
                    "old_line": {"type": "integer", "minimum": 1},
                },
                "required": ["position_type", "base_sha", "start_sha", "head_sha", "new_path", "old_path", "new_line"],
                "additionalProperties": False,
            },
        },
        "required": ["body"],
        "additionalProperties": False,
    },
}
POSITION = {
    "type": "object",
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "required": ["line"],
    "additionalProperties": False,
}
RANGE = {
    "type": "object",
    "properties": {"start": POSITION, "end": POSITION},
    "required": ["start"],
    "additionalProperties": False,
}
DIAGNOSTIC = {  # proto/rdf/reviewdog.proto
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "location": {"type": "object", "properties": {"path": {"type": "string"}, "range": RANGE}, "required": ["path"], "additionalProperties": False},
        "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
        "source": {"type": "object", "properties": {"name": {"type": "string"}, "url": {"type": "string"}}, "additionalProperties": False},
        "code": {"type": "object", "properties": {"value": {"type": "string"}, "url": {"type": "string"}}, "additionalProperties": False},
        "suggestions": {"type": "array", "items": {"type": "object", "properties": {"range": RANGE, "text": {"type": "string"}}, "required": ["range", "text"], "additionalProperties": False}},
    },
    "required": ["message", "location"],
    "additionalProperties": False,
}  # fmt: skip
RDJSON = {
    "type": "object",
    "properties": {"source": DIAGNOSTIC["properties"]["source"], "diagnostics": {"type": "array", "items": DIAGNOSTIC}},
    "required": ["diagnostics"],
    "additionalProperties": False,
}
CODE_QUALITY = {  # *Code Quality report format*
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                        "required": ["begin"],
                    },
                },
                "required": ["path", "lines"],
            },
        },
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
    },
}


def strict(*required, **properties):
    """An object of these properties and no other."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


MESSAGE = strict("text", text={"type": "string"}, markdown={"type": "string"})
LEVEL = {"enum": ["none", "note", "warning", "error"]}
COUNT = {"type": "integer", "minimum": 1}
REGION = strict("startLine", startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT)
ARTIFACT = strict("uri", uri={"type": "string", "format": "uri-reference", "pattern": "^[^ \\\\]+$"})
CHANGE = strict(
    "artifactLocation",
    "replacements",
    artifactLocation=ARTIFACT,
    replacements={
        "type": "array",
        "minItems": 1,
        "items": strict("deletedRegion", deletedRegion=REGION, insertedContent=strict(text={"type": "string"})),
    },
)
FIX = strict("artifactChanges", description=MESSAGE, artifactChanges={"type": "array", "minItems": 1, "items": CHANGE})
LOCATION = strict(physicalLocation=strict("artifactLocation", artifactLocation=ARTIFACT, region=REGION))
URI = {"type": "string", "format": "uri", "pattern": "^https://"}
SARIF_RULE = strict(
    "id",
    "helpUri",
    id={"type": "string"},
    shortDescription=MESSAGE,
    helpUri=URI,
    help=MESSAGE,
    defaultConfiguration=strict(level=LEVEL),
)
SARIF_RESULT = strict(
    "message",
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION},
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    fixes={"type": "array", "items": FIX},
)
DRIVER = strict(
    "name",
    "informationUri",
    name={"type": "string"},
    semanticVersion={"type": "string"},
    informationUri=URI,
    rules={"type": "array", "items": SARIF_RULE},
)
INVOCATION = strict(
    "executionSuccessful",
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications={"type": "array", "items": strict("message", level=LEVEL, message=MESSAGE)},
)
SARIF = {  # sarif-schema-2.1.0.json, of it what is used here
    "type": "object",
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": strict(
                "tool",
                tool=strict("driver", driver=DRIVER),
                columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                invocations={"type": "array", "items": INVOCATION},
                results={"type": "array", "items": SARIF_RESULT},
            ),
        },
    },
    "required": ["version", "runs"],
    "additionalProperties": False,
}
SCHEMAS = {
    "github": GITHUB,
    "gitlab": GITLAB,
    "rdjson": RDJSON,
    "rdjsonl": DIAGNOSTIC,
    "codequality": CODE_QUALITY,
    "sarif": SARIF,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("form", SCHEMAS)
def test_what_is_sent_is_what_the_platform_describes(repository, capfdbinary, text, form):
    commit(text)
    _, out = output(capfdbinary, "--head", "HEAD", "--format", form, "--all")
    for document in out.splitlines() if form == "rdjsonl" else [out]:
        made = json.loads(document)
        assert made
        jsonschema.validate(made, SCHEMAS[form])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm fetches GitHub's description of its API")
def test_github_describes_what_is_sent(repository, capfdbinary):
    subprocess.run(("npm", "pack", "--silent", "@octokit/openapi"), check=True, capture_output=True)
    (package,) = Path().glob("octokit-openapi-*.tgz")
    with tarfile.open(package) as archive:
        description = json.load(archive.extractfile("package/generated/api.github.com.json"))
    package.unlink()
    bodies = {
        name: description["paths"][f"/repos/{{owner}}/{{repo}}/pulls/{{pull_number}}/{name}"]["post"]["requestBody"]
        for name in ("reviews", "comments")
    }
    whole, single = (bodies[name]["content"]["application/json"]["schema"] for name in ("reviews", "comments"))
    for text in TEXTS.values():
        commit(text)
        _, out = output(capfdbinary, "--head", "HEAD", "--format", "github", "--all")
        made = json.loads(out)
        jsonschema.validate(made, {**whole, "additionalProperties": False})
        for comment in made["comments"]:
            jsonschema.validate(comment | {"commit_id": made["commit_id"]}, {**single, "additionalProperties": False})


def test_sarif_names_what_is_replaced_in_utf16(repository, capfdbinary):
    commit(BASE.replace("pip install flask", "echo '\N{GRINNING FACE}' && pip install flask"))
    _, out = output(capfdbinary, "--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    assert result["ruleId"] == "download-cache-kept"
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == len("RUN echo '..' && ") + 1
    (replacement,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 23, "startColumn": 1, "endLine": 24, "endColumn": 1}
    assert "--no-cache-dir" in replacement["insertedContent"]["text"]


def test_annotations_and_checkstyle(repository, capfdbinary):
    commit(BASE.replace("flask", "flask gunicorn"))
    _, out = output(capfdbinary, "--format", "github-actions")
    assert out == (
        "::warning file=Dockerfile,line=23,endLine=23,title=dfopt download-cache-kept"
        "::Pip keeps its cache in this layer.\n"
    )
    _, out = output(capfdbinary, "--format", "checkstyle")
    assert '<error line="23" column="5" severity="warning"' in out


def test_a_diff_of_what_is_in_scope_applies(repository, capfdbinary):
    commit(BASE.replace("flask", "flask gunicorn"))
    _, out = output(capfdbinary, "--format", "diff")
    subprocess.run(("git", "apply", "-"), input=out, text=True, check=True)
    assert git("diff", "--stat").endswith("1 file changed, 1 insertion(+), 1 deletion(-)")


def test_exit_codes(repository, capfdbinary):
    commit(BASE.replace("flask", "flask gunicorn"))
    assert output(capfdbinary, "--exit-code")[0] == 1
    assert output(capfdbinary)[0] == 0
    assert run(["review", "--base", "nowhere"]) == 2
    assert run(["review"]) == 2
    assert run(["review", "--base", "main", "-"]) == 2


def test_unrelated_histories_are_one_line(repository, capfd):
    git("checkout", "-q", "--orphan", "lonely")
    commit(BASE, message="another beginning")
    assert run(["review", "--base", "main"]) == 2
    assert "no common ancestor" in capfd.readouterr().err


def test_check_knows_the_formats(repository, capfdbinary):
    for form in ("sarif", "rdjson", "codequality", "checkstyle", "github-actions", "markdown"):
        assert run(["check", "--isolated", "--format", form, "Dockerfile"]) == 1
        assert b"package-index-kept" in capfdbinary.readouterr().out


# -- text from a Dockerfile stays text


@given(st.text(alphabet=st.sampled_from("`ab\n\\")))
def test_nothing_ends_a_fence(text):
    first, *block, last = fenced(text, "suggestion").split("\n")
    assert first.removesuffix("suggestion") == last
    assert "\n".join(block) == text
    assert all(line.strip()[: len(last)] != last for line in block)


@given(st.text())
def test_nothing_is_a_mark_or_markup_in_an_escaped_text(text):
    made = escape(text + "<!-- dfopt:0123456789abcdef --> @octocat #1 https://example")
    assert not marks(made)
    assert "\n" not in made
    assert "@octocat" not in made
    assert "<!--" not in made
    assert "://" not in made


@given(st.text(alphabet="`a |"))
def test_nothing_ends_a_code_span(text):
    made = code(text)
    ticks = len(made) - len(made.lstrip("`"))
    assert "`" * ticks not in made[ticks:-ticks] or not text


# -- accepting suggestions is the fix


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS.values(),
        # What one rewrite does makes room for the next.
        b"FROM debian:12-slim\nRUN apt-get update\nRUN apt-get install -y curl\nRUN apt-get clean\nRUN pip install x\n",
        b"FROM node:18\nRUN npm install -g a\nRUN npm ci\nRUN npm cache clean --force\n",
        *(path.read_bytes() for path in sorted(Path(__file__).parents[3].glob("*/*/Dockerfile"))),
    ],
)
def test_one_by_one_or_all_at_once(text):
    result = optimize(text)
    suggestions = suggest(result, optimize)
    assert accept_all(text, suggestions) == result.patched
    for one in suggestions:
        assert optimize(one.accept(text)).patched == result.patched
