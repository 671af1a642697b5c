"""What a split has come to: for people, for programs, and for a pull request. The JSON is schema 1; sizes are bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..dockerfile.diff import unified_diff
from ..report.plain import size
from ..report.printable import place, printable
from .convert import Split


def as_text(path: str, split: Split, *, explain: bool) -> bytes:
    """The diff, which ``git apply`` takes, with what is told of it above."""
    lines = [
        f"{place(path)}: proved in two stages, {size(split.before)} become {size(split.after)} ({_percent(split)})"
    ]
    lines += ["", *(f"  {line}" for line in split.plan.why), ""] if explain else [""]
    lines += [f"  {one.command}: same output, exit status {one.before.status}" for one in split.tried]
    lines += [f"  {line}" for line in split.checks] if explain else []
    told = "".join(f"{printable(line)}\n" for line in lines)
    return told.encode() + unified_diff(split.original, split.edits, path)


def as_json(path: str, split: Split, *, explain: bool) -> bytes:
    """Everything, as one JSON document."""
    del explain  # it is all there
    document = {
        "schema": 1,
        "path": path,
        "before": split.before,
        "after": split.after,
        "base": split.plan.base,
        "packages": split.plan.packages,
        "left_out": split.plan.left_out,
        "copies": [{"sources": one.sources, "target": one.target, "owner": one.owner} for one in split.plan.copies],
        "why": split.plan.why,
        "checks": split.checks,
        "run": [{"command": one.command, "status": one.before.status} for one in split.tried],
        "patched": split.patched.decode("utf-8", "replace"),
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def as_markdown(path: str, split: Split, *, explain: bool) -> bytes:
    """A comment for a pull request."""
    diff = unified_diff(split.original, split.edits, path).decode("utf-8", "replace")
    lines = [
        "| Dockerfile | one stage | two stages | saved |",
        "|---|---:|---:|---:|",
        f"| {place(path)} | {size(split.before)} | {size(split.after)} | {_percent(split)} |",
        "",
    ]
    lines += [*(f"- {line}" for line in (*split.plan.why, *split.checks)), ""] if explain else []
    return ("\n".join([*lines, "```diff", diff.rstrip("\n"), "```"]) + "\n").encode()


def _percent(split: Split) -> str:
    return f"{(split.before - split.after) / split.before:.0%} less"


FORMATS: dict[str, Callable[..., bytes]] = {"text": as_text, "json": as_json, "markdown": as_markdown}
