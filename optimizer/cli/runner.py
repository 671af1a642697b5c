"""One file through the engine, and many of them: errors become lines, order stays whatever the number of jobs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from ..dockerfile.record import Record
from ..dockerfile.scanner import DockerfileError
from ..facts.files import read_file
from ..knowledge.assumptions import ASSUMPTIONS
from ..report.printable import printable, printable_lines
from ..rules.config import Config, ConfigError, assumed, find_config, named_config, similar
from ..rules.engine import Result, Settings, optimize
from ..rules.finding import Problem
from ..rules.registry import ALL, BY_NAME
from .files import find_files, write_output
from .options import Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..dockerfile.document import Document
    from ..dockerfile.shell import Scripts
    from ..facts.context import Context
    from ..review.suggest import Refix


class UsageError(Exception):
    """A command that cannot be done as it was given; the text says why."""


class FileError(Exception):
    """One file that could not be dealt with; `lines` are shown below what is wrong."""

    def __init__(self, problem: Problem, lines: tuple[str, ...] = ()) -> None:
        super().__init__(problem.text)
        self.problem = problem
        self.lines = lines


class Outcome(Record):
    """What became of one file: a result, or what is wrong with it."""

    path: str
    result: Result | None
    problem: Problem | None = None


def for_each(options: Options, handle: Callable[[str, Result], None]) -> list[Problem]:
    """Give `handle` the path and the result of every file, in the order in which the files are found.

    Returns the errors, each of them said once on standard error. `handle` may raise `FileError`. Raises `UsageError`.
    """
    check_options(options)
    errors: list[Problem] = []

    def take(outcome: Outcome) -> None:
        problem, lines = outcome.problem, ()
        if outcome.result is not None:
            try:
                return handle(outcome.path, outcome.result)
            except FileError as error:
                problem, lines = error.problem, error.lines
        if problem and problem not in errors:  # a bad configuration is the same problem for every file below it
            errors.append(problem)
            complain(problem.text, lines)
        return None

    if options.paths == ("-",):
        take(_process(options.stdin_filename or "-", options, sys.stdin.buffer.read()))
    elif options.jobs == 1:
        for path in find_files(options.paths):
            take(_process(path, options))
    else:
        _in_parallel(options, take)
    return errors


def _in_parallel(options: Options, take: Callable[[Outcome], None]) -> None:
    """Process the files in as many processes as there are jobs, and `take` their outcomes in the order of the files."""
    import signal
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from functools import partial

    files = list(find_files(options.paths))
    pool = ProcessPoolExecutor(options.jobs, initializer=_leave_interrupts_to_parent)
    try:
        # An interrupt must not reach a worker before it has learned to leave it alone: workers inherit the mask.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,)) if os.name == "posix" else ()
        outcomes = pool.map(partial(_process, options=options), files, chunksize=16)
        if os.name == "posix":
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
        for outcome in outcomes:
            take(outcome)
    except BrokenProcessPool as error:
        raise UsageError("a worker process was killed; fewer --jobs take less memory") from error
    finally:
        pool.shutdown(cancel_futures=True)


def check_options(options: Options) -> None:
    """Raise `UsageError` for unknown rules, a bad configuration, a context that is no directory, or a second stdin."""
    for name in (*options.select, *options.extend_select, *options.ignore):
        if name not in BY_NAME and (name != ALL or name not in options.select):
            raise UsageError(f"unknown rule {name!r}{similar(name, tuple(BY_NAME))}")
    if options.assume and assumed(options.assume) is None:
        wrong = next((name for name in options.assume if assumed(name) is None), " ".join(options.assume))
        raise UsageError(f"unknown assumption {wrong!r}{similar(wrong, tuple(ASSUMPTIONS))}")
    if options.context is not None and not os.path.isdir(options.context):
        raise UsageError(f"{options.context}: the context is not a directory")
    if "-" in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for standard input and goes with no other path")
    if options.config and not options.isolated:
        try:
            named_config(options.config)
        except ConfigError as error:
            raise UsageError(str(error)) from error


def _leave_interrupts_to_parent() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _process(
    path: str,
    options: Options,
    data: bytes | None = None,
    *,
    is_file: bool | None = None,
    scripts: Scripts | None = None,
) -> Outcome:
    try:
        text = read_file(path) if data is None else data
        known = data is None if is_file is None else is_file
        return Outcome(
            path, _optimize(path, text, options, settings_for(path, options), is_file=known, scripts=scripts)
        )
    except OSError as error:
        return Outcome(path, None, Problem(path, 0, error.strerror or str(error)))
    except DockerfileError as error:
        return Outcome(path, None, Problem(path, error.line, error.reason))
    except ConfigError as error:
        return Outcome(path, None, error.problem)
    except Exception as error:
        if os.environ.get("DFOPT_DEBUG"):
            raise
        bug = f"a bug in dfopt ({type(error).__name__}: {error}); the file is as it was"
        return Outcome(path, None, Problem(path, 0, bug))


_COPYING = (b"COPY", b"ADD", b"copy", b"add", b"mount")
_shared: dict[str, object] = {}  # of the contexts of one command


def _find_context(path: str, document: Document, options: Options, *, is_file: bool) -> Context | None:
    if not any(word in document.source.data for word in _COPYING):
        return None
    from ..facts.context import Context, find_context

    if options.context:
        return Context(options.context, os.path.abspath(path) if is_file else None, _shared)
    return find_context(path, document, _shared) if is_file else None


def _optimize(
    path: str,
    text: bytes,
    options: Options,
    settings: Settings,
    *,
    is_file: bool,
    scripts: Scripts | None = None,
    goal: bytes | None = None,
) -> Result:
    shown = "Dockerfile" if path == "-" else shown_path(path)

    found: list[Context | None] = []

    def context(document: Document) -> Context | None:
        if not found:
            found.append(_find_context(path, document, options, is_file=is_file))
        return found[0]

    return optimize(text, path=shown, context=context, settings=settings, scripts=scripts, goal=goal)


def refix(path: str, options: Options, *, is_file: bool = True, scripts: Scripts | None = None) -> Refix:
    """What makes of another text of the file at `path` what is made of the file, of which `scripts` are known."""
    settings = settings_for(path, options)
    only = frozenset(name for name, rule in BY_NAME.items() if rule.applicability == "safe" or settings.unsafe)
    settings = settings._replace(ignore=settings.ignore | (BY_NAME.keys() - only))  # the others do not change a text
    known = {} if scripts is None else scripts

    def again(text: bytes, *, goal: bytes) -> Result:
        return _optimize(path, text, options, settings, is_file=is_file, scripts=known, goal=goal)

    return again


def optimized(path: str, text: bytes, options: Options, *, in_place: bool, scripts: Scripts | None = None) -> Result:
    """What becomes of `text` as the contents of `path`, built in the directory that it lies `in_place` in.

    `scripts` are those of texts much like it, to which those of this text are added. Raises `FileError`.
    """
    outcome = _process(path, options, text, is_file=in_place, scripts=scripts)
    if outcome.result is None:
        raise FileError(outcome.problem or Problem(path, 0, "nothing came of it"))
    return outcome.result


def fixed(
    path: str,
    text: bytes,
    options: Options,
    keys: frozenset[tuple[str, int]] | None = None,
    scripts: Scripts | None = None,
) -> Result:
    """What becomes of `text` as the contents of `path`; with `keys`, no more than the rewrites that have them.

    `scripts` are those of texts much like it, to which those of this text are added. Raises `DockerfileError` and
    `ConfigError`.
    """
    settings = settings_for(path, options)
    if keys is not None:
        settings = settings._replace(only=keys, unsafe=True)
    return _optimize(path, text, options, settings, is_file=True, scripts=scripts)


def only(path: str, options: Options, result: Result, keys: frozenset[tuple[str, int]]) -> Result:
    """`result` again with no more than the rewrites that have these keys."""
    settings = settings_for(path, options)._replace(only=keys)
    return _optimize(path, result.original, options, settings, is_file=options.paths != ("-",))


def settings_for(path: str, options: Options) -> Settings:
    """The configuration file's settings for `path`, overruled by the command line's. Raises `ConfigError`."""
    if options.isolated:
        config = Config()
    elif options.config:
        config = named_config(options.config)
    else:
        config = find_config(path)
    select, ignore = frozenset(options.select), frozenset(options.ignore)
    if select:  # who names a rule wants it, whatever the file ignores
        config = config._replace(select=select, ignore=config.ignore - select)
    if options.prefer:
        config = config._replace(prefer=config.prefer | frozenset(options.prefer))
    settings = config.settings(path)
    return Settings(
        settings.select,
        settings.ignore | ignore,
        settings.unsafe if options.unsafe is None else options.unsafe,
        options.builder or settings.builder,
        settings.all_stages if options.all_stages is None else options.all_stages,
        extend=(settings.extend | frozenset(options.extend_select)) - ignore,
        manual=options.manual or options.show_skipped,
        assume=settings.assume if not options.assume else assumed(options.assume) or frozenset(),
    )


def shown_path(path: str) -> str:
    """`path` as a diff names it: relative to the current directory, or to the root: ``git apply`` takes no ``..``.

    Links are resolved, because it does not follow them either.
    """
    real = os.path.realpath(path)
    relative = os.path.relpath(real)
    return (real.lstrip("/") if relative.split(os.sep, 1)[0] == ".." else relative).replace(os.sep, "/")


def within(directory: str, path: str) -> str:
    """`path` relative to `directory`, as it is named there; unchanged where it lies elsewhere."""
    relative = os.path.relpath(os.path.abspath(path), os.path.abspath(directory))
    return path if relative.split(os.sep, 1)[0] == ".." else relative


def complain(text: str, lines: tuple[str, ...] = ()) -> None:
    """One line on standard error, whatever characters a name or a broken file puts into it; below it, `lines`."""
    sys.stdout.flush()
    print(f"dfopt: {printable(text)}", file=sys.stderr)
    for line in lines:
        print(f"    {printable(line)}", file=sys.stderr)


class Sink:
    """Standard output, or the file that ``--output`` names, in bytes; a file appears whole or not at all.

    A diff is for ``git apply``, byte for byte; a terminal gets it, as everything else, in characters that can be seen.
    """

    def __init__(self, output: str | None) -> None:
        self.output = output
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Raises `OSError`."""
        if self.output is None:
            shown = printable_lines(data).encode() if sys.stdout.isatty() else data
            sys.stdout.buffer.write(shown)
        else:
            self.parts.append(data)

    def close(self) -> None:
        """Raises `OSError`, and `UsageError` where the file cannot be written."""
        if self.output is None:
            sys.stdout.flush()
            return
        try:
            write_output(self.output, b"".join(self.parts))
        except OSError as error:
            raise UsageError(f"{self.output}: {error.strerror or error}") from error
