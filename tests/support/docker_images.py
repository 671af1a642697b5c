"""Building images and looking into them, through the docker command."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# What two builds of one Dockerfile differ in, found by building the same one twice without a cache: logs with
# times in them, what ldconfig and the byte-compilers of Python and fontconfig write, and the container's own files.
ALWAYS_DIFFERENT = (
    "var/log/", "var/cache/ldconfig/", "var/cache/fontconfig/", "etc/machine-id", ".dockerenv", "dev/", "proc/", "sys/",
    "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab", "etc/shadow",
)  # fmt: skip


def need_engine() -> None:
    """Skip the test where no Docker engine answers."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode
    ):
        pytest.skip("no Docker engine answers: see tests/slow/engine.sh and bases.sh")


@contextmanager
def built(context: Path, dockerfile: bytes) -> Iterator[str]:
    """Build `dockerfile` in `context` without a cache; the image is removed afterwards."""
    tag = f"dfopt-test:{uuid.uuid4().hex[:12]}"
    command = ["docker", "build", "--no-cache", "--network=host", "-q", "-t", tag, "-f", "-", str(context)]
    done = subprocess.run(command, input=dockerfile, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    try:
        yield tag
    finally:
        subprocess.run(["docker", "rmi", "-f", tag], capture_output=True, check=False)


def size(image: str) -> int:
    """The image's size in bytes."""
    return int(_inspect(image)["Size"])


def configuration(image: str) -> dict[str, Any]:
    """What a container of the image starts with."""
    return {key: value for key, value in _inspect(image)["Config"].items() if key not in ("Image", "Hostname")}


def _inspect(image: str) -> dict[str, Any]:
    return json.loads(subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=True).stdout)[0]


def files(image: str) -> dict[str, tuple[object, ...]]:
    """The final root file system: path to type, mode, owner, link target and content hash."""
    made = subprocess.run(["docker", "create", image, "x"], capture_output=True, check=True, text=True)
    container = made.stdout.strip()
    found: dict[str, tuple[object, ...]] = {}
    try:
        with (
            subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE) as export,
            tarfile.open(fileobj=export.stdout, mode="r|") as archive,
        ):
            for item in archive:
                if item.name.startswith(ALWAYS_DIFFERENT) or "__pycache__" in item.name:
                    continue
                content = archive.extractfile(item) if item.isreg() else None
                digest = hashlib.sha256(content.read()).hexdigest() if content else ""
                found[item.name.rstrip("/")] = (item.type, item.mode, item.uid, item.gid, item.linkname, digest)
    finally:
        subprocess.run(["docker", "rm", "-f", container], capture_output=True, check=False)
    return found


def differences(before: str, after: str) -> dict[str, str]:
    """The paths, absolute, in which two images differ, and how: ``gone``, ``new`` or ``other``."""
    old, new = files(before), files(after)
    found = {f"/{path}": "gone" for path in old.keys() - new.keys()}
    found |= {f"/{path}": "new" for path in new.keys() - old.keys()}
    return found | {f"/{path}": "other" for path in old.keys() & new.keys() if old[path] != new[path]}
