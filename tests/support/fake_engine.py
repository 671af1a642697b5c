"""A stand-in for docker, podman and buildah: what a Dockerfile's instructions write stands in a table.

The table, a JSON file named by ``FAKE_WORLD``, maps an instruction, one space between its words, to the files it
writes (``null`` for a removed one; ``fails once`` with what it says then), to a string for a step that fails saying that, or to a number of seconds that it
takes. Images are directories' worth of JSON in ``FAKE_STORE``; every call is noted in ``FAKE_STORE/calls``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from archives import docker_archive, member

STORE = Path(os.environ["FAKE_STORE"])
WORLD: dict[str, Any] = json.loads(Path(os.environ["FAKE_WORLD"]).read_text())


def value(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def image(name: str) -> Path:
    return STORE / name.replace("/", "_")


def build(words: list[str]) -> int:
    text = Path(value(words, "-f")).read_text().replace("\\\n", " ")
    stages: list[list[str]] = []
    for line in text.splitlines():
        instruction = " ".join(line.split())
        if instruction.startswith("FROM "):
            stages.append([])
        elif instruction and not instruction.startswith("#"):
            stages[-1].append(instruction)
    chosen = stages[int(value(words, "--target")) if "--target" in words else -1]
    for number, instruction in enumerate(chosen, 1):
        print(f"#{number} [{number}/{len(chosen)}] {instruction}", flush=True)
        outcome = WORLD.get(instruction, {})
        failed = STORE.parent / "failed once"
        if isinstance(outcome, dict) and "fails once" in outcome and not failed.exists():
            failed.touch()
            outcome = outcome["fails once"]
        if isinstance(outcome, str):
            print(
                f"------\n > [{number}/{len(chosen)}] {instruction}:\n{outcome}\n------\nERROR: failed to solve",
                flush=True,
            )
            return 1
        if isinstance(outcome, int | float):
            time.sleep(outcome)
    image(value(words, "-t")).write_text(json.dumps(chosen))
    return 0


def save(path: str, name: str) -> int:
    steps: list[str] = json.loads(image(name).read_text())
    layers = [[_member(*item) for item in _files(step).items()] for step in steps]
    history = [{"created_by": step} for step in steps]
    docker_archive(Path(path), layers, history=history)
    return 0


def _files(step: str) -> dict[str, Any]:
    outcome = WORLD.get(step, {})
    files: dict[str, Any] = outcome if isinstance(outcome, dict) else {}
    return {path: content for path, content in files.items() if path.startswith("/")}


def _member(name: str, content: str | None) -> Any:
    if content is None:
        directory, _, last = name.rpartition("/")
        return member(f"{directory}/.wh.{last}")
    return member(name, content.encode())


def run(words: list[str]) -> int:
    at = next((number for number, word in enumerate(words) if word.startswith("localhost/")), None)
    if at is None:  # buildah's, in a container
        return 0
    steps = json.loads(image(words[at]).read_text())
    print(sorted({file for step in steps for file in _files(step) if file.startswith("/bin/")}), *words[at + 1 :])
    return 0


def main() -> int:
    engine, words = os.environ["FAKE_NAME"], sys.argv[1:]
    with (STORE / "calls").open("a") as calls:
        calls.write(" ".join([engine, *words]) + "\n")
    match words[0]:
        case "version" | "info":
            return int(os.environ.get("FAKE_DOWN", "") == engine)
        case "build":
            return build(words)
        case "save":
            return save(value(words, "-o"), words[-1])
        case "push":
            return save(words[-1].removeprefix("docker-archive:"), words[-2])
        case "run":
            return run(words)
        case "rmi":
            found = image(words[-1]).exists()
            image(words[-1]).unlink(missing_ok=True)
            return int(not found)
        case _:
            return 0


sys.exit(main())
