"""``dfopt verify``: build before and after, and say what the images differ in."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager

from ..build.bisect import Kept, keep_what_holds
from ..build.engines import BuildError, BuildSession, EngineError, choose
from ..build.engines import Options as EngineOptions
from ..build.verify import PatchedBuildError, Request, Verifier
from ..image import ArchiveError
from ..image.proof import Verdict
from ..report import verify as report
from ..report.printable import place, printable
from ..rules.engine import Result
from ..rules.finding import Problem
from .options import Options
from .progress import spinner
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
                return f"{error}: {error.lines[-1] if error.lines else 'the engine says nothing'}"
            return None if verdict.equivalent else report.reason(verdict)

        return keep_what_holds(result, lambda keys: only(path, options, result, keys), problem)


@contextmanager
def verifier(path: str, result: Result, options: Options) -> Generator[Verifier]:
    """A verifier for the Dockerfile at `path`, whose images are removed at the end of the block."""
    build = options.build
    stdin = options.paths == ("-",)
    if stdin and options.context is None:
        raise UsageError("to build what comes from standard input, name its --context")
    context = options.context or os.path.dirname(os.path.abspath(path))
    try:
        engine = choose(build.engine)
    except EngineError as error:
        raise UsageError(str(error)) from error
    engine_options = EngineOptions(
        context,
        None if stdin else os.path.abspath(path),
        build.build_arg,
        build.platform,
        build.build_option,
        build.cache,
        classic=settings_for(path, options).builder == "classic",
    )
    request = Request(build.target, build.run, build.control)
    with (
        interrupted_by_termination(),
        spinner(quiet=options.quiet) as progress,
        BuildSession(engine, engine_options, progress) as session,
    ):
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


@contextmanager
def interrupted_by_termination() -> Generator[None]:
    """SIGTERM ends a build as an interrupt does: temporary images are removed first."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
