"""A review on a pull request of GitHub, through PyGithub.

GitHub takes a review whole or not at all, but for a bad gateway, after which some of its comments may be there. More
than about thirty comments in a request, or requests without a pause, are taken for spam.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

import github
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from ..report.github import ALREADY, CONTINUED, MOST, bodies, comment_on
from ..review.ci import Request
from ..review.review import Review
from ..rules.finding import Problem
from . import ApiError, Posted, PostError, checked, field, moved, objects, words
from .patience import Patience, answer, later
from .told import Said, Standing, Told, doubles, key, keys, left, parts, standing, unsaid, unsaid_problems

_FOREIGN = "its answer is not that of GitHub's API"
_SILENT = logging.getLogger("dfopt.github")  # PyGithub's own writes to standard error, answers too
_SILENT.disabled = True
_PAGES = 100  # of a hundred comments each


def post(review: Review, request: Request, token: str, *, sleep: Callable[[float], None] = time.sleep) -> Posted:
    """Say what was not said before. Raises `PostError`."""
    token = checked(token, "GITHUB_TOKEN")
    try:
        return _Poster(review, request, token, Patience(sleep)).post()
    except ApiError as error:
        raise PostError(words(_problem(error, request), token)) from error


class _Plain(HTTPRequestsConnectionClass):
    """PyGithub takes the brackets off an address of IPv6, and puts it into a URL without them."""

    def __init__(self, host: str, *args: Any, **named: Any) -> None:
        super().__init__(_bracketed(host), *args, **named)


class _Secure(HTTPSRequestsConnectionClass):
    """As `_Plain`."""

    def __init__(self, host: str, *args: Any, **named: Any) -> None:
        super().__init__(_bracketed(host), *args, **named)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Poster:
    def __init__(self, review: Review, request: Request, token: str, patience: Patience) -> None:
        self.review = review
        self.request = request
        self.token = token
        self.patience = patience
        self.pulls = f"/repos/{request.repository}/pulls"
        self.path = f"{self.pulls}/{request.number}"
        self.made: set[object] = set()  # the numbers of this run's reviews; a lone comment makes one too
        self.head = review.comparison.head if review.comparison else None
        Requester.injectLogger(_SILENT)
        if "[" in request.api:
            Requester.injectConnectionClasses(_Plain, _Secure)
        self.requester: Requester = answer(
            lambda: (
                github.Github(
                    auth=github.Auth.Token(token),
                    base_url=request.api,
                    retry=None,
                    seconds_between_requests=None,
                    seconds_between_writes=None,
                    timeout=30,
                ).requester
            ),
            token,
        )

    def post(self) -> Posted:
        now = self.patience.ask(self.now)
        if self.head and now != self.head:
            where = f"{self.request.repository}#{self.request.number}"
            raise PostError(moved(where, words(now, self.token), self.head))
        told = self.patience.ask(self.told)
        items = unsaid(self.review, told)
        problems = unsaid_problems(self.review.errors, told)
        before = len(self.review.items) + len(self.review.errors) - len(items) - len(problems)
        if not items and not problems:
            return Posted(0, before, 0)
        refused = self.say(items, problems)
        if refused:
            self.say([(file, item._replace(hunk=None)) for file, item in refused], [], continued=True)
        gone = self.withdraw()
        refused = [one for one in refused if one[1].key not in gone]
        return Posted(len(items) + len(problems) - len(gone), before + len(gone), len(refused))

    def withdraw(self) -> set[str]:
        """Take back what another run said at the same time, and first. Returns the keys of it.

        GitHub keeps a review for ever; one of which nothing is left says so.
        """
        gone: set[str] = set()
        try:
            comments, reviews = self.patience.ask(lambda: (self.comments(), self.reviews()))
            twice = list(doubles(comments))
            emptied = list(doubles(reviews))
            if len(twice) == sum(one.ours for one in comments):
                emptied += [one for one in reviews if one.ours and not one.told]
            if not twice and not any(one.told for one in emptied):
                return gone
            for one in (*twice, *emptied):
                verb, made = ("DELETE", None) if one in twice else ("PUT", {"body": ALREADY})

                def call(verb: str = verb, path: str = one.path, made: dict[str, str] | None = made) -> None:
                    self.request_json(verb, path, made)

                self.patience.write(call, call)
                gone |= {key for key, _ in one.told}
        except ApiError:  # everything is said: that some of it stands there twice is no reason to fail
            return gone
        return gone

    def say(self, items: list[Said], problems: list[Problem], *, continued: bool = False) -> list[Said]:
        """Say it in as many reviews as it takes. Returns what GitHub refuses on its lines. Raises `ApiError`."""
        inside = [one for one in items if one[1].hunk]
        outside = [one for one in items if not one[1].hunk]
        texts = bodies(self.review, outside, problems, continued=continued)
        refused: list[Said] = []
        for text, some in zip_longest(texts, parts(inside, MOST)):
            try:
                self.send(text or CONTINUED, some or [])
            except ApiError as error:
                if error.status != 422 or not some:
                    raise
                # It does not say for which comment. Where what stands on no line is refused too, it is not the lines.
                if text:
                    self.send(text, [])
                refused += [one for one in some if not self.comment(one)]
        return refused

    def send(self, text: str, items: list[Said]) -> None:
        """One review. Raises `ApiError`."""
        made = {"event": "COMMENT"} | ({"commit_id": self.head} if self.head else {})

        def call(said: str, some: list[Said]) -> None:
            comments = [comment_on(*one) for one in some]
            _, done = self.request_json("POST", f"{self.path}/reviews", made | {"body": said, "comments": comments})
            self.made |= {field(done, "id")} - {None}

        def again() -> None:
            told = self.told()
            some = left(self.review, items, told)
            if not keys(text) <= told:
                call(text, some)
            elif some:
                call(CONTINUED, some)

        self.patience.write(lambda: call(text, items), again)

    def comment(self, one: Said) -> bool:
        """One comment; False where GitHub refuses its lines. Raises `ApiError`."""
        made = {**comment_on(*one), "commit_id": self.head or ""}

        def call() -> bool:
            _, done = self.request_json("POST", f"{self.path}/comments", made)
            self.made |= {field(done, "pull_request_review_id")} - {None}
            return True

        try:
            return self.patience.write(call, lambda: not left(self.review, [one], self.told()) or call())
        except ApiError as error:
            if error.status != 422:
                raise
            return False

    def now(self) -> str:
        """The head of the pull request. Raises `ApiError`."""
        _, pull = self.request_json("GET", self.path)
        head = field(pull, "head", "sha")
        if not isinstance(head, str):
            raise ApiError(0, _FOREIGN)
        return head

    def told(self) -> Told:
        """What the pull request was told, and stands there to be seen. Raises `ApiError`.

        A comment that is outdated stands on no line any more, and nobody but its author sees one that is pending.
        """
        return {told for one in (*self.comments(), *self.reviews()) for told in one.told}

    def comments(self) -> list[Standing]:
        """The comments on lines. Raises `ApiError`."""
        return [
            standing(
                field(one, "id"),
                key(field(one, "body"), field(one, "line")),
                f"{self.pulls}/comments",
                ours=field(one, "pull_request_review_id") in self.made,
            )
            for one in self.listed("/comments")
            if field(one, "line") is not None or field(one, "position") is not None
        ]

    def reviews(self) -> list[Standing]:
        """The reviews, for what stands in their texts. Raises `ApiError`."""
        return [
            standing(
                field(one, "id"), keys(field(one, "body")), f"{self.path}/reviews", ours=field(one, "id") in self.made
            )
            for one in self.listed("/reviews")
            if field(one, "state") != "PENDING"
        ]

    def listed(self, path: str) -> list[object]:
        """All pages of a list."""
        found: list[object] = []
        for page in range(1, _PAGES + 1):
            headers, data = self.request_json("GET", f"{self.path}{path}?per_page=100&page={page}")
            some = objects(data)
            if some is None:
                raise ApiError(0, _FOREIGN)
            found += some
            if 'rel="next"' not in str(headers.get("link")):
                return found
        raise ApiError(0, f"it has more than {_PAGES * 100} comments")

    def request_json(self, verb: str, path: str, made: dict[str, Any] | None = None) -> tuple[dict[str, Any], Any]:
        """The headers and the JSON that a request is answered with. Raises `ApiError`."""
        status, headers, text = answer(lambda: self.requester.requestJson(verb, path, input=made), self.token)
        data: Any = None
        try:
            data = json.loads(text or "null")
        except (ValueError, RecursionError) as error:
            if 200 <= status < 300:
                raise ApiError(0, _FOREIGN) from error
        if not 200 <= status < 300:
            at = f"it is at {headers['location']} now" if "location" in headers else ""
            raise ApiError(status, words(at or _said(data) or str(text or ""), self.token), headers)
        return headers, data


def _said(data: object) -> str:
    """The message of an error, and what it says of each part of the request."""
    errors = field(data, "errors")
    told = [field(data, "message"), *(objects(errors) or [errors])]
    texts = [one if isinstance(one, str) else field(one, "message") or field(one, "code") for one in told]
    return ": ".join(dict.fromkeys(str(text) for text in texts if text))


def _problem(error: ApiError, request: Request) -> str:
    where = f"{request.repository}#{request.number}"
    said = f": {error.message}" if error.message else ""
    if error.limited:
        return f"GitHub's rate limit is reached ({where}); try again {later(error)}"
    if error.status == 401:
        return f"GitHub does not know the GITHUB_TOKEN ({where}){said}"
    if error.status == 403 and (not said or "not accessible" in said):
        needs = "it needs pull-requests: write, which a fork's cannot have"
        return f"GITHUB_TOKEN may not comment on {where}{said}; {needs}"
    if error.status == 403:
        return f"GitHub refuses a review of {where}{said}"
    if error.status == 404:
        return f"GitHub does not show {where} to this GITHUB_TOKEN{said}"
    if error.status == 0:
        return f"GitHub cannot be asked about {where} at {request.api}{said}"
    return f"GitHub answers with {error.status} ({where}){said}"
