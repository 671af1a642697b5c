"""Standard streams that are closed, full or in another encoding, and interrupts: one line at most, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BEFORE = "FROM python:3.12-slim\nRUN pip install flask\n"
AFTER = "FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n"
DFOPT = f"{sys.executable} -c 'from dfopt.optimizer.cli import main; main()'"
COMMANDS = ["fix Dockerfile", "check Dockerfile", "check --format json Dockerfile", "rules", "explain chmod-after-copy"]


@pytest.fixture
def shell(tmp_path: Path):
    (tmp_path / "Dockerfile").write_text(BEFORE)

    def call(script: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, env={**os.environ, **environment}, check=False
        )

    return call


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_said(shell, command: str) -> None:
    done = shell(f"{DFOPT} {command} > /dev/full")
    assert (done.returncode, done.stderr) == (2, b"dfopt: standard output: No space left on device\n")
    assert b"Traceback" not in shell(f"{DFOPT} {command} 2> /dev/full").stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-"])
def test_a_closed_stream(shell, command: str, closed: str) -> None:
    done = shell(f"{DFOPT} {command} {closed}")
    assert done.returncode == command.startswith("check")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["fix .", "fix . --jobs 2", "check ."])
def test_a_reader_that_has_enough(shell, tmp_path: Path, command: str) -> None:
    for number in range(300):
        (tmp_path / f"{number}.dockerfile").write_text(BEFORE + "RUN pip install y\n" * 20)
    done = shell(f"{DFOPT} {command} | head -c 1; exit ${{PIPESTATUS[0]}}")
    assert done.returncode == 141
    assert not [line for line in done.stderr.splitlines() if b"rewrite" not in line and b"finding" not in line]


def test_no_standard_input_is_an_empty_file(shell) -> None:
    done = shell(f"{DFOPT} fix - --quiet <&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"dfopt: -:1: file with no instructions\n")


@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii"])
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"x\xff.Dockerfile", rb"x\xff.Dockerfile"),
        ("é.Dockerfile".encode(), "é.Dockerfile".encode()),
        (b"a\nb\x1b[31m.Dockerfile", rb"a\nb\x1b[31m.Dockerfile"),
    ],
)
def test_names_of_any_bytes(shell, tmp_path: Path, name: bytes, shown: bytes, encoding: str) -> None:
    (tmp_path / "Dockerfile").unlink()
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    try:
        path.write_text(BEFORE)
    except OSError:
        pytest.skip("the file system takes no such name")
    for command in ("check", "check --format json", "fix", "fix --show-skipped --unsafe"):
        assert b"Traceback" not in shell(f"{DFOPT} {command}", PYTHONIOENCODING=encoding).stderr
    assert shell(f"{DFOPT} fix | git apply --check", PYTHONIOENCODING=encoding).returncode == 0
    done = shell(f"{DFOPT} fix --write", PYTHONIOENCODING=encoding)
    assert done.stdout == b"fixed " + shown + b" (1 rewrite)\n"
    path.write_text("NONSENSE")
    done = shell(f"{DFOPT} fix", PYTHONIOENCODING=encoding)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 2  # the error and the summary
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize("jobs", ["1", "3"])
@pytest.mark.parametrize("delay", [0.1, 0.2, 0.3, 0.5])
def test_an_interrupt_of_the_whole_group(tmp_path: Path, jobs: str, delay: float) -> None:
    for number in range(1500):
        (tmp_path / f"{number}.dockerfile").write_text(BEFORE)
    process = subprocess.Popen(
        ["bash", "-c", f"exec {DFOPT} fix --write --jobs {jobs} ."],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A test runner in the background ignores interrupts, and its children with it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    if b"import" in err or b"in <module>\nKeyboardInterrupt" in err:  # so early that dfopt had not begun
        return
    assert b"Traceback" not in err
    assert process.returncode in (0, 130)
    texts = [path.read_text() for path in tmp_path.glob("*.dockerfile")]
    assert set(texts) <= {BEFORE, AFTER}
    assert out.count(b"\n") <= texts.count(AFTER) <= out.count(b"\n") + 1
    assert not list(tmp_path.glob(".dfopt-*"))
