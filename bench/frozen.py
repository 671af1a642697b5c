"""How much of what is removable do dfopt's fixes remove from applications that no rule was written for?

    python bench/frozen.py [NAME …] [--safe] [--differences]

It needs dfopt installed, git, and a Docker engine with its bases (see tests/slow).

The applications in bench/frozen are drawn from the habits of real Dockerfiles, and stay as they are: a rule is not
fitted to them. Each has a `context` with its Dockerfile, an expert's Dockerfile that keeps what is installed and the
stages as they are, and a smoke script whose output must be `expected.txt` in every image. What is large, or somebody
else's, `prepare.sh` makes, the same every time: in a copy of the context, and in a folder that is served on this
machine while the images are built.

*Removable* is what size.py calls so, without the documentation of Debian packages. The expert may remove more, such as
an archive that nobody reads again; the second percentage is of what the expert removes. `--unsafe` leaves out Debian's
documentation and recommended packages too, hence more than 100 %. `--differences` lists what of the files is otherwise
than in the original without being declared by a finding.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from size import SETTINGS, UNSAFE, Row, left, measure, mega

from dfopt.optimizer import optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.image.compare import compare
from dfopt.optimizer.rules.engine import Result, Settings

FROZEN = Path(__file__).parent / "frozen"
HTTP_PORT, GIT_PORT = 8765, 9418  # the Dockerfiles name them
EXPERT = "expert"


class Application(NamedTuple):
    """One of the applications, with its results: the row, and what dfopt did for each variant of it."""

    row: Row
    fixes: dict[str, Result]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the library's)
        pass


@contextmanager
def serving(folder: Path, http_port: int = HTTP_PORT, git_port: int = GIT_PORT) -> Iterator[None]:
    """While this lasts, the files of `folder` can be had by HTTP from this machine, and its repositories by git."""
    with ThreadingHTTPServer(("127.0.0.1", http_port), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = ["git", "daemon", "--reuseaddr", "--export-all", "--listen=127.0.0.1", f"--port={git_port}"]
        with subprocess.Popen([*words, f"--base-path={folder}", str(folder)], start_new_session=True) as daemon:
            try:
                _wait_for(git_port)
                yield
            finally:
                os.killpg(daemon.pid, 15)  # git daemon is two processes
                server.shutdown()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise SystemExit(f"nobody listens on port {port}")


@contextmanager
def prepared(application: Path) -> Iterator[Path]:
    """The build context of `application` in a directory of its name, and all that its build fetches."""
    with tempfile.TemporaryDirectory() as scratch:
        context, served = Path(scratch) / application.name, Path(scratch) / "served"
        shutil.copytree(application / "context", context)
        served.mkdir()
        script = application / "prepare.sh"
        if script.exists():
            environment = os.environ | {
                "APPLICATION": str(application), "FILLER": str(FROZEN / "filler.py"), "SERVED": str(served),
            }  # fmt: skip
            subprocess.run(["sh", "-eu", str(script)], cwd=context, env=environment, check=True)
        for path in served.rglob("*"):
            os.utime(path, (1704067200, 1704067200))
        with serving(served):
            yield context


def results(application: Path, settings: Mapping[str, Settings] = SETTINGS) -> Application:
    """Build and run `application` as it is, after dfopt with each of `settings`, and after the expert."""
    with prepared(application) as directory:
        original = (directory / "Dockerfile").read_bytes()
        context = Context(str(directory), str(directory / "Dockerfile"))
        fixes = {
            name: optimize(original, path="Dockerfile", context=context, settings=setting)
            for name, setting in settings.items()
        }
        texts = {"original": original, **{name: result.patched for name, result in fixes.items()}}
        texts[EXPERT] = (application / "expert.Dockerfile").read_bytes()
        row = measure(directory, texts, (application / "smoke.sh").read_text())
        ran = row.variants["original"].ran
        if ran is None or ran.output != (application / "expected.txt").read_bytes():
            raise SystemExit(f"{application.name}: not what is expected: {ran and ran.output.decode()}")
        return Application(row, fixes)


def table(applications: list[Application]) -> str:
    names = list(applications[0].fixes)
    head = ["original", "removable", "the expert removes"]
    for name in names:
        head += [f"{name} removes", "of removable", "of the expert's", "behaves the same"]
    lines = [f"| application | {' | '.join(head)} |", "|---|" + "---:|" * len(head)]
    totals: dict[str, int] = dict.fromkeys(["removable", EXPERT, *names], 0)
    for row, _ in applications:
        original = row.variants["original"].image
        assert original is not None
        saved = {name: row.saved(name) for name in (EXPERT, *names) if row.variants[name].image}
        cells = [mega(original.size), mega(row.rest), shown(row, EXPERT, saved)]
        for name in names:
            same = "yes" if row.variants[name].same else "**no**"
            shares = [f"{saved[name] / all_of:.0%}" if name in saved else "" for all_of in (row.rest, saved[EXPERT])]
            cells += [shown(row, name, saved), *shares, same]
        lines.append(f"| {row.directory.name} | {' | '.join(cells)} |")
        for name, size in {"removable": row.rest, **saved}.items():
            totals[name] += size
    cells = ["", mega(totals["removable"]), mega(totals[EXPERT])]
    for name in names:
        cells += [mega(totals[name]), *(f"{totals[name] / totals[whole]:.0%}" for whole in ("removable", EXPERT)), ""]
    return "\n".join([*lines, f"| *all* | {' | '.join(cells)} |"]) + "\n"


def shown(row: Row, name: str, saved: dict[str, int]) -> str:
    if name not in saved:
        return "does not build"
    same = row.variants[name].same or name != EXPERT
    return mega(saved[name]) + ("" if same else " (behaves otherwise)")


def differences(application: Application) -> Iterator[str]:
    """What of the files differs from the original, and no finding of a variant declares."""
    variants = application.row.variants
    for name, result in application.fixes.items():
        one, other = variants["original"].image, variants[name].image
        if name == UNSAFE or one is None or other is None:
            continue
        findings = [item.finding for item in result.applied]
        removes = [glob for finding in findings for glob in finding.removes]
        changes = [glob for finding in findings for glob in finding.changes]
        for difference in compare(one, other, removes=removes, changes=changes).undeclared:
            yield f"    {name}: {difference.path}: {difference.how}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="applications; all of them where none is named")
    parser.add_argument("--safe", action="store_true", help="not --unsafe: a quarter less to build")
    parser.add_argument("--differences", action="store_true")
    options = parser.parse_args()
    settings = {name: setting for name, setting in SETTINGS.items() if not (options.safe and name == UNSAFE)}
    paths = [path.parents[1] for path in sorted(FROZEN.glob("*/context/Dockerfile"))]
    if unknown := set(options.names) - {path.name for path in paths}:
        parser.error(f"no such application: {', '.join(sorted(unknown))}")
    applications: list[Application] = []
    for path in paths:
        if options.names and path.name not in options.names:
            continue
        started = time.monotonic()
        applications.append(results(path, settings))
        print(f"\r\x1b[K{path.name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(table(applications))
    for application in applications:
        print(left(application.row))
        if options.differences:
            print("\n".join(differences(application)))


if __name__ == "__main__":
    main()
