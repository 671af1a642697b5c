"""Discussions on a merge request of GitLab, through python-gitlab."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gitlab
from gitlab.exceptions import GitlabError
from requests.exceptions import RequestException

from ..report.github import body
from ..report.gitlab import discussion, parted
from ..report.markdown import marks
from ..review.ci import Request
from ..review.review import Review
from . import ApiError, Posted, PostError, patiently


def post(review: Review, request: Request, token: str, *, sleep: Callable[[float], None] | None = None) -> Posted:
    """Say what was not said before. Raises `PostError`."""
    patience: dict[str, Any] = {"sleep": sleep} if sleep else {}

    def ask(call: Callable[[], Any], done: Callable[[], Any] | None = None) -> Any:
        return patiently(lambda: _asked(call), done=(lambda: _asked(done)) if done else None, **patience)

    try:
        return _post(review, request, token, ask)
    except ApiError as answer:
        raise PostError(_problem(answer, request)) from answer


def _post(review: Review, request: Request, token: str, ask: Callable[..., Any]) -> Posted:
    # Waiting is ours: a request that adds something must not be repeated before we looked whether it is there.
    api = gitlab.Gitlab(request.api, private_token=token, timeout=30, retry_transient_errors=False)
    project = api.projects.get(request.repository or "", lazy=True)
    merge: Any = ask(lambda: project.mergerequests.get(request.number or 0))

    def said() -> set[str]:
        threads = merge.discussions.list(iterator=True)
        return {key for one in threads for note in one.attributes["notes"] for key in marks(note.get("body") or "")}

    known: set[str] = ask(said)
    items = [one for one in review.items if one[1].key not in known]
    before = len(review.items) - len(items)
    inside, outside = parted(items)
    comparison = review.comparison
    refs: dict[str, str] = merge.attributes.get("diff_refs") or {}
    if comparison and refs.get("head_sha") == comparison.head:  # what the server calls the three is what it takes
        comparison = comparison._replace(base=refs["base_sha"], start=refs["start_sha"])
    refused = 0
    for file, item in inside:
        made = discussion(comparison, file, item)
        try:
            ask(
                partial(merge.discussions.create, made),
                lambda key=item.key: True if key in said() else None,
            )
        except ApiError as answer:
            if answer.status not in (400, 422):
                raise
            outside.append((file, item))
            refused += 1
    if outside:
        keys = {item.key for _, item in outside}
        note = {"body": body(review, outside)}
        ask(
            lambda: merge.discussions.create(note),
            lambda: True if keys <= said() else None,
        )
    return Posted(len(items), before, refused)


def _asked(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except GitlabError as error:
        headers: Any = getattr(error, "response_headers", None)
        raise ApiError(error.response_code or 0, str(error.error_message), headers) from error
    except RequestException as error:
        raise ApiError(0, type(error).__name__) from error


def _problem(answer: ApiError, request: Request) -> str:
    where = f"{request.repository}!{request.number}"
    if answer.status == 401:
        return f"GitLab does not know the GITLAB_TOKEN ({where})"
    if answer.limited:
        return f"GitLab's rate limit is reached ({where}); try again later"
    if answer.status == 403:
        return f"GITLAB_TOKEN may not comment on {where}: it needs the scope api"
    if answer.status == 404:
        return f"GitLab does not show {where} to this GITLAB_TOKEN"
    if answer.status == 0:
        return f"GitLab cannot be reached: {answer.message}"
    return f"GitLab answers with {answer.status} ({where}): {answer.message}"
