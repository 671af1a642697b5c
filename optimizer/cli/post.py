"""Where a review is sent, and what is missing for that."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ..post import Posted, PostError
from ..review.ci import Request
from .extras import need
from .runner import UsageError

if TYPE_CHECKING:
    from ..review.review import Review

_TOKENS = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}
_NAME = "[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_REPOSITORIES = {"github": f"{_NAME}/{_NAME}", "gitlab": f"{_NAME}(?:/{_NAME})*"}


def post(review: Review, request: Request | None) -> str:
    """Send it, and say in a line what was sent. Raises `UsageError`."""
    if request is None:
        raise UsageError("say where to post: --format github or --format gitlab")
    platform = request.platform
    need(platform, platform, "--post")
    token = os.environ.get(_TOKENS[platform])
    if not token:
        raise UsageError(f"--post needs {_TOKENS[platform]} in the environment")
    if not request.repository:
        raise UsageError("say where to post: --repository")
    if not re.fullmatch(_REPOSITORIES[platform], request.repository):
        raise UsageError(f"{request.repository!r} is no repository of {'GitHub' if platform == 'github' else 'GitLab'}")
    if not request.number:
        raise UsageError("say where to post: --number")
    from importlib import import_module

    module: Any = import_module(f"..post.{platform}", __package__)
    try:
        posted: Posted = module.post(review, request, token)
    except PostError as problem:
        raise UsageError(str(problem)) from problem
    text = f"posted {posted.said}"
    text += f", {posted.refused} of them not on their lines" if posted.refused else ""
    return text + (f"; {posted.before} were there already" if posted.before else "")
