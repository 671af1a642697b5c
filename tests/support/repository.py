"""A repository with a change in it, for tests of reviews."""

from __future__ import annotations

import subprocess
from pathlib import Path

from dfopt.optimizer import optimize
from dfopt.optimizer.review.git import compare
from dfopt.optimizer.review.review import Review, review_file

BASE = "\n".join(
    (
        "FROM debian:12-slim",
        "RUN apt-get update && apt-get install -y --no-install-recommends curl",
        *(f"ENV A{n}={n}" for n in range(20)),
        "RUN pip install flask",
        "RUN npm ci",
        "",
    )
)


def git(*arguments):
    identity = ("-c", "user.name=A", "-c", "user.email=a@example", "-c", "commit.gpgsign=false")
    return subprocess.run(("git", *identity, *arguments), check=True, capture_output=True, text=True).stdout.strip()


def commit(text, path="Dockerfile", message="change"):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())
    git("add", "-A")
    git("commit", "-qm", message)
    return git("rev-parse", "HEAD")


def reviewed(head="HEAD", *, everything=False):
    """What there is to say about the change; without `everything` only what touches its lines."""
    comparison = compare(".", "main", head, lambda _, path: path.endswith("Dockerfile"))
    files = []
    for changed in comparison.files:
        data = comparison.read(changed.path)
        result = optimize(data, path=changed.path)
        files.append(review_file(changed.path, result, optimize, changed, everything=everything, unsafe=False))
    return Review(tuple(files), (), comparison)
