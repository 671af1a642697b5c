"""What the cases of a rule have to show: Dockerfiles before and after, and why some stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.engine import Result
from dfopt.optimizer.rules.finding import Finding
from dfopt.optimizer.rules.registry import BY_NAME


class Said(NamedTuple):
    """What is shown of a finding: at which text, in which words, and what it declares."""

    where: str
    message: str
    reason: str = ""
    removes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


def only(rule: str, text: str, *, unsafe: bool = False, context: Context | None = None) -> Result:
    """`text` as `rule` alone leaves it; a rule that is never safe is let loose."""
    unsafe = unsafe or BY_NAME[rule].applicability == "unsafe"
    return optimize(text, context=context, settings=Settings(select=frozenset((rule,)), unsafe=unsafe))


def context_of(directory: Path, modes: dict[str, int]) -> Context:
    """A build context of files with `modes`; a name that ends in ``/`` is a directory, one that ends in ``@`` a link."""
    for name, mode in modes.items():
        path = directory / name.rstrip("@")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("@"):
            path.symlink_to("/nowhere")
        elif name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(b"x" * 1000)
            path.chmod(mode)
    return Context(str(directory))


def findings(result: Result) -> list[Finding]:
    """All findings of a result, applied or not."""
    return [item.finding for item in (*result.applied, *result.offered)]


def said(rule: str, text: str) -> list[Said]:
    """What `rule` says of `text`, in the order of the text, with nothing applied."""
    result = optimize(text, settings=Settings(select=frozenset((rule,)), unsafe=True, only=frozenset()))
    found = [item.finding for item in sorted(result.offered, key=lambda item: (item.start, item.finding.removes))]
    return [
        Said(text[finding.start : finding.end], finding.message, finding.reason, finding.removes, finding.changes)
        for finding in found
    ]


def check_rewrite(rule: str, before: str, after: str) -> None:
    """`before` becomes `after` safely, and that stays."""
    result = only(rule, before)
    assert result.text == after
    assert not only(rule, after).changed


def check_unsafe(rule: str, before: str, after: str, reason: str) -> None:
    """`before` stays for `reason`, and becomes `after` when that is accepted."""
    check_keep(rule, before, reason)
    assert only(rule, before, unsafe=True).text == after


def check_keep(rule: str, text: str, expected: str | tuple[str, str]) -> None:
    """`text` stays as it is.

    Either for the reason `expected`, or without a word, where `rule` does find something once the first text of
    `expected` is replaced by the second: so this difference is what keeps it.
    """
    result = only(rule, text)
    assert result.text == text
    if isinstance(expected, str):
        assert expected
        assert [item for item in findings(result) if expected in item.reason], findings(result)
    else:
        old, new = expected
        assert not findings(result)
        assert text.count(old) == 1
        assert findings(only(rule, text.replace(old, new)))
