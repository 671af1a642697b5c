"""Which rewrites hold, when all of them together do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..rules.engine import Applied, Result


class Culprit(NamedTuple):
    """A rewrite that was left out, and what it did."""

    item: Applied
    why: str


class Kept(NamedTuple):
    """The rewrites that hold together, and those that do not."""

    result: Result
    culprits: tuple[Culprit, ...]


def keep_what_holds(
    result: Result,
    only: Callable[[frozenset[tuple[str, int]]], Result],
    problem: Callable[[Result], str | None],
) -> Kept:
    """The largest set of the rewrites in `result` that has no problem; every one left out is named with its own.

    `only` makes the rewrites with the given keys alone; `problem` says what is wrong with a result, or None. The
    set is found by halving, and what holds apart but not together is added one by one.
    """
    keys = list(dict.fromkeys(item.key for item in result.applied))
    items = {item.key: item for item in result.applied}
    culprits: list[Culprit] = []

    def wrong(chosen: Sequence[tuple[str, int]]) -> str | None:
        return problem(only(frozenset(chosen))) if chosen else None

    def holding(chosen: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        why = wrong(chosen)
        if why is None:
            return list(chosen)
        if len(chosen) == 1:
            culprits.append(Culprit(items[chosen[0]], why))
            return []
        half = len(chosen) // 2
        first, second = holding(chosen[:half]), holding(chosen[half:])
        if not first or not second or wrong(first + second) is None:
            return first + second
        kept = first
        for key in second:
            why = wrong([*kept, key])
            if why is None:
                kept = [*kept, key]
            else:
                culprits.append(Culprit(items[key], why))
        return kept

    return Kept(only(frozenset(holding(keys))), tuple(culprits))
