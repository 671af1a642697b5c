"""``dfopt verify`` and ``fix --verify`` with an engine whose every step is known."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parents[2] / "support"
INSTALL = "RUN apt-get update && apt-get install -y curl"
CLEANED = f"{INSTALL} && rm -rf /var/lib/apt/lists/*"
PIP = "RUN pip install flask"
NO_CACHE = "RUN pip install --no-cache-dir flask"
CHMOD, FOLDED = "RUN chmod 755 /run.sh", "COPY --chmod=755 run.sh /run.sh"
DOCKERFILE = f"FROM debian:12\n{INSTALL}\n{PIP}\nCOPY run.sh /run.sh\n{CHMOD}\n"
LISTS = {"/var/lib/apt/lists/a": "x" * 5_000}
WORLD: dict[str, Any] = {
    INSTALL: {**LISTS, "/bin/curl": "curl"},
    CLEANED: {"/bin/curl": "curl"},
    PIP: {"/root/.cache/pip/w": "y" * 700, "/usr/lib/flask.py": "flask"},
    NO_CACHE: {"/usr/lib/flask.py": "flask"},
    "COPY run.sh /run.sh": {"/run.sh": "#!/bin/sh\n"},
    CHMOD: {"/run.sh": "#!/bin/sh\n"},
    FOLDED: {"/run.sh": "#!/bin/sh\n"},
}


class Bench:
    """A directory with a Dockerfile and its context, and a way to run dfopt there with fake engines alone."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.store, self.world = directory / "context", directory / "store", directory / "world.json"
        programs = directory / "bin"
        for path in (self.directory, self.store, programs):
            path.mkdir()
        (self.directory / "run.sh").write_text("#!/bin/sh\n")
        (self.directory / "run.sh").chmod(0o644)
        for engine in ("docker", "podman", "buildah"):
            script = f'#!{sys.executable}\nimport os, runpy\nos.environ["FAKE_NAME"] = "{engine}"\nrunpy.run_path("{SUPPORT}/fake_engine.py", run_name="__main__")\n'
            (programs / engine).write_text(script)
            (programs / engine).chmod(0o755)
        self.environment = {
            "PATH": str(programs), "FAKE_STORE": str(self.store), "FAKE_WORLD": str(self.world), "TMPDIR": str(directory),
        }  # fmt: skip
        self.dockerfile = self.directory / "Dockerfile"
        self.write(DOCKERFILE)
        self.set({})

    def write(self, text: str) -> None:
        self.dockerfile.write_text(text)

    def set(self, changes: dict[str, Any]) -> None:
        self.world.write_text(json.dumps(WORLD | changes))

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        # Tests that run in the background of a shell have an interrupt ignored, and so would their children.
        program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        return subprocess.Popen(
            [sys.executable, "-c", program + "from dfopt.optimizer.cli import main; main()", *arguments],
            cwd=self.directory,
            env=self.environment | environment,
            stdin=self.dockerfile.open(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate()
        return process.returncode, out, err

    @property
    def calls(self) -> list[str]:
        return (self.store / "calls").read_text().splitlines()

    def left(self) -> list[str]:
        """Images still in the engine, and files still in the temporary directory."""
        images = [path.name for path in self.store.iterdir() if path.name != "calls"]
        return images + [path.name for path in self.directory.parent.iterdir() if path.name.startswith("dfopt-")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_equivalent_with_sizes_layers_and_rules(bench: Bench) -> None:
    code, out, err = bench.run("verify", "Dockerfile")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "Dockerfile: equivalent"
    shown = [line.split(None, 2) for line in out.splitlines()]
    assert ["5.0", "kB", "package-index-kept"] in shown
    assert ["700", "B", "download-cache-kept"] in shown
    assert ["10", "B", "chmod-after-copy"] in shown
    assert ["5.0", "kB", f"line 2: {INSTALL}"] in shown
    assert not bench.left()


def test_json_has_every_figure(bench: Bench) -> None:
    code, out, _ = bench.run("verify", "Dockerfile", "--format", "json", "--control", "--run", "[]")
    found = json.loads(out)
    (target,) = found["targets"]
    assert code == 0
    assert found["equivalent"]
    assert target["before"]["size"] - target["after"]["size"] == target["saved"] == 5_710
    assert {tuple(item["rules"]): item["saved"] for item in target["rules"]} == {
        ("package-index-kept",): 5_000,
        ("download-cache-kept",): 700,
        ("chmod-after-copy",): 10,
    }
    assert [layer["line"] for layer in target["before"]["layers"]] == [2, 3, 4, 5]
    assert [item["path"] for item in target["declared"]] == ["/root/.cache/pip/w", "/var/lib/apt/lists/a"]
    assert target["control"] == []
    assert target["commands"] == [{"command": "[]", "agrees": True, "status": [0, 0]}]


def test_markdown_is_a_table_that_names_cannot_break(bench: Bench) -> None:
    bench.set({NO_CACHE: {"/usr/lib/flask.py": "flask", "/a|b`c": "new"}})
    code, out, _ = bench.run("verify", "Dockerfile", "--format", "markdown")
    assert code == 1
    assert "| Dockerfile | 5.7 kB |" in out
    assert "| /a\\|b\\`c | new |" in out


@pytest.mark.parametrize(
    ("patched", "files", "shown"),
    [
        (CLEANED, {}, "/bin/curl: missing"),
        (CLEANED, {"/bin/curl": "CURL"}, "/bin/curl: other contents"),
        (CLEANED, {"/bin/curl": "curl", "/new": "x"}, "/new: new"),
        (NO_CACHE, {"/usr/lib/flask.py": "flask", "/bin/curl": None}, "/bin/curl: missing"),
    ],
)
def test_what_no_rewrite_declares_is_a_difference(
    bench: Bench, patched: str, files: dict[str, Any], shown: str
) -> None:
    bench.set({patched: files})
    code, out, _ = bench.run("verify", "Dockerfile")
    assert code == 1
    assert out.startswith("Dockerfile: differs")
    assert shown in out
    assert not bench.left()


def test_a_command_that_answers_otherwise_is_a_difference(bench: Bench) -> None:
    bench.set({NO_CACHE: {"/usr/lib/flask.py": "flask", "/bin/extra": ""}})
    code, out, _ = bench.run("verify", "Dockerfile", "--run", "which extra")
    assert code == 1
    assert "which extra: differs" in out
    assert "['/bin/curl', '/bin/extra'] -c which extra" in out


def test_nothing_to_rewrite_needs_no_build(bench: Bench) -> None:
    bench.write(f"FROM debian:12\n{NO_CACHE}\n")
    assert bench.run("verify", "Dockerfile") == (0, "", "Dockerfile: nothing to rewrite\n")


def test_every_stage_that_ships_and_was_rewritten_is_built(bench: Bench) -> None:
    bench.write(f"FROM debian:12\n{INSTALL}\nFROM debian:12\n{PIP}\n")
    code, out, _ = bench.run("verify", "Dockerfile")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("Dockerfile")] == [
        "Dockerfile: equivalent",
        "Dockerfile (0): equivalent",
    ]
    code, out, _ = bench.run("verify", "Dockerfile", "--target", "0")
    assert [line for line in out.splitlines() if line.startswith("Dockerfile")] == ["Dockerfile (0): equivalent"]


@pytest.mark.parametrize(("broken", "which"), [(INSTALL, "original"), (CLEANED, "patched")])
def test_a_build_that_fails_shows_its_last_lines(bench: Bench, broken: str, which: str) -> None:
    bench.set({broken: "E: no such package\nreally none"})
    code, out, err = bench.run("verify", "Dockerfile")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == f"dfopt: Dockerfile: the {which} Dockerfile does not build"
    assert "    E: no such package\n    really none\n    ERROR: failed to solve\n" in err
    assert not bench.left()


def test_a_patched_build_that_fails_once_is_not_blamed(bench: Bench) -> None:
    bench.set({CLEANED: {"fails once": "a mirror is away", "/bin/curl": "curl"}})
    code, out, err = bench.run("verify", "Dockerfile")
    assert (code, err) == (0, "")
    assert out.startswith("Dockerfile: equivalent")


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_an_interrupt_leaves_nothing_behind(bench: Bench, kind: signal.Signals, code: int) -> None:
    bench.set({PIP: 30})
    process = bench.start("verify", "Dockerfile")
    deadline = time.monotonic() + 20
    while not (bench.store / "calls").exists() or not any(" build " in call for call in bench.calls):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(kind)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == code
    assert not bench.left()
    assert any(" rmi " in call for call in bench.calls)


def test_the_engine_is_called_as_asked(bench: Bench) -> None:
    (bench.directory / "Dockerfile.dockerignore").write_text("x\n")
    code, _, err = bench.run(
        "verify", "Dockerfile", "--engine", "podman", "--build-arg", "A=1", "--platform", "linux/arm64",
        "--build-option=--network=host", "--run", "id",
    )  # fmt: skip
    assert (code, err) == (0, "")
    builds = [call for call in bench.calls if call.startswith("podman build ")]
    assert len(builds) == 2
    for call in builds:
        assert "--no-cache --build-arg A=1 --platform linux/arm64 --layers --force-rm --format=docker" in call
        assert call.endswith(f"--network=host {bench.directory}")
        assert "--ignorefile=" in call
    assert any(
        "--entrypoint /bin/sh localhost/dfopt-verify:" in call and call.endswith(" -c id") for call in bench.calls
    )
    assert not any(call.startswith(("docker", "buildah")) for call in bench.calls)


def test_buildah_runs_through_a_container_of_its_own(bench: Bench) -> None:
    code, _, _ = bench.run("verify", "Dockerfile", "--engine", "buildah", "--run", '["--version"]')
    assert code == 0
    containers = [call.split()[3] for call in bench.calls if call.startswith("buildah from --name")]
    assert len(containers) == 2
    for container in containers:
        assert f"buildah run {container} -- --version" in bench.calls
        assert f"buildah rm {container}" in bench.calls


def test_auto_takes_the_first_engine_that_answers(bench: Bench) -> None:
    assert bench.run("verify", "Dockerfile", FAKE_DOWN="docker")[0] == 0
    assert any(call.startswith("podman build") for call in bench.calls)


def test_no_engine_is_one_line(bench: Bench) -> None:
    code, out, err = bench.run("verify", "Dockerfile", PATH="/nowhere")
    assert (code, out) == (2, "")
    assert err == "dfopt: no engine answers: neither docker nor podman nor buildah is there and running\n"
    code, _, err = bench.run("verify", "Dockerfile", "--engine", "docker", FAKE_DOWN="docker")
    assert (code, err) == (2, "dfopt: docker does not answer: is its service running?\n")


def test_fix_verify_write_writes_what_is_proved(bench: Bench) -> None:
    code, out, _ = bench.run("fix", "--verify", "--write", "Dockerfile")
    assert code == 0
    assert "fixed Dockerfile (3 rewrites)" in out
    assert bench.dockerfile.read_text() == f"FROM debian:12\n{CLEANED}\n{NO_CACHE}\n{FOLDED}\n"


@pytest.mark.parametrize(
    ("wrong", "kept", "said"),
    [
        (
            {NO_CACHE: {}},
            f"FROM debian:12\n{CLEANED}\n{PIP}\n{FOLDED}\n",
            "Dockerfile:3: download-cache-kept left out: /usr/lib/flask.py: missing",
        ),
        (
            {FOLDED: "chmod needs BuildKit"},
            f"FROM debian:12\n{CLEANED}\n{NO_CACHE}\nCOPY run.sh /run.sh\n{CHMOD}\n",
            "Dockerfile:5: chmod-after-copy left out: the patched Dockerfile does not build: ERROR: failed to solve",
        ),
        (
            {CLEANED: {}, NO_CACHE: {}, FOLDED: {}},
            DOCKERFILE,
            "Dockerfile:2: package-index-kept left out: /bin/curl: missing",
        ),
    ],
)
def test_fix_verify_keeps_all_but_the_culprits_and_names_them(
    bench: Bench, wrong: dict[str, Any], kept: str, said: str
) -> None:
    bench.set(wrong)
    code, _, err = bench.run("fix", "--verify", "--write", "Dockerfile")
    assert code == 0
    assert f"dfopt: {said}\n" in err
    assert bench.dockerfile.read_text() == kept
    assert not bench.left()


def test_fix_verify_writes_nothing_when_the_original_does_not_build(bench: Bench) -> None:
    bench.set({PIP: "no"})
    code, _, err = bench.run("fix", "--verify", "--write", "Dockerfile")
    assert code == 2
    assert "the original Dockerfile does not build" in err
    assert bench.dockerfile.read_text() == DOCKERFILE


def test_fix_verify_shows_the_diff_of_what_is_proved(bench: Bench) -> None:
    bench.set({NO_CACHE: {}})
    _, out, _ = bench.run("fix", "--verify", "Dockerfile")
    assert f"+{CLEANED}" in out
    assert NO_CACHE not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fix", "--engine", "docker"), "dfopt: --engine goes with --verify"),
        (("fix", "--build-arg", "A=1"), "dfopt: --build-arg goes with --verify"),
        (("verify", "-"), "dfopt: to build what comes from standard input, name its --context"),
        (("verify", "Dockerfile", "--run", "[1"), "dfopt: Dockerfile: --run [1: not a JSON list: "),
    ],
)
def test_mistakes_are_one_line(bench: Bench, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = bench.run(*arguments)
    assert code == 2
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_spinner_only_on_a_terminal(bench: Bench) -> None:
    if os.name != "posix":
        pytest.skip("terminals are made otherwise here")
    import pty

    def read(descriptor: int) -> str:
        seen = b""
        while True:
            try:
                chunk = os.read(descriptor, 4096)
            except OSError:
                return seen.decode()
            if not chunk:
                return seen.decode()
            seen += chunk

    bench.set({PIP: 0.4, NO_CACHE: {}})
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from dfopt.optimizer.cli import main; main()", "verify", "Dockerfile"],
        cwd=bench.directory, env=bench.environment | {"TERM": "xterm", "COLUMNS": "100"}, stdout=subprocess.PIPE, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = read(ours)
    assert process.wait() == 0
    assert "the original Dockerfile: [2/4] RUN pip install flask" in seen
