"""A review on a pull request of GitHub, through PyGithub."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import github
from github.GithubException import GithubException
from github.PullRequest import PullRequest
from requests.exceptions import RequestException

from ..report.github import body, comment_on, payload
from ..report.markdown import marks
from ..review.ci import Request
from ..review.review import Item, Review, Reviewed
from . import ApiError, Posted, PostError, patiently

_Said = tuple[Reviewed, Item]


def post(review: Review, request: Request, token: str, *, sleep: Callable[[float], None] | None = None) -> Posted:
    """Say what was not said before. Raises `PostError`."""
    patience: dict[str, Any] = {"sleep": sleep} if sleep else {}
    try:
        return _Poster(review, request, token, patience).post()
    except ApiError as answer:
        raise PostError(_problem(answer, request)) from answer


class _Poster:
    def __init__(self, review: Review, request: Request, token: str, patience: dict[str, Any]) -> None:
        self.review = review
        self.request = request
        self.patience = patience
        # Waiting is ours: a request that adds something must not be repeated before we looked whether it is there.
        self.api = github.Github(
            auth=github.Auth.Token(token),
            base_url=request.api,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            timeout=30,
        )

    def post(self) -> Posted:
        pull = self.patiently(
            lambda: self.api.get_repo(self.request.repository or "").get_pull(self.request.number or 0)
        )
        said = self.patiently(lambda: _said(pull))
        items = [one for one in self.review.items if one[1].key not in said]
        before = len(self.review.items) - len(items)
        if not items:
            return Posted(0, before, 0)
        refused = 0
        try:
            self.send(pull, payload(self.review, items), items)
        except ApiError as answer:
            if answer.status != 422:
                raise
            # GitHub refuses a review whole, and does not say for which of its comments.
            left = [one for one in items if not one[1].hunk]
            for one in items:
                if one[1].hunk and not self.comment(pull, *one):
                    left.append(one)
                    refused += 1
            if left:
                head = {"commit_id": self.review.comparison.head} if self.review.comparison else {}
                self.send(pull, {"event": "COMMENT", "body": body(self.review, left), "comments": [], **head}, left)
        return Posted(len(items), before, refused)

    def send(self, pull: PullRequest, made: dict[str, Any], items: list[_Said]) -> None:
        """One review. Raises `ApiError`."""
        wanted = {item.key for _, item in items}
        self.patiently(
            lambda: pull.requester.requestJsonAndCheck("POST", f"{pull.url}/reviews", input=made),
            done=lambda: True if wanted <= _said(pull) else None,
        )

    def comment(self, pull: PullRequest, file: Reviewed, item: Item) -> bool:
        """One comment; False where GitHub refuses its lines. Raises `ApiError`."""
        made = {**comment_on(file, item), "commit_id": self.review.comparison.head if self.review.comparison else ""}
        try:
            self.patiently(
                lambda: pull.requester.requestJsonAndCheck("POST", f"{pull.url}/comments", input=made),
                done=lambda: True if item.key in _said(pull) else None,
            )
        except ApiError as answer:
            if answer.status != 422:
                raise
            return False
        return True

    def patiently(self, call: Callable[[], Any], done: Callable[[], Any] | None = None) -> Any:
        """`call`, tried again, with PyGithub's errors in our words."""
        return patiently(lambda: _asked(call), done=(lambda: _asked(done)) if done else None, **self.patience)


def _asked(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except GithubException as error:
        data: Any = error.data
        message = str(data.get("message", "")) if isinstance(data, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raise ApiError(error.status, message, error.headers) from error
    except RequestException as error:
        raise ApiError(0, type(error).__name__) from error


def _said(pull: PullRequest) -> set[str]:
    """The keys of all that the pull request was told."""
    texts = [comment.body or "" for comment in pull.get_review_comments()]
    texts += [review.body or "" for review in pull.get_reviews()]
    return {key for text in texts for key in marks(text)}


def _problem(answer: ApiError, request: Request) -> str:
    where = f"{request.repository}#{request.number}"
    if answer.status == 401:
        return f"GitHub does not know the GITHUB_TOKEN ({where})"
    if answer.limited:
        return f"GitHub's rate limit is reached ({where}); try again later"
    if answer.status == 403:
        return f"GITHUB_TOKEN may not comment on {where}: give it pull-requests: write (a fork's token cannot have it)"
    if answer.status == 404:
        return f"GitHub does not show {where} to this GITHUB_TOKEN"
    if answer.status == 0:
        return f"GitHub cannot be reached: {answer.message}"
    return f"GitHub answers with {answer.status} ({where}): {answer.message}"
