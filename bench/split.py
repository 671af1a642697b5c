"""Does `dfopt split` leave the build tools behind, as an expert does, and does the result do the same?

    python bench/split.py [NAME …] [--with-smoke] [--diff]

It needs dfopt installed, and a Docker engine with its bases (see tests/slow).

Each application in bench/split has a `context` with the Dockerfile of one stage that people really write, an expert's
Dockerfile of two stages that was written before dfopt saw the application, and what its user sees of it: `smoke.sh`,
commands for a shell in the image, or `smoke.args`, a JSON list of arguments for the entry point on each line, where the
expert's image has no shell. Both run as the image's user. An application without an expert's Dockerfile is one where
the right answer is to leave it in one stage.

`split` is not told about the smoke commands, so that a wrong result shows here as one; `--with-smoke` tells it.
`--diff` prints each result.
"""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from dfopt.optimizer.build.engines import BuildError, BuildSession, Options
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.image.proof import Ran
from dfopt.optimizer.split.convert import Request, convert
from dfopt.optimizer.split.evidence import Declined

APPLICATIONS = Path(__file__).parent / "split"
MOST = 1.10  # of the size of the expert's image


class Row(NamedTuple):
    """What became of an application. Sizes are bytes; 0 where there is no such image."""

    name: str
    original: int
    split: int
    expert: int
    verdict: str
    good: bool
    patched: bytes

    @property
    def ratio(self) -> str:
        return f"{self.split / self.expert:.2f}" if self.split and self.expert else ""


def commands(application: Path) -> list[str]:
    """What is run in every image."""
    arguments, script = application / "smoke.args", application / "smoke.sh"
    found = arguments.read_text().splitlines() if arguments.exists() else []
    return [*found, script.read_text()] if script.exists() else found


def run(image: str, command: str) -> Ran:
    """Run a smoke command as `BuildSession.run` does, without reading the image for it."""
    arguments: list[str] | None = json.loads(command) if command.startswith("[") else None
    words = [image, *arguments] if arguments is not None else ["--entrypoint", "/bin/sh", image, "-c", command]
    done = subprocess.run(["docker", "run", "--rm", *words], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return Ran(done.returncode, done.stdout + done.stderr)


def result(application: Path, *, with_smoke: bool) -> Row:
    """Build, split, build again, and run."""
    context, smoke = application / "context", commands(application)
    original = (context / "Dockerfile").read_bytes()
    document = Document.parse(original)
    options = Options(str(context), str(context / "Dockerfile"), extra=("--network=host",), cache=True)

    def show(text: str) -> None:
        print(f"\r\x1b[K{application.name}: {text.splitlines()[0][:90]}", end="", file=sys.stderr)

    with BuildSession("docker", options, show) as session:
        name, _ = session.build(original, "the original")
        expected = [run(name, one) for one in smoke]
        if bad := [ran for ran in expected if ran.status]:
            raise SystemExit(f"{application.name}: the smoke commands fail: {bad[0].output.decode()}")
        expert = 0
        expert_file = application / "expert.Dockerfile"
        if expert_file.exists():
            experts, _ = session.build(expert_file.read_bytes(), "the expert's")
            expert = session.read(experts).size
            if (ran := [run(experts, one) for one in smoke]) != expected:
                raise SystemExit(f"{application.name}: the expert's image: {difference(expected, ran)}")
        try:
            split = convert(session, document, Facts(document), Request(None, tuple(smoke) if with_smoke else ()))
        except Declined as problem:
            where = f"line {problem.line}: " if problem.line else ""
            return Row(application.name, 0, 0, expert, f"declined: {where}{problem}", not expert, b"")
        sizes = (split.before, split.after, expert)
        name, _ = session.build(split.patched, "the split")
        if (ran := [run(name, one) for one in smoke]) != expected:
            return Row(application.name, *sizes, f"**wrong**: {difference(expected, ran)}", False, split.patched)
    small = bool(expert) and split.after <= MOST * expert
    verdict = "proved, behaves the same" + (
        "" if small else ", but is larger" if expert else ", but was to be declined"
    )
    return Row(application.name, *sizes, verdict, small, split.patched)


def difference(expected: list[Ran], ran: list[Ran]) -> str:
    """The first lines that differ in what was printed."""
    before = b"".join(one.output for one in expected).decode("utf-8", "replace").splitlines()
    after = b"".join(one.output for one in ran).decode("utf-8", "replace").splitlines()
    lines = [line for line in difflib.ndiff(before, after) if line[:1] in "+-"]
    return " / ".join(lines[:6]) or f"exit status {[one.status for one in ran]}"


def table(rows: list[Row]) -> str:
    lines = ["| application | original | split | expert | split / expert | verdict |", "|---|---:|---:|---:|---:|---|"]
    for row in rows:
        sizes = [f"{size / 1e6:.1f} MB" if size else "" for size in (row.original, row.split, row.expert)]
        verdict = row.verdict.replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {row.name} | {' | '.join(sizes)} | {row.ratio} | {verdict} |")
    lines.append(f"\n{sum(row.good for row in rows)} of {len(rows)} as they should be.")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="applications; all of them where none is named")
    parser.add_argument("--with-smoke", action="store_true", help="hand the smoke commands to split")
    parser.add_argument("--diff", action="store_true", help="print what split made")
    options = parser.parse_args()
    known = [path.parents[1] for path in sorted(APPLICATIONS.glob("*/context/Dockerfile"))]
    if unknown := set(options.names) - {path.name for path in known}:
        parser.error(f"no such application: {', '.join(sorted(unknown))}")
    rows: list[Row] = []
    for path in known:
        if options.names and path.name not in options.names:
            continue
        started = time.monotonic()
        try:
            row = result(path, with_smoke=options.with_smoke)
        except BuildError as error:
            raise SystemExit(f"{path.name}: {error}\n" + "\n".join(error.lines[-12:])) from error
        rows.append(row)
        print(f"\r\x1b[K{path.name}: {time.monotonic() - started:.0f} s: {row.verdict}", file=sys.stderr)
        if options.diff and row.patched:
            before = (path / "context" / "Dockerfile").read_text().splitlines(keepends=True)
            print("".join(difflib.unified_diff(before, row.patched.decode().splitlines(keepends=True))))
    print(table(rows))


if __name__ == "__main__":
    main()
