"""Which files are found, and how they are read and replaced."""

from __future__ import annotations

import errno
import json
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dfopt.optimizer import Result, optimize
from dfopt.optimizer.cli import files as module
from dfopt.optimizer.cli import run, runner
from dfopt.optimizer.cli.files import find_files, write_file

BEFORE = "FROM python:3.12-slim\nRUN pip install flask\n"
AFTER = "FROM python:3.12-slim\nRUN pip install --no-cache-dir flask\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Run as somebody without rights, in a directory of theirs."""
    if os.geteuid() != 0:
        yield
        return
    run(["fix", "--jobs", "1", "/dev/null"])  # what is imported late may lie where only root can read
    capfd.readouterr()
    for directory in (tmp_path, *tmp_path.parents[:2]):
        if "pytest" in directory.name or directory == tmp_path:
            directory.chmod(0o755)
    os.chown(tmp_path, 65534, 65534)
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def write(path: str, text: str = BEFORE) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    return target


def apply(diff: str, *options: str) -> None:
    subprocess.run(["git", *options, "apply", "-"], input=diff.encode("utf-8", "surrogateescape"), check=True)


@pytest.mark.parametrize(
    "name",
    ["Dockerfile", "dockerfile", "DOCKERFILE", "Dockerfile.dev", "Dockerfile-dev", "app.Dockerfile", "app.dockerfile",
     "Containerfile", "Containerfile.x", "app.containerfile", "Dockerfile.amd64.v2"],
)  # fmt: skip
def test_names_of_dockerfiles(name: str) -> None:
    write(name)
    assert list(find_files(())) == [name]


@pytest.mark.parametrize(
    "name",
    ["Dockerfile.j2", "Dockerfile.tmpl", "Dockerfile.erb", "Dockerfile.in", "Dockerfile.template", "Dockerfile.md",
     "Dockerfile.dockerignore", "Dockerfile~", "Dockerfile.bak", "Dockerfile.swp", ".Dockerfile.swp", "#Dockerfile#",
     ".#Dockerfile", "Dockerfile.orig", "Dockerfile.J2", "dockerfiles", "mydockerfile", "Dockerfile.yaml"],
)  # fmt: skip
def test_names_that_only_look_alike(name: str) -> None:
    write(name)
    assert list(find_files(())) == []
    assert list(find_files((name,))) == [name]


def test_one_file_by_many_names_is_one() -> None:
    write("Dockerfile")
    write("a/Dockerfile")
    Path("b").symlink_to("a")
    Path("c.Dockerfile").symlink_to("Dockerfile")
    assert list(find_files(("Dockerfile", "./Dockerfile", ".", "a/../Dockerfile", os.path.abspath("Dockerfile")))) == [
        "Dockerfile",
        "a/Dockerfile",
    ]
    assert list(find_files(("b/Dockerfile", "a"))) == ["b/Dockerfile"]


def test_hard_links_are_each_fixed() -> None:
    write("Dockerfile")
    os.link("Dockerfile", "x.Dockerfile")
    assert run(["fix", "--write"]) == 0
    assert Path("Dockerfile").read_text() == Path("x.Dockerfile").read_text() == AFTER


def test_links_in_a_circle() -> None:
    write("a/Dockerfile")
    Path("a/up").symlink_to("..")
    assert list(find_files(())) == ["a/Dockerfile"]


def test_ignore_files_nest_and_the_nearest_decides() -> None:
    Path(".git").mkdir()
    for name in (
        "gen/Dockerfile",
        "gen/keep/Dockerfile",
        "src/old.Dockerfile",
        "src/new.Dockerfile",
        "out/x/Dockerfile",
    ):
        write(name)
    Path(".gitignore").write_text("/gen/*\n!/gen/keep\nold.*\nout/\n")
    assert list(find_files(())) == ["gen/keep/Dockerfile", "src/new.Dockerfile"]
    Path("src/.gitignore").write_text("!old.Dockerfile\r\nnew.Dockerfile\r\n")
    assert list(find_files(("src",))) == ["src/old.Dockerfile"]
    os.chdir("src")
    assert list(find_files(())) == ["old.Dockerfile"]


def test_an_ignore_file_without_sense() -> None:
    write("Dockerfile")
    write("skip/Dockerfile")
    Path(".gitignore").write_bytes(b"\xef\xbb\xbfskip\n!\n/\n[z-a]\n\\\n\xff\n")
    assert list(find_files(())) == ["Dockerfile"]
    write("a/Dockerfile")
    Path("a/.gitignore").symlink_to("nowhere")
    assert list(find_files(("a",))) == ["a/Dockerfile"]


def test_the_diff_of_a_link_is_that_of_its_file(capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    write("sub/real.txt")
    write("..foo/Dockerfile")
    Path("Dockerfile").symlink_to("sub/real.txt")
    Path("linked").symlink_to("sub")
    run(["fix", "Dockerfile", "linked/real.txt", "..foo"])
    apply(capfd.readouterr().out)
    assert Path("sub/real.txt").read_text() == AFTER
    assert Path("..foo/Dockerfile").read_text() == AFTER
    assert Path("Dockerfile").is_symlink()


def test_a_diff_made_and_applied_below_the_top(capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    write("sub/Dockerfile")
    write("Dockerfile")
    os.chdir("sub")
    run(["fix"])
    apply(capfd.readouterr().out)
    assert Path("Dockerfile").read_text() == AFTER
    assert Path("../Dockerfile").read_text() == BEFORE


def test_the_diff_of_a_file_elsewhere_applies_at_the_root(capfd: pytest.CaptureFixture[str]) -> None:
    path = write("Dockerfile").resolve()
    Path("sub").mkdir()
    os.chdir("sub")
    run(["fix", "../Dockerfile"])
    apply(capfd.readouterr().out, "-C", "/")
    assert path.read_text() == AFTER


@pytest.mark.parametrize("command", ["fix", "check"])
def test_a_pipe_is_not_waited_for(capfd: pytest.CaptureFixture[str], command: str) -> None:
    os.mkfifo("Dockerfile")
    assert run([command, "Dockerfile"]) == 2
    assert "dfopt: Dockerfile: not a regular file\n" in capfd.readouterr().err


def test_nothing_to_do_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["fix"]) == run(["check"]) == 0
    assert capfd.readouterr().err == "no Dockerfile found\n" * 2


@pytest.mark.usefixtures("nobody")
def test_what_cannot_be_read(capfd: pytest.CaptureFixture[str]) -> None:
    write("a/Dockerfile").parent.chmod(0)
    write("b/Dockerfile").chmod(0)
    write("c/Dockerfile")
    try:
        assert run(["fix", "--write"]) == 2
    finally:
        Path("a").chmod(0o755)
    out, err = capfd.readouterr()
    assert out == "fixed c/Dockerfile (1 rewrite)\n"
    assert [line for line in err.splitlines() if line.startswith("dfopt")] == [
        "dfopt: b/Dockerfile: Permission denied",
        "dfopt: a: Permission denied",
    ]


@pytest.mark.usefixtures("nobody")
def test_what_cannot_be_written(capfd: pytest.CaptureFixture[str]) -> None:
    write("a/Dockerfile").parent.chmod(0o555)
    write("b/Dockerfile").chmod(0o444)
    write("c/Dockerfile")
    try:
        assert run(["fix", "--write"]) == 2
    finally:
        Path("a").chmod(0o755)
    out, err = capfd.readouterr()
    assert out == "fixed c/Dockerfile (1 rewrite)\n"
    assert "dfopt: a/Dockerfile: Permission denied\ndfopt: b/Dockerfile: Permission denied\n" in err
    assert Path("a/Dockerfile").read_text() == Path("b/Dockerfile").read_text() == BEFORE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays() -> None:
    path = write("Dockerfile")
    os.chown(path, 12345, 54321)
    path.chmod(0o4711)
    run(["fix", "--write"])
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12345, 54321, 0o4711)
    assert path.read_text() == AFTER


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file(
    monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    path = write("Dockerfile")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(module.os, step, fail)
    with pytest.raises(type(error)):
        write_file("Dockerfile", AFTER.encode(), BEFORE.encode())
    assert path.read_text() == BEFORE
    assert os.listdir() == ["Dockerfile"]


def attributes(path: Path) -> dict[str, bytes]:
    return {name: os.getxattr(path, name) for name in os.listxattr(path)}


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are Linux's")
def test_extended_attributes_and_access_control_lists_stay() -> None:
    path = write("Dockerfile")
    path.chmod(0o640)
    # Version 2, then tag, permissions and id of each entry: its owner, user 1234, its group, the mask, all others.
    entries = ((0x01, 6, 2**32 - 1), (0x02, 6, 1234), (0x04, 4, 2**32 - 1), (0x10, 6, 2**32 - 1), (0x20, 0, 2**32 - 1))
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(path, "user.origin", b"a\0b")
        os.setxattr(path, "system.posix_acl_access", access)
    except OSError:
        pytest.skip("the file system takes no such attributes")
    before, mode = attributes(path), path.stat().st_mode
    assert run(["fix", "--write"]) == 0
    assert path.read_text() == AFTER
    assert (attributes(path), path.stat().st_mode) == (before, mode)
    assert before["system.posix_acl_access"] == access
    path.write_text(BEFORE)
    os.removexattr(path, "system.posix_acl_access")
    os.setxattr(path.parent, "system.posix_acl_default", access)
    assert run(["fix", "--write"]) == 0
    assert attributes(path) == {"user.origin": b"a\0b"}


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes are Linux's")
@pytest.mark.parametrize("step", ["listxattr", "setxattr", "getxattr"])
def test_attributes_that_cannot_be_kept_stop_no_write(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    path = write("Dockerfile")
    monkeypatch.setattr(module.os, "listxattr", lambda _: ["security.selinux"])
    monkeypatch.setattr(module.os, step, fail)
    assert run(["fix", "--write"]) == 0
    assert path.read_text() == AFTER


CHANGES: dict[str, Callable[[Path], object]] = {
    "saved": lambda path: path.write_text(BEFORE + "USER app\n"),
    "saved with the same length": lambda path: path.write_text(BEFORE.replace("flask", "Flask")),
    "gone": Path.unlink,
    "a directory": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a link to another": lambda path: (path.rename("other"), path.symlink_to("other"), path.write_text("FROM x\n")),
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("other")),
}


def content(path: Path) -> object:
    status = path.lstat() if path.is_symlink() or path.exists() else None
    return status and (stat.S_IFMT(status.st_mode), path.read_bytes() if path.is_file() else None)


@pytest.mark.parametrize("change", CHANGES)
def test_what_somebody_saved_meanwhile_stays(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = write("Dockerfile")

    def slow(text: bytes, **extra: object) -> Result:
        result = optimize(text, **extra)  # pyright: ignore[reportArgumentType]
        CHANGES[change](path)
        return result

    monkeypatch.setattr(runner, "optimize", slow)
    assert run(["fix", "--write", "Dockerfile"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("dfopt: Dockerfile: it changed while dfopt worked on it; nothing was written\n")
    found = content(path)
    CHANGES[change](write("sub/Dockerfile"))
    if change != "a link to another":
        assert found == content(Path("sub/Dockerfile"))
    assert not list(Path().glob(".dfopt-*"))


@pytest.mark.parametrize("step", ["fsync", "chmod"])
def test_a_file_that_is_replaced_while_the_new_one_is_written(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = write("Dockerfile")
    real = getattr(os, step)

    def replace_meanwhile(*arguments: object) -> object:
        path.rename("other")
        path.symlink_to("other")
        monkeypatch.setattr(module.os, step, real)
        return real(*arguments)

    monkeypatch.setattr(module.os, step, replace_meanwhile)
    with pytest.raises(OSError, match="it changed"):
        write_file("Dockerfile", AFTER.encode(), BEFORE.encode())
    assert path.is_symlink()
    assert path.read_text() == BEFORE


def test_a_new_file_takes_the_place_of_none() -> None:
    write_file("new", b"ours", None)
    assert Path("new").read_bytes() == b"ours"
    with pytest.raises(OSError, match="it changed"):
        write_file("new", b"ours again", None)
    Path("dangling").symlink_to("nowhere")
    with pytest.raises(OSError, match="it changed"):
        write_file("dangling", b"", None)
    assert sorted(os.listdir()) == ["dangling", "new"]


def test_an_output_file(capfd: pytest.CaptureFixture[str]) -> None:
    write("Dockerfile")
    old = os.umask(0o027)
    try:
        assert run(["check", "--output", "report.txt"]) == 1
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat("report.txt").st_mode) == 0o640
    assert run(["check", "--output", "report.txt", "--format", "json"]) == 1
    assert json.loads(Path("report.txt").read_text())["schema"] == 1
    assert run(["check", "--output", "/dev/null"]) == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    capfd.readouterr()
    for bad, why in (("no/such", "No such file or directory"), (".", "Is a directory")):
        assert run(["fix", "--output", bad]) == 2
        assert capfd.readouterr().err == f"dfopt: {bad}: {why}\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_bug_stops_no_other_file(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    def broken(text: bytes, **extra: object) -> Result:
        if b"boom" in text:
            raise RuntimeError("boom")
        return optimize(text, **extra)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(runner, "optimize", broken)
    write("a/Dockerfile", "FROM boom\n")
    write("b/Dockerfile")
    assert run(["fix", "--write", "--jobs", jobs]) == 2
    out, err = capfd.readouterr()
    assert out == "fixed b/Dockerfile (1 rewrite)\n"
    assert "dfopt: a/Dockerfile: a bug in dfopt (RuntimeError: boom); the file is as it was\n" in err
    monkeypatch.setenv("DFOPT_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run(["fix", "--jobs", jobs])


def test_the_ignore_file_beside_the_dockerfile_counts_in_a_named_context(capfd: pytest.CaptureFixture[str]) -> None:
    write("docker/app.Dockerfile", "FROM debian:12\nCOPY run.sh /run.sh\nRUN chmod +x /run.sh\n")
    write("run.sh", "").chmod(0o644)
    run(["fix", "--context", ".", "docker/app.Dockerfile"])
    assert "--chmod=755" in capfd.readouterr().out
    write("docker/app.Dockerfile.dockerignore", "run.sh\n")
    run(["fix", "--context", ".", "docker/app.Dockerfile"])
    assert "--chmod" not in capfd.readouterr().out
