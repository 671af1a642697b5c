"""Builds for one command: the engine that answers, progress on a terminal, and tidying up however the command ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager

from ..build.engines import BuildSession, EngineError, Options, choose
from .options import BuildOptions
from .progress import spinner
from .runner import UsageError


@contextmanager
def build_session(
    path: str | None, context: str | None, build: BuildOptions, *, quiet: bool, classic: bool = False
) -> Generator[BuildSession]:
    """A session for the Dockerfile at `path`, None for standard input, in `context`, or else beside the Dockerfile.

    Its images are removed at the end of the block. Raises `UsageError` where no engine answers, or nothing is named.
    """
    if path is None and context is None:
        raise UsageError("to build what comes from standard input, name its --context")
    try:
        engine = choose(build.engine)
    except EngineError as error:
        raise UsageError(str(error)) from error
    dockerfile = None if path is None else os.path.abspath(path)
    options = Options(
        context or os.path.dirname(dockerfile or ""),
        dockerfile,
        build.build_arg,
        build.platform,
        build.build_option,
        build.cache,
        classic,
    )
    with (
        _interrupted_by_termination(),
        spinner(quiet=quiet) as progress,
        BuildSession(engine, options, progress) as session,
    ):
        yield session


@contextmanager
def _interrupted_by_termination() -> Generator[None]:
    """SIGTERM ends a build as an interrupt does: temporary images are removed first."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
