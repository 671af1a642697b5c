"""What is written into repositories: by the platforms' own schemas, and as a shell reads it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.cli import run
from dfopt.optimizer.setup.setup_files import KINDS, Piece, SetupError

ROOT = Path(__file__).parents[3]
SCHEMAS = {
    ".github/workflows/dfopt.yml": "vendor.github-workflows",
    ".github/workflows/dfopt-reviewdog.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    ".gitlab/dfopt.gitlab-ci.yml": "vendor.gitlab-ci",
}


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def valid(path, schema):
    program = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    made = subprocess.run(program, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_valid_and_written_once(directory, kind, capfd):
    assert run(["init", kind]) == 0
    assert not list(directory.iterdir())
    assert capfd.readouterr().out.startswith("--- /dev/null\n")
    assert run(["init", kind, "--write"]) == 0
    written = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert {str(path.relative_to(directory)) for path in written} == {piece.path for piece in KINDS[kind]}
    for path in written:
        name = str(path.relative_to(directory))
        if name in SCHEMAS:
            valid(path, SCHEMAS[name])
        else:
            program = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
            assert subprocess.run(program, check=False).returncode == 0
    capfd.readouterr()
    assert run(["init", kind, "--write"]) == 0
    assert "nothing to do" in capfd.readouterr().err
    assert {path: path.read_bytes() for path in written} == written


PRE_COMMIT = [
    "repos:\n- repo: https://example.org/x\n  rev: v1\n  hooks:\n  - id: a\n",
    "default_stages: [pre-commit]\nrepos:\n\n  # ours\n  - repo: https://example.org/x\n    rev: v1\n    hooks: [{id: a}]",
    "repos:\r\n  - repo: https://example.org/x\r\n    rev: v1\r\n    hooks: [{id: a}]\r\n\r\n",
]


@pytest.mark.parametrize("text", PRE_COMMIT)
def test_a_hook_joins_the_others(directory, text):
    path = directory / ".pre-commit-config.yaml"
    path.write_bytes(text.encode())
    before = yaml.safe_load(text)
    assert run(["init", "--write"]) == 0
    after = yaml.safe_load(path.read_bytes())
    assert after["repos"][-1]["hooks"][0]["id"] == "dfopt"
    assert after["repos"].pop()
    assert after == before
    assert path.read_bytes().startswith(text.encode().rstrip())


def test_the_diff_applies(directory, capfd):
    subprocess.run(("git", "init", "-q"), check=True)
    (directory / ".gitlab-ci.yml").write_text("job:\n  script: x")
    assert run(["init"]) == 0
    subprocess.run(("git", "apply", "-"), input=capfd.readouterr().out, text=True, check=True)
    made = yaml.safe_load((directory / ".gitlab-ci.yml").read_text())
    assert made == {"job": {"script": "x"}, "include": [{"local": ".gitlab/dfopt.gitlab-ci.yml"}]}


@pytest.mark.parametrize(
    ("stages", "stage"),
    [
        ("", None),
        ("stages: [build, test]\n", None),
        ("stages:\n  - lint # first\n\n  # then\n  - test\n", None),
        ("stages: [lint, deploy]  # ours\n", "lint"),
        ("stages:\n- .pre\n- 'my lint'\n- deploy\njob:\n  stage: deploy\n  script: x\n", "my lint"),
        ('stages:\r\n  - "lint"\r\n  - deploy\r\n', "lint"),
        ("stages: [.pre]\n", None),
    ],
)
def test_the_job_is_in_a_stage_that_is_there_and_runs(directory, stages, stage):
    """A job that says no stage is in ``test``; with nothing but ``.pre`` GitLab makes no pipeline."""
    path = directory / ".gitlab-ci.yml"
    path.write_bytes(stages.encode())
    assert run(["init", "gitlab", "--write"]) == 0
    made = yaml.safe_load(path.read_bytes())
    job = yaml.safe_load((directory / ".gitlab/dfopt.gitlab-ci.yml").read_bytes())["dfopt"]
    assert "stage" not in job
    assert made.get("dfopt") == (stage and {"stage": stage})
    assert made["include"] == [{"local": ".gitlab/dfopt.gitlab-ci.yml"}]
    valid(path, "vendor.gitlab-ci")


@pytest.mark.parametrize(
    ("token", "called"), [("", "review"), ("x", "review --format gitlab --post"), (None, "review")]
)
def test_the_job_posts_with_a_token_and_else_prints(directory, token, called):
    assert run(["init", "gitlab", "--write"]) == 0
    job = yaml.safe_load((directory / ".gitlab/dfopt.gitlab-ci.yml").read_bytes())["dfopt"]
    component = (ROOT / "templates/gitlab-component.yml").read_text().replace("$[[ inputs.options ]]", "")
    parts = list(yaml.safe_load_all(component))
    assert parts[0]["spec"]["inputs"]["stage"]["default"] == "test"
    tool = directory / "dfopt"
    tool.write_text('#!/bin/sh\necho "$@"\n')
    tool.chmod(0o755)
    environment = {"PATH": f"{directory}:{os.environ['PATH']}"} | ({} if token is None else {"GITLAB_TOKEN": token})
    for script in (job["script"], parts[1]["dfopt"]["script"]):
        ran = subprocess.run(["sh", "-euc", *script], env=environment, capture_output=True, text=True, check=True)
        assert ran.stdout == f"{called}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".gitlab-ci.yml", "stages: *ours\n"),
        (".gitlab-ci.yml", "stages: [a,\n  b]\n"),
        (".gitlab-ci.yml", "stages:\n  - !reference [a, b]\n"),
        (".gitlab-ci.yml", "dfopt:\n  script: x\n"),
        (".pre-commit-config.yaml", "{repos: []}\n"),
        (".pre-commit-config.yaml", "repos: []\n"),
        (".pre-commit-config.yaml", "repos:\n- repo: a\n  rev: v1\n  hooks: []\nfail_fast: true\n"),
        (".gitlab-ci.yml", "include: x.yml\njob:\n  script: x\n"),
        (".gitlab-ci.yml", "spec:\n  inputs: {}\n---\njob:\n  script: x\n"),
        (".gitlab-ci.yml", "job:\n  script: |\n"),
        (".github/workflows/dfopt.yml", "name: another\n"),
    ],
)
def test_what_is_not_certain_is_left_and_said(directory, name, text, capfd):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert run(["init", "--write"]) == 2
    assert path.read_text() == text
    assert f"dfopt: {name}" in capfd.readouterr().err


@given(st.text(alphabet=st.sampled_from("a: -\n#|>[]{}\"'"), max_size=40))
def test_a_file_only_ever_grows_by_our_entry(text):
    for path, key in ((".gitlab-ci.yml", "include"), (".pre-commit-config.yaml", "repos")):
        try:
            before = yaml.safe_load(text)
        except yaml.YAMLError:
            return
        grown = next(piece.grown for pieces in KINDS.values() for piece in pieces if piece.path == path)
        if not isinstance(before, dict):
            return
        try:
            after = yaml.safe_load(grown(text))
        except SetupError:
            continue
        entries = after.pop(key)
        assert entries
        assert after == {name: value for name, value in before.items() if name != key}


def test_what_somebody_saved_meanwhile_stays(directory, capfd, monkeypatch):
    path = directory / ".pre-commit-config.yaml"
    path.write_text(PRE_COMMIT[0])

    def slow(old: str) -> str:
        path.write_text("theirs")
        return old + "ours"

    monkeypatch.setitem(KINDS, "pre-commit", (Piece(path.name, slow),))
    assert run(["init", "--write"]) == 2
    said = "dfopt: .pre-commit-config.yaml: it changed while dfopt worked on it; nothing was written\n"
    assert capfd.readouterr() == ("", said)
    assert path.read_text() == "theirs"


def test_nothing_to_go_by_is_an_error(directory, capfd):
    assert run(["init"]) == 2
    assert "github, gitlab, pre-commit, reviewdog" in capfd.readouterr().err


# -- the action and the hooks


def test_the_action_and_the_hooks_are_valid():
    valid(ROOT / "action.yml", "vendor.github-actions")
    program = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(program, check=False).returncode == 0


def act(directory, **inputs):
    """Run the action's script with a dfopt that only writes down what it is given."""
    step = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"][0]
    tools = directory / "tools"
    tools.mkdir()
    venv = directory / "dfopt" / "bin"
    venv.mkdir(parents=True)
    for path, text in {
        tools / "python3": "exit 0",
        venv / "pip": 'printf "%s\\n" "$@" > "$RUNNER_TEMP/installed"',
        venv / "dfopt": 'printf "%s\\0" "$@" > "$RUNNER_TEMP/called"; exit ${DFOPT_STATUS:-0}',
    }.items():
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    names = dict.fromkeys(step["env"], "")
    environment = {**names, "DFOPT_MODE": "review", "DFOPT_SOURCE": "/action", **inputs}
    environment |= {"PATH": f"{tools}:{os.environ['PATH']}", "RUNNER_TEMP": str(directory)}
    ran = subprocess.run(
        ["bash", "-c", step["run"]], env=environment, capture_output=True, text=True, cwd=directory, check=False
    )
    called = directory / "called"
    return ran, called.read_text().split("\0")[:-1] if called.exists() else None


def test_the_action_reviews(tmp_path):
    ran, called = act(tmp_path)
    assert (ran.returncode, called) == (0, ["review", "--format", "github", "--post", "--"])
    assert (tmp_path / "installed").read_text().splitlines() == ["install", "--quiet", "/action[github]"]


def test_inputs_arrive_as_they_are(tmp_path):
    paths = "a b/Dockerfile\n\n$(touch pwned)\n`touch pwned`; touch pwned\n"
    ran, called = act(tmp_path, DFOPT_PATHS=paths, DFOPT_OPTIONS="--ignore=a,b\n--unsafe\n", DFOPT_FAIL="true")
    assert ran.returncode == 0
    assert called[4:] == [
        "--ignore=a,b", "--unsafe", "--exit-code", "--", "a b/Dockerfile", "$(touch pwned)", "`touch pwned`; touch pwned",
    ]  # fmt: skip
    assert not (tmp_path / "pwned").exists()


def test_the_action_tells_a_fork_by_annotations_and_passes_the_status_on(tmp_path):
    ran, called = act(tmp_path, DFOPT_FORK="true", DFOPT_STATUS="1")
    assert (ran.returncode, called) == (1, ["review", "--format", "github-actions", "--"])
    assert "::notice::" in ran.stdout


def test_the_action_knows_its_modes(tmp_path):
    ran, called = act(tmp_path, DFOPT_MODE="$(touch pwned)")
    assert (ran.returncode, called) == (2, None)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.slow
def test_pre_commit_installs_and_runs_the_hooks_of_a_clone(tmp_path, monkeypatch):
    def git(*arguments, cwd):
        identity = ("-c", "user.name=A", "-c", "user.email=a@example", "-c", "commit.gpgsign=false")
        done = subprocess.run(("git", *identity, *arguments), cwd=cwd, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("clone", "-q", str(ROOT), str(tmp_path / "clone"), cwd=tmp_path)
    revision = git("rev-parse", "HEAD", cwd=tmp_path / "clone")
    user = tmp_path / "user"
    user.mkdir()
    git("init", "-q", cwd=user)
    hooks = [{"id": "dfopt-fix"}, {"id": "dfopt-check"}]
    config = {"repos": [{"repo": str(tmp_path / "clone"), "rev": revision, "hooks": hooks}]}
    (user / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (user / "Dockerfile").write_text("FROM debian:12-slim\nRUN pip install a\n")
    (user / "notes.md").write_text("RUN pip install a\n")
    git("add", "-A", cwd=user)
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))

    def hook():
        program = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
        return subprocess.run(program, cwd=user, capture_output=True, text=True, check=False)

    first = hook()
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    assert (user / "Dockerfile").read_text() == "FROM debian:12-slim\nRUN pip install --no-cache-dir a\n"
    second = hook()
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout.count("Passed") == 2
