"""The laws on real Dockerfiles: nothing crashes, everything still parses, twice is once, diffs apply.

    python bench/corpus.py DIRECTORY [--unsafe] [--select RULE,…] [--jobs N] [--sample N --seed S]

Every file below DIRECTORY is rewritten in memory. BuildKit's parser (PyPI ``dockerfile``) must read the result with the
same stages and no instruction that the input did not have; ``e2b-dockerfile-utils`` must accept what it accepted;
rewriting again must change nothing; where nothing was found, no byte may differ; and ``git apply`` must make the
patched text of the diff. Counts the files each rule fires on; ``--sample`` prints diffs to read. Exits with 1 on
any violation.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import NamedTuple

import dockerfile
import e2b_dockerfile_utils

from dfopt.optimizer import DockerfileError, Result, Settings, optimize
from dfopt.optimizer.review.suggest import accept_all, suggest


class Report(NamedTuple):
    path: Path
    status: str  # refused, same, changed
    rules: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    diff: bytes = b""


def parsed(text: bytes) -> tuple[list[tuple[str, ...]], set[str]] | None:
    """The stages and the instructions by BuildKit's parser; None where it refuses."""
    try:
        commands = dockerfile.parse_string(text.decode("utf-8", "replace"))
    except dockerfile.GoParseError:
        return None
    stages = [(*command.flags, *command.value) for command in commands if (command.cmd or "").lower() == "from"]
    return stages, {(command.cmd or "").lower() for command in commands}


def accepted(text: bytes) -> bool:
    try:
        e2b_dockerfile_utils.parse_dockerfile_ast(text.decode("utf-8", "replace"))
    except Exception:  # noqa: BLE001 - whatever it raises is a refusal
        return False
    return True


def check(job: tuple[Path, Settings]) -> Report:
    path, settings = job
    data = path.read_bytes()
    try:
        result = optimize(data, path="Dockerfile", settings=settings)
        again = optimize(result.patched, settings=settings)
    except DockerfileError:
        return Report(path, "refused")
    except Exception as error:  # noqa: BLE001 - a crash is what this looks for
        return Report(path, "crashed", problems=(f"crashed: {type(error).__name__}: {error}",))
    problems: list[str] = []
    if again.patched != result.patched:
        problems.append("not idempotent")
    if not result.applied and result.patched != data:
        problems.append("changed without a finding")
    if result.edits.apply(data) != result.patched:
        problems.append("the edits do not make the result")
    problems += [f"refused by the engine: {item.why}" for item in result.offered if item.why.startswith("it would not")]
    if result.changed:
        before, after = parsed(data), parsed(result.patched)
        if before is None or after is None or before[0] != after[0] or not after[1] <= before[1]:
            problems.append("BuildKit's parser sees other stages or new instructions")
        if accepted(data) and not accepted(result.patched):
            problems.append("e2b-dockerfile-utils refuses the result")
        if applied(data, result.diff) != result.patched:
            problems.append("git apply makes something else of the diff")
        problems += suggested(result, settings)
    rules = tuple(sorted({item.finding.rule for item in result.applied}))
    return Report(path, "changed" if result.changed else "same", rules, tuple(problems), result.diff)


def suggested(result: Result, settings: Settings) -> list[str]:
    """What is wrong with the suggestions of a review: accepted at once or one first, they must come to the fix."""

    def fixed(text: bytes) -> bytes:
        return optimize(text, settings=settings).patched

    suggestions = suggest(result, partial(optimize, settings=settings))
    problems = [] if accept_all(result.original, suggestions) == result.patched else ["the suggestions are not the fix"]
    if len(suggestions) > 1 and any(fixed(one.accept(result.original)) != result.patched for one in suggestions):
        problems.append("the suggestions depend on each other")
    return problems


def applied(data: bytes, diff: bytes) -> bytes | None:
    with tempfile.TemporaryDirectory() as directory:
        target = Path(directory, "Dockerfile")
        target.write_bytes(data)
        done = subprocess.run(["git", "apply", "-"], input=diff, cwd=directory, capture_output=True, check=False)
        return target.read_bytes() if done.returncode == 0 else None


def main() -> int:
    parser = argparse.ArgumentParser(description="Check dfopt's laws on a directory of Dockerfiles.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--select", default="", help="these rules, or all, instead of those on by default")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    settings = Settings(frozenset(filter(None, options.select.split(","))), unsafe=options.unsafe)
    files = sorted(path for path in options.directory.rglob("*") if path.is_file())
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        reports = pool.map(check, [(path, settings) for path in files], chunksize=32)
    for report in reports:
        for problem in report.problems:
            print(f"{report.path}: {problem}")
    changed = [report for report in reports if report.status == "changed"]
    for report in random.Random(options.seed).sample(changed, min(options.sample, len(changed))):
        print(f"\n{report.path}\n{report.diff.decode('utf-8', 'replace')}")
    for rule, count in Counter(rule for report in reports for rule in report.rules).most_common():
        print(f"{count:6}  {rule}")
    states = Counter(report.status for report in reports)
    bad = sum(bool(report.problems) for report in reports)
    print(f"{len(files)} files: {states['changed']} changed, {states['same']} left as they were, "
          f"{states['refused']} that BuildKit would not parse, {bad} with problems")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
