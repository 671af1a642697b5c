"""One file through the engine, and many of them: errors become lines, order stays whatever the number of jobs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

from ..config import Config, ConfigError, find_config, read_config, similar
from ..engine import Result, Settings, optimize
from ..scanner import DockerfileError
from ..transform import BY_NAME
from .files import find_files, read_file
from .options import Options


class UsageError(Exception):
    """An option that makes no sense; the text says which."""


class Outcome(NamedTuple):
    """What became of one file: a result, or an error as ``PATH:LINE: what is wrong``."""

    path: str
    result: Result | None
    error: str = ""


def check_options(options: Options) -> None:
    """Raise `UsageError` for rule names that do not exist, a context that is no folder, or a second stdin."""
    for name in (*options.select, *options.ignore):
        if name not in BY_NAME:
            raise UsageError(f"unknown rule {name!r}{similar(name, tuple(BY_NAME))}")
    if options.context is not None and not os.path.isdir(options.context):
        raise UsageError(f"{options.context}: the context is not a folder")
    if "-" in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for standard input and goes with no other path")


def outcomes(options: Options) -> Iterator[Outcome]:
    """What became of every file, in the order in which they were found. Raises `UsageError`."""
    check_options(options)
    if options.paths == ("-",):
        yield _process(options.stdin_filename or "-", options, sys.stdin.buffer.read())
        return
    files = find_files(options.paths)
    if options.jobs == 1:
        for path in files:
            yield _process(path, options)
        return
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial

    with ProcessPoolExecutor(options.jobs) as pool:
        yield from pool.map(partial(_process, options=options), files, chunksize=16)


def _process(path: str, options: Options, data: bytes | None = None) -> Outcome:
    try:
        text = read_file(path) if data is None else data
        settings = _settings(path, options)
        shown = "Dockerfile" if path == "-" else _shown(path)
        from ..context import Context, find_context

        context = Context(options.context) if options.context else (find_context(path, text) if data is None else None)
        return Outcome(path, optimize(text, path=shown, context=context, settings=settings))
    except OSError as error:
        return Outcome(path, None, f"{path}: {error.strerror or error}")
    except DockerfileError as error:
        return Outcome(path, None, f"{path}:{error.line}: {error.reason}")
    except ConfigError as error:
        return Outcome(path, None, str(error))
    except Exception as error:
        if os.environ.get("DFOPT_DEBUG"):
            raise
        return Outcome(path, None, f"{path}: a bug in dfopt ({type(error).__name__}: {error}); the file is as it was")


def _settings(path: str, options: Options) -> Settings:
    """The configuration file's settings, overruled by the command line's."""
    if options.isolated:
        config = Config()
    elif options.config:
        config = read_config(options.config) or Config()
    else:
        config = find_config(path)
    settings = config.settings(path)
    return Settings(
        frozenset(options.select) or settings.select,
        settings.ignore | frozenset(options.ignore),
        settings.unsafe if options.unsafe is None else options.unsafe,
        options.builder or settings.builder,
        settings.all_stages if options.all_stages is None else options.all_stages,
    )


def _shown(path: str) -> str:
    """`path` as a diff names it: relative to the current folder where it lies below it."""
    relative = os.path.relpath(path)
    return (path.lstrip("/") if relative.startswith("..") else relative).replace(os.sep, "/")


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stdout.flush()
    print(f"dfopt: {text}", file=sys.stderr)


class Sink:
    """Standard output, or the file that ``--output`` names, in bytes; a file appears whole or not at all."""

    def __init__(self, output: str | None) -> None:
        self.output = output
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        if self.output is None:
            sys.stdout.buffer.write(data)
        else:
            self.parts.append(data)

    def close(self) -> None:
        """Raises `OSError`."""
        if self.output is None:
            sys.stdout.flush()
            return
        with open(self.output, "wb") as file:
            file.write(b"".join(self.parts))
