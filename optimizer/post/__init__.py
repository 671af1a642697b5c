"""Sending a review: what was said before is not said again, what is refused does not take the rest with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import quote

_TOKEN = re.compile("[!#-&(-\\[\\]-~]+")  # what is seen in ASCII, but for quotes and backslashes
_WORDS = 300  # characters of a platform's answer that are worth showing


class PostError(Exception):
    """Something that the platform would not do; the text is one line, and never holds a token."""


class ApiError(Exception):
    """An answer that is no success: its status, its message, and its headers in lower case.

    The status is 0 where no answer came; `passing` then says whether one may come another time.
    """

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, *, passing: bool = False
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.passing = passing or status >= 500 or status == 408 or self.limited

    @property
    def limited(self) -> bool:
        """Whether it only says that too much was asked (GitHub's and GitLab's manuals on rate limits)."""
        if self.status == 429:
            return True
        words = self.message.lower()
        if self.status == 422:  # what GitHub says of comments that come too fast
            return "too quickly" in words
        left = self.headers.get("x-ratelimit-remaining", self.headers.get("ratelimit-remaining"))
        told = "retry-after" in self.headers or left == "0" or "rate limit" in words or "abuse detection" in words
        return self.status == 403 and told


class Posted(NamedTuple):
    """How many things were said now, had been said before, and were refused on their lines and said elsewhere."""

    said: int
    before: int
    refused: int


def checked(token: str, name: str) -> str:
    """`token` without the white space around it. Raises `PostError` where it cannot be one; `name` is its variable."""
    token = token.strip()
    if not token:
        raise PostError(f"{name} is empty")
    if not _TOKEN.fullmatch(token):
        raise PostError(f"{name} is no token: it holds a character that none has, such as a blank or a line break")
    return token


def moved(where: str, now: str, head: str) -> str:
    """What to say where the head of a request is `now`, and the review is of another."""
    return f"{where} is at {now[:12]} by now, and this is a review of {head[:12]}: nothing was posted"


def field(data: object, *names: str) -> Any:
    """What stands in JSON below one name in another; None where it is not there, or the JSON is something else."""
    for name in names:
        data = cast("dict[str, object]", data).get(name) if isinstance(data, dict) else None
    return data


def objects(data: object) -> list[object] | None:
    """`data` as a list; None where it is none."""
    return cast("list[object]", data) if isinstance(data, list) else None


def words(text: str, token: str) -> str:
    """`text`, which a platform or a library says, on one line of sensible length, without the token or a password."""
    text = re.sub(r"//[^/@\s]*@", "//", text)
    for spelled in (token, quote(token, safe="")):
        text = text.replace(spelled, "***")
    text = " ".join(text.split())
    if text.startswith("<"):  # a page for a browser
        return ""
    return text if len(text) <= _WORDS else text[:_WORDS] + "…"
