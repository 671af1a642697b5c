"""The pull request or merge request that a CI job runs for, as its environment tells.

Sources: GitHub's *Variables reference* and its webhook event ``pull_request``; GitLab's *Predefined CI/CD variables*.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..facts.files import read_file


class Request(NamedTuple):
    """A request to merge `head` into `base`, both names of commits. What is not known is None."""

    platform: str  # "github" or "gitlab"
    api: str  # the address of the API, or of the GitLab
    repository: str | None = None  # owner/name, or a project's number
    number: int | None = None
    base: str | None = None
    head: str | None = None


def request(environment: Mapping[str, str], platform: str | None = None) -> Request | None:
    """What `environment` tells, about `platform` where one is named; None where it tells of neither.

    Raises `OSError` and `ValueError` for an event that cannot be read.
    """
    if platform == "github" or (platform is None and environment.get("GITHUB_ACTIONS")):
        return _github(environment)
    if platform == "gitlab" or (platform is None and environment.get("GITLAB_CI")):
        return _gitlab(environment)
    return None


def _github(environment: Mapping[str, str]) -> Request:
    made = Request(
        "github",
        environment.get("GITHUB_API_URL") or "https://api.github.com",
        environment.get("GITHUB_REPOSITORY") or None,
    )
    path = environment.get("GITHUB_EVENT_PATH")
    if not path:
        return made
    event: Any = json.loads(read_file(path))
    pull: Any = event.get("pull_request") if isinstance(event, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(pull, dict):
        return made
    try:
        return made._replace(number=int(pull["number"]), base=str(pull["base"]["sha"]), head=str(pull["head"]["sha"]))  # pyright: ignore[reportUnknownArgumentType]
    except (KeyError, TypeError) as error:
        raise ValueError(f"the pull request in the event lacks {error}") from error


def _gitlab(environment: Mapping[str, str]) -> Request:
    number = environment.get("CI_MERGE_REQUEST_IID")
    return Request(
        "gitlab",
        environment.get("CI_SERVER_URL") or "https://gitlab.com",
        environment.get("CI_PROJECT_ID") or environment.get("CI_PROJECT_PATH") or None,
        int(number) if number else None,
        environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or None,
        # A pipeline of the merged result runs on a commit that the merge request does not have.
        environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment.get("CI_COMMIT_SHA") or None,
    )
