"""Asking a platform, which may be slow, busy or gone: an answer in a minute, waiting as told, and an end of both."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from email.utils import mktime_tz, parsedate_tz
from queue import Empty, SimpleQueue
from typing import TypeVar

from requests import exceptions

from . import ApiError, words

_ATTEMPTS = 5
_LONGEST = 120.0  # seconds; who is told to come back later than that gives up
_PATIENCE = 600.0  # seconds that are waited in all
_PAUSE = 1.0  # seconds between two requests that write (GitHub's *Best practices for using the REST API*)
_SETTLED = 3.0  # seconds after which what a lost request did is there to be seen
_ANSWER = 60.0  # seconds in which an answer has to be there, all of it
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_LOST = (exceptions.ConnectionError, exceptions.Timeout, exceptions.ChunkedEncodingError)
_REFUSED = (exceptions.SSLError, exceptions.ProxyError)
_Made = TypeVar("_Made")


class Patience:
    """How often and how long one review tries. Waiting is ours: a library would not look what is there already."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep, now: Callable[[], float] = time.time) -> None:
        self.sleep = sleep
        self.now = now
        self.left = _PATIENCE
        self.wrote = False

    def ask(self, call: Callable[[], _Made], again: Callable[[], _Made] | None = None, least: float = 0) -> _Made:
        """What `call` returns; after a failure that passes (no connection, a 5xx, a rate limit) what `again` does.

        At least `least` seconds are waited. Raises `ApiError` for any other failure, and when patience ends.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return call()
            except ApiError as answer:
                wait = wait_for(answer, attempt, self.now())
                if wait is None or attempt == _ATTEMPTS - 1 or wait > min(_LONGEST, self.left):
                    raise
            self.left -= max(wait, least)
            self.sleep(max(wait, least))
            call = again or call
        raise AssertionError("the last attempt returns or raises")

    def write(self, call: Callable[[], _Made], again: Callable[[], _Made]) -> _Made:
        """As `ask`, a pause after the request before that wrote. `again` must first look what `call` did."""
        if self.wrote:
            self.sleep(_PAUSE)
        self.wrote = True
        return self.ask(call, again, _SETTLED)


def wait_for(answer: ApiError, attempt: int, now: float) -> float | None:
    """How many seconds to wait after `answer` to an attempt (counted from 0); None where there is no use in another."""
    if not answer.passing:
        return None
    told = _told(answer.headers.get("retry-after", ""), now)
    if told is not None:
        return max(told, 1.0)
    if not answer.limited:
        return 2.0**attempt
    left = answer.headers.get("x-ratelimit-remaining", answer.headers.get("ratelimit-remaining", "0"))
    reset = answer.headers.get("x-ratelimit-reset", answer.headers.get("ratelimit-reset", ""))
    if left == "0" and _NUMBER.fullmatch(reset):
        return max(float(reset) - now, 0.0) + 1
    return min(60 * 2.0**attempt, _LONGEST)  # "at least one minute", and longer each time


def later(error: ApiError) -> str:
    """When to try again, as far as the platform tells."""
    told = _told(error.headers.get("retry-after", ""), time.time())
    return f"in {told:.0f} seconds" if told is not None and told < 1e9 else "later"


def _told(text: str, now: float) -> float | None:
    """The seconds of a ``Retry-After``: a number of them, or the time that it names."""
    if _NUMBER.fullmatch(text.strip()):
        return float(text)
    try:
        named = parsedate_tz(text)
        return None if named is None else max(mktime_tz(named) - now, 0.0)
    except (ValueError, OverflowError):
        return None


def answer(call: Callable[[], _Made], token: str) -> _Made:
    """What `call`, one request through a library, returns; what it raises comes as an `ApiError` without `token`."""
    try:
        return _soon(call)
    except ApiError:
        raise
    except exceptions.RequestException as error:
        lost = isinstance(error, _LOST) and not isinstance(error, _REFUSED)
        cause = getattr(error.args[0], "reason", None) if error.args else None  # urllib3's, which tells more
        made = ApiError(0, type(error if cause is None else cause).__name__, passing=lost)
    except Exception as error:  # noqa: BLE001
        made = ApiError(0, words(f"{type(error).__name__}: {error}", token))
    raise made  # outside of the handler: what the library said may hold the token, and must not be in a traceback


def _soon(call: Callable[[], _Made]) -> _Made:
    """What `call` returns or raises, but no later than an answer may come: a server can send a byte a second."""
    came: SimpleQueue[tuple[_Made, None] | tuple[None, Exception]] = SimpleQueue()

    def run() -> None:
        try:
            came.put((call(), None))
        except Exception as error:  # noqa: BLE001
            came.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        made, error = came.get(timeout=_ANSWER)
    except Empty:
        raise ApiError(0, f"no answer in {_ANSWER:.0f} seconds", passing=True) from None
    if error is not None:
        raise error
    return made  # pyright: ignore[reportReturnType]
