"""Every subset of the suggestions of real Dockerfiles: each must come to the same end, and none may lose a command.

    python bench/subsets.py DIRECTORY [--files N] [--seed S] [--select RULE,…] [--prefer NAME] [--most N] [--samples N]
        [--jobs N]

A subset is accepted as a review does it, whole lines for whole lines. Then BuildKit's parser (PyPI ``dockerfile``) must
read the text with the stages of the original, what runs must be what ran but for what the accepted findings declare,
and fixing the text must come to what fixing the original comes to. A file with up to `--most` suggestions is tried with
all subsets; of a file with more, each suggestion alone, all but each, and `--samples` that the seed draws. Exits with 1
on any difference.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain, combinations
from pathlib import Path
from typing import NamedTuple

import dockerfile

from dfopt.optimizer import DockerfileError, Result, Settings, optimize
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.shell import read_script
from dfopt.optimizer.review.suggest import Suggestion, accept_all, suggest
from dfopt.optimizer.rules.config import PREFERENCES, Config
from dfopt.optimizer.rules.engine import Applied

Subset = tuple[int, ...]


class Bounds(NamedTuple):
    """How many subsets are tried: all of up to `most` suggestions, else singles, their complements and `samples`."""

    most: int = 8
    samples: int = 64
    seed: int = 0


class Tried(NamedTuple):
    """What was found of a file: how many suggestions and subsets it has, and what is wrong with some of them."""

    path: str
    suggestions: int
    subsets: int
    problems: tuple[str, ...] = ()


def subsets(count: int, bounds: Bounds, name: str) -> Iterator[Subset]:
    """Those to try, without the empty one and the whole; `name` makes the draws of a file its own."""
    everyone = range(count)
    if count <= bounds.most:
        yield from chain.from_iterable(combinations(everyone, size) for size in range(1, count))
        return
    for one in everyone:
        yield (one,)
        yield tuple(other for other in everyone if other != one)
    draw = random.Random(f"{bounds.seed} {name}")
    for _ in range(bounds.samples):
        yield tuple(one for one in everyone if draw.random() < 0.5)


def acts(text: bytes) -> Counter[bytes]:
    """What a Dockerfile runs and says: its commands, and the instructions in which none can be read."""
    found: Counter[bytes] = Counter()
    for instruction in Document.parse(text).instructions:
        script = read_script(instruction)
        if script is None:
            found[instruction.normal] += 1
        elif script.opaque:
            found[instruction.raw] += 1
        else:
            found.update(command.normal for command in script.commands)
            found.update(b"RUN --" + flag.name.encode() + b"=" + (flag.value or b"") for flag in instruction.flags)
    return found


def stages(text: bytes) -> list[tuple[str, ...]] | None:
    """The FROMs as BuildKit's parser reads them; None where it refuses the text."""
    try:
        commands = dockerfile.parse_string(text.decode("utf-8", "replace"))
    except dockerfile.GoParseError:
        return None
    return [(*command.flags, *command.value) for command in commands if (command.cmd or "").lower() == "from"]


def undone(result: Result, suggestions: tuple[Suggestion, ...]) -> dict[int, Applied]:
    """The findings, by number, of whose doing nothing is left: others, which follow them, take it back."""
    shown = [item for one in suggestions for item in one.findings]
    return {number: item for number, item in enumerate(result.applied) if item not in shown}


def wrong(
    data: bytes, patched: bytes, accepted: list[Suggestion], settings: Settings, gone: dict[int, Applied] | None = None
) -> str:
    """What is wrong with a text in which some suggestions are accepted; empty where nothing is.

    `gone` are findings of whose doing nothing is left.
    """
    text = accept_all(data, accepted)
    if stages(text) is None or stages(text) != stages(data):
        return "BuildKit's parser refuses it, or sees other stages"
    expected = acts(data)
    made = [item for one in accepted for item in one.findings]
    behind = {number for item in made for number in item.follows if gone and number in gone}
    made += [gone[number] for number in behind if gone]
    for fix in (item.finding.fix for item in made if item.finding.fix):
        expected.subtract(fix.drops)
        expected.update(fix.adds)
    if {act: count for act, count in expected.items() if count} != acts(text):
        return "it runs something else"
    if optimize(text, settings=settings).patched != patched:
        return "fixing it comes to another text"
    return ""


def check(path: Path, settings: Settings, bounds: Bounds) -> Tried:
    """Try the subsets of a file."""
    data = path.read_bytes()
    try:
        result = optimize(data, settings=settings)
    except DockerfileError:
        return Tried(str(path), 0, 0)
    suggestions = suggest(result, partial(optimize, settings=settings))
    problems: list[str] = []
    if accept_all(data, suggestions) != result.patched:
        problems.append("all of them are not the fix")
    gone = undone(result, suggestions)
    tried = 0
    for subset in subsets(len(suggestions), bounds, path.name):
        tried += 1
        try:
            problem = wrong(data, result.patched, [suggestions[one] for one in subset], settings, gone)
        except DockerfileError as error:
            problem = f"it does not parse: {error}"
        if problem:
            problems.append(f"{subset} of {len(suggestions)}: {problem}")
    return Tried(str(path), len(suggestions), tried, tuple(problems))


def main() -> int:
    parser = argparse.ArgumentParser(description="Accept every subset of the suggestions of real Dockerfiles.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--files", type=int, default=0, help="this many, drawn by the seed, instead of all")
    parser.add_argument("--seed", type=int, default=Bounds().seed)
    parser.add_argument("--select", default="", help="these rules, or all, instead of those on by default")
    parser.add_argument("--prefer", choices=tuple(PREFERENCES), action="append", default=[])
    parser.add_argument("--most", type=int, default=Bounds().most)
    parser.add_argument("--samples", type=int, default=Bounds().samples)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    select = frozenset(filter(None, options.select.split(",")))
    config = Config(select=select, prefer=frozenset(options.prefer))
    settings = config.settings("Dockerfile")._replace(manual=False)
    files = sorted(path for path in options.directory.rglob("*") if path.is_file())
    if options.files:
        files = sorted(random.Random(options.seed).sample(files, min(options.files, len(files))))
    job = partial(check, settings=settings, bounds=Bounds(options.most, options.samples, options.seed))
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        tried = pool.map(job, files, chunksize=16)
    for file in tried:
        for problem in file.problems:
            print(f"{file.path}: {problem}")
    several = [file for file in tried if file.suggestions > 1]
    bad = sum(bool(file.problems) for file in tried)
    many = sum(file.suggestions > options.most for file in several)
    print(f"{len(files)} files, {sum(file.suggestions for file in tried)} suggestions; {len(several)} with several, "
          f"{many} of them with more than {options.most}: {sum(file.subsets for file in tried)} subsets, "
          f"{bad} files with differences")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
