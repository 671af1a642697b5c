"""What building before and after has shown: for people, for programs, and for a pull request.

The JSON is schema 1: sizes are bytes of the files in the layers, lines are 1-based and 0 where unknown, times are
seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..image.compare import Difference
from ..image.proof import Proof, Side, Tried, Verdict
from ..rules.engine import Result
from .plain import size
from .printable import place, printable

_SHOWN = 20  # differences that a report for people lists


def as_text(path: str, result: Result, verdict: Verdict) -> str:
    """A report for a terminal."""
    return "".join(_text(path, result, proof) for proof in verdict.proofs)


def _text(path: str, result: Result, proof: Proof) -> str:
    before, after = proof.before, proof.after
    lines = [f"{_title(place(path), proof)}: {_verdict(proof)}", ""]
    lines += [
        f"  before  {size(before.size):>9}  built in {before.seconds:.0f} s",
        f"  after   {size(after.size):>9}  built in {after.seconds:.0f} s",
        f"  saved   {size(before.size - after.size):>9}  {_percent(proof)}",
        "",
    ]
    if proof.rules:
        lines += ["  saved by rule", *(f"  {size(saved):>17}  {_rule(name)}" for name, saved in proof.rules), ""]
    for title, side in (("layers before", before), ("layers after", after)):
        lines += [f"  {title} (below them {size(side.base)} that both share)"]
        lines += [
            f"  {size(layer.size):>17}  {f'line {layer.line}: ' if layer.line else ''}{_brief(layer.created_by)}"
            for layer in side.layers
        ]
        lines.append("")
    lines += [line for tried in proof.tried for line in _tried(tried)]
    comparison = proof.comparison
    if comparison.undeclared:
        lines += ["  differences that no rewrite declares", *_listed(comparison.undeclared)]
        if proof.control is None:
            lines.append("    (--control tells which of them any two builds have)")
        lines.append("")
    if proof.control:
        lines += ["  two builds of the original differ in these too, so they do not count", *_listed(proof.control), ""]
    elif proof.control is not None:
        lines += ["  two builds of the original differ in nothing that counts", ""]
    rewrites = "1 rewrite" if len(result.applied) == 1 else f"{len(result.applied)} rewrites"
    lines.append(
        f"  {rewrites}; {len(comparison.declared)} paths differ as declared, "
        f"{len(comparison.volatile)} as they do between any two builds"
    )
    return "".join(f"{printable(line)}\n" for line in lines)


def _tried(tried: Tried) -> list[str]:
    first, *more = tried.command.splitlines() or [""]
    command = _brief(first) + (" …" if more else "")
    if tried.agrees:
        return [f"  {command}: same output, exit status {tried.before.status}", ""]
    lines = [f"  {command}: differs"]
    for title, ran in (("before", tried.before), ("after", tried.after)):
        shown = ran.output.decode("utf-8", "replace").splitlines()[-_SHOWN:]
        lines += [f"    {title}: exit status {ran.status}", *(f"      {line}" for line in shown)]
    return [*lines, ""]


def _listed(differences: tuple[Difference, ...]) -> list[str]:
    lines = [f"    {item.path}: {item.how}" for item in differences[:_SHOWN]]
    more = len(differences) - _SHOWN
    return [*lines, f"    and {more} more"] if more > 0 else lines


def as_markdown(path: str, _: Result, verdict: Verdict) -> str:
    """A table for a pull request."""
    lines = [
        "| Dockerfile | before | after | saved | verdict |",
        "|---|---:|---:|---:|---|",
        *(
            f"| {_cell(_title(path, proof))} | {size(proof.before.size)} | {size(proof.after.size)} "
            f"| {size(proof.before.size - proof.after.size)} ({_percent(proof)}) | {_verdict(proof)} |"
            for proof in verdict.proofs
        ),
    ]
    for proof in verdict.proofs:
        if proof.rules:
            lines += ["", "| rule | saved |", "|---|---:|"]
            lines += [f"| {_cell(_rule(name))} | {size(saved)} |" for name, saved in proof.rules]
        bad = [f"| {_cell(item.path)} | {_cell(item.how)} |" for item in proof.comparison.undeclared[:_SHOWN]]
        bad += [
            f"| {_cell(tried.command)} | other output or exit status |" for tried in proof.tried if not tried.agrees
        ]
        if bad:
            lines += ["", "| differs | how |", "|---|---|", *bad]
    return "\n".join(lines) + "\n"


def as_json(path: str, result: Result, verdict: Verdict) -> str:
    """Everything, as one JSON document."""
    document = {
        "schema": 1,
        "path": path,
        "equivalent": verdict.equivalent,
        "rewrites": [{"rule": item.finding.rule, "offset": item.start} for item in result.applied],
        "targets": [_proof(proof) for proof in verdict.proofs],
    }
    return json.dumps(document, indent=2) + "\n"


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "target": proof.target,
        "equivalent": proof.equivalent,
        "before": _side(proof.before),
        "after": _side(proof.after),
        "saved": proof.before.size - proof.after.size,
        "rules": [{"rules": name.split(", ") if name else [], "saved": saved} for name, saved in proof.rules],
        "undeclared": [item._asdict() for item in proof.comparison.undeclared],
        "declared": [item._asdict() for item in proof.comparison.declared],
        "volatile": [item._asdict() for item in proof.comparison.volatile],
        "control": None if proof.control is None else [item._asdict() for item in proof.control],
        "commands": [
            {"command": tried.command, "agrees": tried.agrees, "status": [tried.before.status, tried.after.status]}
            for tried in proof.tried
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    layers = [layer._asdict() for layer in side.layers]
    return {"size": side.size, "seconds": round(side.seconds, 1), "shared": side.base, "layers": layers}


FORMATS: dict[str, Callable[[str, Result, Verdict], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}


def reason(verdict: Verdict) -> str:
    """The first thing that is wrong, in a line."""
    for proof in verdict.proofs:
        undeclared = proof.comparison.undeclared
        if undeclared:
            first, *more = undeclared
            return f"{first.path}: {first.how}" + (f", and {len(more)} more" if more else "")
        for tried in proof.tried:
            if not tried.agrees:
                return f"{tried.command}: other output or exit status"
    return ""


def _percent(proof: Proof) -> str:
    return f"{(proof.before.size - proof.after.size) / max(1, proof.before.size):.1%}"


def _verdict(proof: Proof) -> str:
    return "equivalent" if proof.equivalent else "differs"


def _title(path: str, proof: Proof) -> str:
    return f"{path} ({proof.target})" if proof.target else path


def _rule(name: str) -> str:
    return name or "(no single rule)"


def _brief(created_by: str) -> str:
    return created_by if len(created_by) <= 70 else created_by[:69] + "…"


def _cell(words: str) -> str:
    return printable(words).replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`").replace("<", "&lt;")
