"""What a request was told already, and what of a review it was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from ..report.markdown import marks
from ..review.review import Item, Review, Reviewed
from ..rules.finding import Problem

Said = tuple[Reviewed, Item]
#: The key of something said, and the line that it stands on now; None for what stands on no line.
Told = set[tuple[str, int | None]]
_Any = TypeVar("_Any")


class Standing(NamedTuple):
    """What a request was told in one place: the platform's number of it, its path, and whether this run said it."""

    number: int
    told: Told
    ours: bool
    path: str


def standing(number: object, told: Told, path: str, *, ours: bool) -> Standing:
    """What the platform numbers so, below `path`."""
    return Standing(number if isinstance(number, int) else 0, told, ours, f"{path}/{number}")


def doubles(all_standing: Iterable[Standing]) -> Iterator[Standing]:
    """Those of ours that say only what others had said by then, in a run at the same time: numbers grow with time."""
    before: Told = set()
    for one in sorted(all_standing, key=lambda one: one.number):
        if not one.ours:
            before |= one.told
        elif one.told and one.told <= before:
            yield one


def keys(text: object) -> Told:
    """What a text that stands on no line says, by the marks in it."""
    return {(key, None) for key in marks(text)} if isinstance(text, str) else set()


def key(text: object, line: object) -> Told:
    """What a comment on a line says."""
    found = marks(text) if isinstance(text, str) else []
    return {(found[-1], line if isinstance(line, int) else None)} if found else set()


def unsaid(review: Review, told: Told) -> list[Said]:
    """The items of `review` that were not said.

    Equal lines have equal keys but for a number, which another of them gets when one is accepted: what was said of one
    is known by its line, and counts for any other where its line is nobody's.
    """
    standing = {(_bare(key), "" if line is not None else key, line) for key, line in told}
    places: dict[str, list[int | None]] = {}
    for bare, _, line in sorted(standing, key=lambda place: (place[0], place[2] or 0, place[1])):
        places.setdefault(bare, []).append(line)
    others: list[Said] = []
    for item in review.items:
        found = places.get(_bare(item[1].key), [])
        if item[1].last in found:
            found.remove(item[1].last)
        else:
            others.append(item)
    new: list[Said] = []
    for item in others:
        if found := places.get(_bare(item[1].key)):
            found.pop()
        else:
            new.append(item)
    return new


def left(review: Review, items: list[Said], told: Told) -> list[Said]:
    """Those of `items`, which are some of `review`, that were not said."""
    new = {item.key for _, item in unsaid(review, told)}
    return [one for one in items if one[1].key in new]


def unsaid_problems(problems: Iterable[Problem], told: Told) -> list[Problem]:
    """Those of `problems` that were not said."""
    known = {key for key, _ in told}
    return [problem for problem in problems if problem.key not in known]


def _bare(key: str) -> str:
    return key.partition("-")[0]


def parts(things: list[_Any], most: int) -> list[list[_Any]]:
    """`things` in lists of at most `most`."""
    return [things[start : start + most] for start in range(0, len(things), most)]
