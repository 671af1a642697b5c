"""``dfopt fix``: show or make the rewrites."""

from __future__ import annotations

import sys

from ..engine import Result
from .files import write_file
from .options import Options
from .work import Sink, UsageError, complain, outcomes


def fix(options: Options) -> int:
    """Run the command; the exit code is 0, 1 when something would change and that was asked, 2 after an error."""
    failed = False
    results: list[tuple[str, Result]] = []
    sink = Sink(options.output)
    stdin = options.paths == ("-",)
    try:
        for path, result, error in outcomes(options):
            if result is None:
                complain(error)
                failed = True
                continue
            if stdin:
                sink.write(result.patched)
            elif not options.write:
                sink.write(result.diff)
            elif result.changed:
                try:
                    write_file(path, result.patched)
                except OSError as problem:
                    complain(f"{path}: {problem.strerror or problem}")
                    failed = True
                    continue
                if not options.quiet:
                    print(f"fixed {path} ({_count(len(result.applied), 'rewrite')})")
            results.append((path, result))
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            raise
        complain(f"{options.output}: {problem.strerror or problem}")
        return 2
    if not options.quiet:
        print(_summary(results, written=options.write and not stdin), file=sys.stderr)
    report(results, options)
    if failed:
        return 2
    return 1 if options.exit_code and any(result.changed for _, result in results) else 0


def _summary(results: list[tuple[str, Result]], *, written: bool) -> str:
    applied = sum(len(result.applied) for _, result in results)
    changed = sum(result.changed for _, result in results)
    unsafe = sum(item.why == "unsafe" for _, result in results for item in result.offered)
    verb = "made" if written else "found"
    text = f"{_count(applied, 'rewrite')} {verb} in {changed} of {_count(len(results), 'file')}"
    return f"{text}; {unsafe} more with --unsafe" if unsafe else text


def report(results: list[tuple[str, Result]], options: Options) -> None:
    """What ``--show-skipped`` and ``--statistics`` ask for, on standard error."""
    if options.show_skipped:
        from ..report.text import skipped

        for path, result in results:
            print(skipped(path, result), end="", file=sys.stderr)
    if options.statistics:
        from ..report.text import statistics

        print(statistics([result for _, result in results]), end="", file=sys.stderr)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
