"""``dfopt check``: list the findings."""

from __future__ import annotations

import sys

from ..report.text import findings, shown
from ..rules.engine import Offered, Result
from ..rules.finding import Problem
from .fix import count, report
from .options import Options
from .runner import Sink, UsageError, complain, for_each, refix, within


def check(options: Options) -> int:
    """Run the command; the exit code is 0 when nothing was found, 1 when something was, 2 after an error."""
    options = options._replace(manual=True)
    results: list[tuple[str, Result]] = []
    sink = Sink(options.output)

    def handle(path: str, result: Result) -> None:
        results.append((path, result))
        if options.format == "text":
            sink.write(findings(path, result).encode())

    try:
        errors = for_each(options, handle)
        if options.format == "json":
            from ..report.json import findings as as_json

            sink.write(as_json(results, [error.text for error in errors]).encode("utf-8"))
        elif options.format != "text":
            sink.write(_written(options, results, errors))
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    if not options.quiet:
        print(_summary(results, errors), file=sys.stderr)
    report(results, options)
    if errors:
        return 2
    return 1 if any(shown(result) for _, result in results) else 0


def _written(options: Options, results: list[tuple[str, Result]], errors: list[Problem]) -> bytes:
    from ..report.formats import write
    from ..review.review import Review, review_file

    files = [
        review_file(path, result, refix(path, options, is_file=options.paths != ("-",))) for path, result in results
    ]
    here = tuple(error._replace(path=within(".", error.path)) for error in errors)
    return write(options.format, Review(tuple(files), here))


def _summary(results: list[tuple[str, Result]], errors: list[Problem]) -> str:
    if not results and not errors:
        return "no Dockerfile found"
    listed = [shown(result) for _, result in results]
    found = [item for items in listed for item in items]
    unsafe = sum(isinstance(item, Offered) and item.why == "unsafe" for item in found)
    text = f"{count(len(found), 'finding')} in {sum(map(bool, listed))} of {count(len(results), 'file')}"
    return f"{text}; {unsafe} of them fixed only with --unsafe" if unsafe else text
