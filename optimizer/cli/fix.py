"""``dfopt fix``: show or make the rewrites."""

from __future__ import annotations

import sys

from ..report.printable import printable
from ..rules.engine import Result
from ..rules.finding import Problem
from .files import write_file
from .options import Options
from .runner import FileError, Sink, UsageError, complain, for_each, refix


def fix(options: Options) -> int:
    """Run the command; the exit code is 0, 1 when something would change and that was asked, 2 after an error."""
    results: list[tuple[str, Result]] = []
    sink = Sink(options.output)
    stdin = options.paths == ("-",)
    asked = None
    if options.interactive:
        from .interactive import questions

        asked = questions()
        options = options._replace(write=True)

    def handle(path: str, result: Result) -> None:
        if options.verify and result.changed:
            result = _proved(path, result, options)
        if asked and result.changed:
            text = asked.chosen(path, result, refix(path, options))
            result = result._replace(patched=text)
        if stdin:
            sink.write(result.patched)
        elif result.changed and not options.write:
            sink.write(result.diff)
        elif result.changed:
            try:
                write_file(path, result.patched, result.original)
            except OSError as problem:
                raise FileError(Problem(path, 0, problem.strerror or str(problem))) from problem
            if not options.quiet:
                made = "as you chose" if asked else count(len(result.applied), "rewrite")
                sink.write(f"fixed {printable(path)} ({made})\n".encode())
        results.append((path, result))

    try:
        errors = for_each(options, handle)
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    if not options.quiet and not asked:
        print(_summary(results, errors, written=options.write and not stdin), file=sys.stderr)
    report(results, options)
    if errors:
        return 2
    return 1 if options.exit_code and any(result.changed for _, result in results) else 0


def _proved(path: str, result: Result, options: Options) -> Result:
    """What of `result` builds equivalent images; what does not is named."""
    from ..dockerfile.source import Source
    from .verify import keep_proved

    kept = keep_proved(path, result, options)
    source = Source(result.original)
    for item, why in kept.culprits:
        line, _ = source.position(item.start)
        complain(f"{path}:{line}: {item.finding.rule} left out: {why}")
    return kept.result


def _summary(results: list[tuple[str, Result]], errors: list[Problem], *, written: bool) -> str:
    if not results and not errors:
        return "no Dockerfile found"
    applied = sum(len(result.applied) for _, result in results)
    changed = sum(result.changed for _, result in results)
    unsafe = sum(item.why == "unsafe" for _, result in results for item in result.offered)
    verb = "made" if written else "found"
    text = f"{count(applied, 'rewrite')} {verb} in {changed} of {count(len(results), 'file')}"
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


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
