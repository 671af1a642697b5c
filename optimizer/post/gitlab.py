"""Discussions on a merge request of GitLab, through python-gitlab."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import gitlab
import requests
from gitlab.exceptions import GitlabError

from ..report.github import bodies
from ..report.gitlab import discussion, parted
from ..review.ci import Request
from ..review.git import Comparison
from ..review.review import Review
from ..rules.finding import Problem
from . import ApiError, Posted, PostError, checked, field, moved, objects, words
from .patience import Patience, answer, later
from .told import Said, Standing, Told, doubles, key, keys, left, standing, unsaid, unsaid_problems

_FOREIGN = "its answer is not that of GitLab's API"
_PAGES = 100  # of a hundred discussions each
_PLACE = ("line_code", "position", "_line", "_path", "line_range")  # what is named where a line is refused


def post(review: Review, request: Request, token: str, *, sleep: Callable[[float], None] = time.sleep) -> Posted:
    """Say what was not said before. Raises `PostError`."""
    token = checked(token, "GITLAB_TOKEN")
    try:
        return _Poster(review, request, token, Patience(sleep)).post()
    except ApiError as error:
        raise PostError(words(_problem(error, request), token)) from error


class _Session(requests.Session):
    """One that goes nowhere else: a redirect would take the header with the token along, to any host."""

    last: requests.Response | None = None

    def request(self, *args: Any, **named: Any) -> requests.Response:
        self.last = None
        self.last = super().request(*args, **{**named, "allow_redirects": False})
        return self.last


class _Poster:
    def __init__(self, review: Review, request: Request, token: str, patience: Patience) -> None:
        self.review = review
        self.request = request
        self.token = token
        self.patience = patience
        self.path = f"/projects/{quote(request.repository or '', safe='')}/merge_requests/{request.number}"
        self.session = _Session()
        self.api = answer(
            lambda: gitlab.Gitlab(request.api, private_token=token, session=self.session, timeout=30), token
        )
        self.head = ""
        self.made: set[object] = set()  # the numbers of this run's notes

    def post(self) -> Posted:
        refs = self.patience.ask(self.refs)
        self.head = refs["head_sha"]
        comparison = self.review.comparison
        if comparison and comparison.head:
            if comparison.head != self.head:
                where = f"{self.request.repository}!{self.request.number}"
                raise PostError(moved(where, words(self.head, self.token), comparison.head))
            # What the server calls the three is what it takes.
            comparison = comparison._replace(base=refs["base_sha"], start=refs["start_sha"])
        told = self.patience.ask(self.told)
        items = unsaid(self.review, told)
        problems = unsaid_problems(self.review.errors, told)
        before = len(self.review.items) + len(self.review.errors) - len(items) - len(problems)
        inside, outside = parted(items)
        refused = [one for one in inside if not self.comment(comparison, one)]
        self.note([*outside, *refused], problems)
        gone = self.withdraw() if items or problems else set[str]()
        refused = [one for one in refused if one[1].key not in gone]
        return Posted(len(items) + len(problems) - len(gone), before + len(gone), len(refused))

    def withdraw(self) -> set[str]:
        """Take back what another run said at the same time, and first. Returns the keys of it."""
        gone: set[str] = set()
        try:
            for one in doubles(self.patience.ask(self.notes)):

                def call(path: str = one.path) -> None:
                    self.request_json("delete", path)

                self.patience.write(call, call)
                gone |= {key for key, _ in one.told}
        except ApiError:  # everything is said: that some of it stands there twice is no reason to fail
            return gone
        return gone

    def discuss(self, made: dict[str, Any]) -> None:
        """Start a discussion. Raises `ApiError`."""
        _, done = self.request_json("post", "/discussions", made)
        self.made |= {field(one, "id") for one in objects(field(done, "notes")) or []} - {None}

    def comment(self, comparison: Comparison | None, one: Said) -> bool:
        """One discussion on its lines; False where GitLab refuses them. Raises `ApiError`."""
        made = discussion(comparison, *one)

        def call() -> bool:
            self.discuss(made)
            return True

        try:
            return self.patience.write(call, lambda: not left(self.review, [one], self.told()) or call())
        except ApiError as error:
            # Some versions answer with 500 to a position that they cannot find.
            placed = error.status in (400, 422) and any(word in error.message for word in _PLACE)
            if placed or error.status == 500:
                return False
            raise

    def note(self, items: list[Said], problems: list[Problem]) -> None:
        """What stands on no line. Raises `ApiError`."""
        if not items and not problems:
            return
        for text in bodies(self.review, items, problems):

            def call(made: str = text) -> None:
                self.discuss({"body": made})

            def again(made: str = text) -> None:
                if not keys(made) <= self.told():
                    call(made)

            self.patience.write(call, again)

    def refs(self) -> dict[str, str]:
        """The commits that the merge request compares. Raises `ApiError`."""
        _, merge = self.request_json("get", "")
        if field(merge, "iid") is None:
            raise ApiError(0, _FOREIGN)
        refs = {name: field(merge, "diff_refs", name) for name in ("base_sha", "start_sha", "head_sha")}
        if not all(isinstance(commit, str) and commit for commit in refs.values()):
            raise ApiError(0, "it has not compared the branches yet", passing=True)
        return refs

    def told(self) -> Told:
        """What the merge request was told, and stands there to be seen. Raises `ApiError`.

        GitLab moves a note along with its line; one that is outdated stays where it was, in a comparison of before.
        """
        return {told for one in self.notes() for told in one.told}

    def notes(self) -> list[Standing]:
        """The notes that are not outdated. Raises `ApiError`."""
        found: list[Standing] = []
        for thread in self.listed("/discussions"):
            path = f"/discussions/{field(thread, 'id')}/notes"
            for note in objects(field(thread, "notes")) or []:
                place, text = field(note, "position"), field(note, "body")
                told = keys(text) if place is None else key(text, field(place, "new_line"))
                if place is None or field(place, "head_sha") == self.head:
                    found.append(standing(field(note, "id"), told, path, ours=field(note, "id") in self.made))
        return found

    def listed(self, path: str) -> list[object]:
        """All pages of a list."""
        found: list[object] = []
        for page in range(1, _PAGES + 1):
            links, data = self.request_json("get", f"{path}?per_page=100&page={page}")
            some = objects(data)
            if some is None:
                raise ApiError(0, _FOREIGN)
            found += some
            if "next" not in links:
                return found
        raise ApiError(0, f"it has more than {_PAGES * 100} discussions")

    def request_json(self, verb: str, path: str, made: dict[str, Any] | None = None) -> tuple[dict[str, Any], Any]:
        """The links and the JSON that a request is answered with. Raises `ApiError`."""
        return answer(lambda: self.asked(verb, path, made), self.token)

    def asked(self, verb: str, path: str, made: dict[str, Any] | None) -> tuple[dict[str, Any], Any]:
        # Waiting is ours: a request that adds something must not be repeated before we looked whether it is there.
        patience: dict[str, Any] = {"obey_rate_limit": False, "retry_transient_errors": False, "max_retries": 0}
        try:
            response = self.api.http_request(verb, self.path + path, post_data=made, **patience)
        except GitlabError as error:
            message = str(error.error_message)
        else:
            try:
                return response.links, None if response.status_code == 204 else response.json()
            except (ValueError, RecursionError):
                message = _FOREIGN
        last = self.session.last
        status, headers = (last.status_code, dict(last.headers)) if last is not None else (0, {})
        if "Location" in headers and 300 <= status < 400:
            message = f"it is at {headers['Location']} now"
        raise ApiError(0 if status < 300 else status, words(message, self.token), headers)


def _problem(error: ApiError, request: Request) -> str:
    where = f"{request.repository}!{request.number}"
    said = f": {error.message}" if error.message else ""
    if error.limited:
        return f"GitLab's rate limit is reached ({where}); try again {later(error)}"
    if error.status == 401:
        return f"GitLab does not know the GITLAB_TOKEN ({where}){said}"
    if error.status == 403:
        return (
            f"GitLab refuses a review of {where}{said}; a token needs the scope api, and a member's rights where "
            "discussions are locked"
        )
    if error.status == 404:
        return f"GitLab does not show {where} to this GITLAB_TOKEN{said}"
    if error.status == 0:
        return f"GitLab cannot be asked about {where} at {request.api}{said}"
    return f"GitLab answers with {error.status} ({where}){said}"
