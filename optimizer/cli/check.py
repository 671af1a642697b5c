"""``dfopt check``: list the findings."""

from __future__ import annotations

from ..engine import Result
from .fix import report
from .options import Options
from .work import Sink, UsageError, complain, outcomes


def check(options: Options) -> int:
    """Run the command; the exit code is 0 when nothing was found, 1 when something was, 2 after an error."""
    results: list[tuple[str, Result]] = []
    errors: list[str] = []
    sink = Sink(options.output)
    try:
        for path, result, error in outcomes(options):
            if result is None:
                complain(error)
                errors.append(error)
                continue
            results.append((path, result))
            if options.format == "text":
                from ..report.text import findings

                sink.write(findings(path, result).encode("utf-8", "surrogateescape"))
        if options.format == "json":
            from ..report.json import findings as as_json

            sink.write(as_json(results, errors).encode("utf-8"))
        sink.close()
    except UsageError as problem:
        complain(str(problem))
        return 2
    except OSError as problem:
        if isinstance(problem, BrokenPipeError):
            raise
        complain(f"{options.output}: {problem.strerror or problem}")
        return 2
    report(results, options)
    if errors:
        return 2
    from ..report.text import shown

    return 1 if any(shown(result) for _, result in results) else 0
