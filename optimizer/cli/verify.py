"""``dfopt verify``: build before and after, and say what the images differ in."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from ..build.bisect import Kept, keep_what_holds
from ..build.engines import BuildError, EngineError
from ..build.verify import PatchedBuildError, Request, Verifier
from ..image import ArchiveError
from ..image.proof import Verdict
from ..report import verify as report
from ..report.printable import place, printable
from ..rules.engine import Result
from ..rules.finding import Problem
from .builds import build_session
from .options import Options
from .runner import FileError, Sink, UsageError, complain, for_each, only, settings_for


def verify(options: Options) -> int:
    """Run the command; the exit code is 0 when the images are equivalent, 1 when they differ, 2 after an error."""
    sink = Sink(options.output)
    verdicts: list[Verdict] = []

    def handle(path: str, result: Result) -> None:
        if not result.changed and not options.build.control:
            if not options.quiet:
                print(f"{printable(place(path))}: nothing to rewrite", file=sys.stderr)
            return
        with verifier(path, result, options) as proving, _as_file_errors(path):
            verdict = proving.verify(result)
        verdicts.append(verdict)
        sink.write(report.FORMATS[options.format](path, result, verdict).encode())

    try:
        if len(options.paths) != 1:
            raise UsageError("verify takes one Dockerfile")
        errors = for_each(options, handle)
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    if errors:
        return 2
    return 0 if all(verdict.equivalent for verdict in verdicts) else 1


def keep_proved(path: str, result: Result, options: Options) -> Kept:
    """What of `result` builds images that are equivalent. Raises `FileError` and `UsageError`."""
    with verifier(path, result, options) as proving, _as_file_errors(path):

        def problem(candidate: Result) -> str | None:
            try:
                verdict = proving.verify(candidate)
            except PatchedBuildError as error:
                return error.brief
            return None if verdict.equivalent else report.reason(verdict)

        return keep_what_holds(result, lambda keys: only(path, options, result, keys), problem)


@contextmanager
def verifier(path: str, result: Result, options: Options) -> Generator[Verifier]:
    """A verifier for the Dockerfile at `path`, whose images are removed at the end of the block."""
    build = options.build
    request = Request(build.target, build.run, build.control)
    classic = settings_for(path, options).builder == "classic"
    file = None if options.paths == ("-",) else path
    with build_session(file, options.context, build, quiet=options.quiet, classic=classic) as session:
        yield Verifier(session, result.original, request)


@contextmanager
def _as_file_errors(path: str) -> Generator[None]:
    """A build that fails, an engine that refuses: one line, and below it the last lines of the failing step."""
    try:
        yield
    except BuildError as error:
        raise FileError(Problem(path, 0, str(error)), error.lines) from error
    except (EngineError, ArchiveError) as error:
        raise FileError(Problem(path, 0, str(error))) from error
    except OSError as error:
        raise FileError(Problem(error.filename or path, 0, error.strerror or str(error))) from error
