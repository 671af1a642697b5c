"""Findings as lines for people."""

from __future__ import annotations

from ..dockerfile.diff import split_lines
from ..dockerfile.source import Source
from ..rules.engine import Applied, Offered, Result
from ..rules.finding import Problem
from .plain import conditions
from .printable import place, printable, printable_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..review.review import Reviewed


def shown(result: Result) -> list[Applied | Offered]:
    """The findings that ``check`` lists, in the order of their places: what would be applied, with or without
    ``--unsafe``, and what is only ever shown; not what is suppressed or has no fix.
    """
    listed: list[Applied | Offered] = [*result.applied]
    listed += (item for item in result.offered if item.why in ("unsafe", "manual"))
    return sorted(listed, key=lambda item: (item.start, item.finding.rule))


def findings(path: str, result: Result) -> str:
    """``path:line:column: rule message`` and the source line, for every finding."""
    source = Source(result.original)
    lines: list[str] = []
    for item in shown(result):
        line, column = source.position(item.start)
        mark = ""
        if isinstance(item, Offered):
            mark = f" ({item.why}: {item.finding.reason})" if item.finding.reason else f" ({item.why})"
        mark += conditions(item.finding)
        said = f"{place(path)}:{line}:{column}: {item.finding.rule} {item.finding.message}{mark}"
        lines += (f"{printable(said)}\n", f"    {_shown(source.line_text(line)).strip()}\n")
    return "".join(lines)


def problem(problem: Problem) -> str:
    """``path:line: error why`` for a file that could not be looked at."""
    return printable(f"{place(problem.place)}: error {problem.reason}") + "\n"


def reviewed(file: Reviewed) -> str:
    """``path:line: rules why`` for everything there is to say, and the suggestion below it as a diff shows it."""
    lines: list[str] = []
    old = split_lines(file.result.original)
    for item in file.items:
        why = ". ".join(dict.fromkeys(found.finding.message for found in item.findings))
        lines.append(printable(f"{place(file.path)}:{item.first}: {', '.join(item.rules)} {why}") + "\n")
        if item.suggestion:
            for change in item.suggestion.changes:
                lines += (f"    -{_shown(line)}\n" for line in old[change.start : change.end])
                lines += (f"    +{_shown(line)}\n" for line in change.lines)
    return "".join(lines)


def _shown(line: bytes) -> str:
    return printable_lines(line.removesuffix(b"\n"))


def skipped(path: str, result: Result) -> str:
    """What was not applied, and why, a line each."""
    source = Source(result.original)
    lines: list[str] = []
    for item in sorted(result.offered, key=lambda item: (item.start, item.finding.rule)):
        line, column = source.position(item.start)
        why = f"{item.why}: {item.finding.reason}" if item.finding.reason else item.why
        lines.append(printable(f"{place(path)}:{line}:{column}: skipped {item.finding.rule} ({why})") + "\n")
    return "".join(lines)


def statistics(results: list[Result]) -> str:
    """How often each rule was applied and offered."""
    from collections import Counter

    applied = Counter(item.finding.rule for result in results for item in result.applied)
    unsafe = Counter(item.finding.rule for result in results for item in result.offered if item.why == "unsafe")
    names = sorted({*applied, *unsafe}, key=lambda name: (-applied[name], -unsafe[name], name))
    return "".join(
        f"{applied[name]:6}  {name}{f'  (+{unsafe[name]} unsafe)' if unsafe[name] else ''}\n" for name in names
    )
