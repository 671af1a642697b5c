"""Sending a review: what was said before is not said again, what is refused does not take the rest with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

_ATTEMPTS = 5
_LONGEST = 120.0  # seconds; who is told to come back later than that gives up
_Made = TypeVar("_Made")


class PostError(Exception):
    """Something that the platform would not do; the text is one line, and never holds a token."""


class ApiError(Exception):
    """An answer that is no success: its status, 0 where none came, its message, and its headers in lower case."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}

    @property
    def limited(self) -> bool:
        """Whether it only says that too much was asked (GitHub's and GitLab's manuals on rate limits)."""
        if self.status == 429:
            return True
        left = self.headers.get("x-ratelimit-remaining", self.headers.get("ratelimit-remaining"))
        words = self.message.lower()
        return self.status == 403 and ("retry-after" in self.headers or left == "0" or "rate limit" in words)


class Posted(NamedTuple):
    """How many things were said now, had been said before, and were refused on their lines and said elsewhere."""

    said: int
    before: int
    refused: int


def patiently(
    call: Callable[[], _Made],
    *,
    done: Callable[[], _Made | None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.time,
) -> _Made:
    """What `call` returns, tried again after a failure that passes: no connection, a 5xx, a rate limit.

    Before it is tried again, `done` says whether it was done although the answer was lost, with what it made.
    Raises `ApiError` for any other failure, and when patience ends.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return call()
        except ApiError as answer:
            wait = _wait(answer, attempt, now())
            if wait is None or attempt == _ATTEMPTS - 1:
                raise
        sleep(wait)
        if done is not None and (made := done()) is not None:
            return made
    raise AssertionError("the last attempt returns or raises")


def _wait(answer: ApiError, attempt: int, now: float) -> float | None:
    """How many seconds to wait before another attempt; None where there is no use in one."""
    passing = answer.limited or answer.status == 0 or answer.status >= 500
    if not passing:
        return None
    told = answer.headers.get("retry-after", "")
    reset = answer.headers.get("x-ratelimit-reset", answer.headers.get("ratelimit-reset", ""))
    wait = 2.0**attempt
    if told.isdigit():
        wait = float(told)
    elif answer.limited and reset.isdigit():
        wait = max(float(reset) - now, 0.0) + 1
    return wait if wait <= _LONGEST else None
