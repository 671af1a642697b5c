"""The pull request or merge request that a CI job runs for, as its environment tells.

Sources: GitHub's *Variables reference* and its webhook event ``pull_request``; GitLab's *Predefined CI/CD variables*.
"""

from __future__ import annotations

import re

from ..dockerfile.record import Record, cast
from ..facts.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_SHA = "[0-9a-f]{40}|[0-9a-f]{64}"


class Request(Record):
    """A request to merge `head` into `base`, both names of commits. What is not known is None."""

    platform: str  # "github" or "gitlab"
    api: str  # the address of the API, or of the GitLab
    repository: str | None = None  # owner/name, or a project's number
    number: int | None = None
    base: str | None = None
    head: str | None = None


class RequestError(Exception):
    """A variable that does not say what it should; the text is one line that names it."""


def request(environment: Mapping[str, str], platform: str | None = None) -> Request | None:
    """What `environment` tells, about `platform` where one is named; None where it tells of neither.

    Raises `RequestError`.
    """
    if platform == "github" or (platform is None and environment.get("GITHUB_ACTIONS")):
        return _github(environment)
    if platform == "gitlab" or (platform is None and environment.get("GITLAB_CI")):
        return _gitlab(environment)
    return None


def _github(environment: Mapping[str, str]) -> Request:
    made = Request(
        "github",
        _address(environment, "GITHUB_API_URL", "https://api.github.com"),
        environment.get("GITHUB_REPOSITORY") or None,
    )
    path = environment.get("GITHUB_EVENT_PATH")
    if not path:
        return made
    import json

    try:
        event: Any = json.loads(read_file(path))
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"the event that GITHUB_EVENT_PATH names cannot be read: {error}") from error
    pull = _field(event, "pull_request")
    if pull is None:
        return made
    number = _field(pull, "number")
    base, head = (_field(_field(pull, side), "sha") for side in ("base", "head"))
    if (
        type(number) is not int
        or number < 1
        or not all(isinstance(sha, str) and re.fullmatch(_SHA, sha) for sha in (base, head))
    ):
        raise RequestError("the pull request in the event that GITHUB_EVENT_PATH names lacks its number or commits")
    return made._replace(number=number, base=base, head=head)


def _field(data: object, name: str) -> Any:
    return cast("dict[str, object]", data).get(name) if isinstance(data, dict) else None


def _gitlab(environment: Mapping[str, str]) -> Request:
    number = (environment.get("CI_MERGE_REQUEST_IID") or "").strip()
    if number and not re.fullmatch("[0-9]{1,18}", number):
        raise RequestError(f"CI_MERGE_REQUEST_IID is {number!r}, which is no number of a merge request")
    # A pipeline of a fork runs in the fork, and the merge request is its parent's.
    projects = ("CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_PATH", "CI_PROJECT_ID", "CI_PROJECT_PATH")
    return Request(
        "gitlab",
        _address(environment, "CI_SERVER_URL", "https://gitlab.com"),
        next(filter(None, map(environment.get, projects)), None),
        int(number) if number else None,
        environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or None,
        # A pipeline of the merged result runs on a commit that the merge request does not have.
        environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment.get("CI_COMMIT_SHA") or None,
    )


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    """The address that a variable holds. It is not shown where it is none: a password may stand in it."""
    from urllib.parse import urlsplit

    address = (environment.get(name) or "").strip() or default
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or not address.isascii() or not address.isprintable() or " " in address:
        raise RequestError(f"{name} is no address of a server, such as {default}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise RequestError(f"{name} is to be an address without a user, a query or a fragment, such as {default}")
    return address.rstrip("/")
