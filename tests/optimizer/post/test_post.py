"""What a real team would meet between a review and the platform that it is sent to, against servers of our own."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from pathlib import Path

import pytest
from forge import Forge, Trouble
from repository import BASE, commit, git, reviewed

from dfopt.optimizer.cli import run
from dfopt.optimizer.post import ApiError, PostError, checked, github, gitlab, patience, words
from dfopt.optimizer.post.patience import Patience, wait_for
from dfopt.optimizer.post.told import unsaid
from dfopt.optimizer.report.github import ALREADY, as_github, bodies
from dfopt.optimizer.report.markdown import marks
from dfopt.optimizer.review.ci import Request, RequestError, request
from dfopt.optimizer.review.git import Hunk
from dfopt.optimizer.review.review import Review
from dfopt.optimizer.rules.finding import Problem

TOKEN = "s3cret-t0ken_of.ours"
SEND_MODULES = {"github": github, "gitlab": gitlab}
TEXT = BASE.replace("flask", "flask gunicorn")


@pytest.fixture(params=["github", "gitlab"])
def platform(request):
    return request.param


@pytest.fixture
def forge():
    with Forge().serving() as served:
        yield served


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The review of `TEXT`, with what stands outside of the change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("whole"))
        git("init", "-q", "-b", "main")
        commit(BASE)
        git("checkout", "-q", "-b", "topic")
        commit(TEXT)
        return reviewed(everything=True)


def at_work(forge, review=None, *, everything=True):
    """The review of what is committed, and the same pushed to the server."""
    review = review or reviewed(everything=everything)
    shown = {file.path: [set(range(hunk.first, hunk.last + 1)) for hunk in file.changed.hunks] for file in review.files}
    forge.pushed(review.comparison.head, {file.path: file.result.original for file in review.files}, shown)
    return review


def send(platform, forge, review):
    return SEND_MODULES[platform].post(review, Request(platform, forge.url, "octo/repo", 7), TOKEN, sleep=forge.sleep)


def told(forge):
    texts = [one["body"] for one in (*forge.comments, *forge.reviews)]
    return texts + [note["body"] for thread in forge.threads for note in thread["notes"]]


def keys(forge):
    return sorted(key for text in told(forge) for key in marks(text))


def every_key(review):
    return sorted(item.key for _, item in review.items)


def posts(forge):
    return [body for method, _, body in forge.requests if method == "POST"]


def end(platform):
    """Where the first thing is sent to."""
    return "/reviews" if platform == "github" else "/discussions"


TEXTS = {
    "plain": TEXT.encode(),
    "CRLF": TEXT.replace("\n", "\r\n").encode(),
    "no final newline": BASE.replace("npm ci\n", "npm ci --no-audit").encode(),
    "fences": BASE.replace("npm ci\n", "npm ci --x='````' @octocat <b> && echo '```suggestion'\n").encode(),
    "latin-1": BASE.encode().replace(b"RUN npm ci\n", b"# caf\xe9\nRUN npm ci --x\n"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_everything_is_said_once(repository, forge, platform, text):
    commit(text)
    review = at_work(forge)
    posted = send(platform, forge, review)
    assert posted == (len(review.items), 0, 0)
    assert keys(forge) == every_key(review)
    before = len(posts(forge))
    assert send(platform, forge, review) == (0, len(review.items), 0)
    assert len(posts(forge)) == before
    assert forge.tokens == {f"token {TOKEN}" if platform == "github" else TOKEN}


def test_a_renamed_file_is_commented_on_by_its_new_name(repository, forge, platform):
    git("mv", "Dockerfile", "app.Dockerfile")
    commit(TEXT, "app.Dockerfile")
    send(platform, forge, at_work(forge))
    if platform == "github":
        assert {comment["path"] for comment in forge.comments} == {"app.Dockerfile"}
    else:
        places = [thread["notes"][0]["position"] for thread in forge.threads]
        assert {(place["new_path"], place["old_path"]) for place in places if place} == {
            ("app.Dockerfile", "Dockerfile")
        }


def test_a_deleted_file_is_nothing_to_say(repository, forge, platform):
    git("rm", "-q", "Dockerfile")
    git("commit", "-qm", "gone")
    assert send(platform, forge, at_work(forge)) == (0, 0, 0)
    assert not posts(forge)


# -- what was said


def test_a_second_commit_is_told_only_what_is_new(repository, forge, platform):
    commit(TEXT)
    send(platform, forge, at_work(forge))
    commit(TEXT.replace("npm ci", "npm ci --no-audit"))
    posted = send(platform, forge, at_work(forge))
    assert (posted.said, posted.before) == (1, 2)
    assert len(keys(forge)) == len(set(keys(forge)))


def at_once(platform, forge, review, runs=2):
    """What becomes of several runs that all look before any of them posts."""

    def read_on():
        forge.gate = None

    forge.hurried, forge.gate = True, threading.Barrier(runs, read_on)
    with ThreadPoolExecutor(runs) as pool:
        return [made.result() for made in [pool.submit(send, platform, forge, review) for _ in range(runs)]]


@pytest.mark.parametrize("everything", [True, False])
@pytest.mark.parametrize("runs", [2, 3])
def test_runs_at_the_same_time_say_everything_once(repository, forge, platform, everything, runs):
    commit(TEXT)
    review = at_work(forge, everything=everything)
    posted = at_once(platform, forge, review, runs)
    assert keys(forge) == every_key(review)
    assert sum(one.said for one in posted) == len(review.items)
    assert sum(one.before for one in posted) == (runs - 1) * len(review.items)
    if platform == "github":  # a review cannot be taken back
        assert [one["body"] for one in forge.reviews].count(ALREADY) == runs - 1


def test_what_is_refused_on_its_lines_is_said_once_by_runs_at_the_same_time(repository, forge, platform):
    commit(TEXT)
    review = at_work(forge)
    forge.shown = {}
    posted = at_once(platform, forge, review)
    assert keys(forge) == every_key(review)
    assert sum(one.said for one in posted) == len(review.items)
    assert all(one.refused <= one.said for one in posted)


def test_only_what_this_run_said_is_taken_back(repository, forge, platform):
    commit(TEXT)
    review = at_work(forge)
    send(platform, forge, review)
    for one in [*forge.comments, *forge.threads]:  # somebody quotes all of them, marks and all
        getattr(forge, "comments" if platform == "github" else "threads").append(one | {"id": next(forge.numbers)})
    before = sorted(told(forge))
    commit(TEXT.replace("npm ci", "npm ci --no-audit"))
    send(platform, forge, at_work(forge))
    assert [method for method, _, _ in forge.requests if method in ("DELETE", "PUT")] == []
    assert set(before) <= set(told(forge))


def test_who_may_not_take_back_leaves_it_said_twice(repository, forge, platform):
    commit(TEXT)
    review = at_work(forge)
    forge.trouble = [Trouble("DELETE", "", 403, body={"message": "Resource not accessible"}) for _ in range(9)]
    posted = at_once(platform, forge, review)
    assert set(keys(forge)) == set(every_key(review))
    assert sum(one.said for one in posted) > len(review.items)


def test_lines_that_move_are_not_said_again(repository, forge, platform):
    commit(TEXT)
    first = send(platform, forge, at_work(forge, everything=False))
    commit(TEXT.replace("RUN pip", "ENV B=1\nENV C=1\nRUN pip"))
    assert send(platform, forge, at_work(forge, everything=False)) == (0, first.said, 0)


def test_what_a_force_push_made_outdated_is_said_again(repository, forge, platform):
    commit(TEXT)
    assert send(platform, forge, at_work(forge, everything=False)).said == 1
    git("reset", "-q", "--hard", "main")
    commit(BASE.replace("npm ci", "npm ci --no-audit"))
    assert send(platform, forge, at_work(forge, everything=False)).said == 1
    git("reset", "-q", "--hard", "main")
    commit(TEXT, message="once more")
    assert send(platform, forge, at_work(forge, everything=False)).said == 1
    assert len(keys(forge)) == 3


TWICE = "FROM debian:12-slim\nRUN pip install x\n" + "ENV A=1\n" * 9 + "RUN pip install x\n"


def test_of_two_equal_lines_one_accepted(repository, forge, platform):
    commit(TWICE)
    assert send(platform, forge, at_work(forge)).said == 2
    commit(TWICE.replace("install x", "install --no-cache-dir x", 1))
    assert send(platform, forge, at_work(forge)) == (0, 1, 0)  # the comment on the second line still stands


def test_of_two_equal_lines_one_accepted_and_the_other_outdated(repository, forge, platform):
    commit(TWICE)
    send(platform, forge, at_work(forge))
    accepted = TWICE.replace("install x", "install --no-cache-dir x", 1)
    commit(accepted.replace("install x", "install y"))
    assert send(platform, forge, at_work(forge)).said == 1
    commit(accepted)  # the last line is as it was, and no comment stands on it
    assert send(platform, forge, at_work(forge)) == (1, 0, 0)


def test_one_more_equal_line_is_said(repository, forge, platform):
    commit(TWICE)
    send(platform, forge, at_work(forge))
    commit(TWICE.replace("RUN pip", "RUN pip install x\nENV B=1\nRUN pip", 1))
    assert send(platform, forge, at_work(forge)) == (1, 2, 0)


def test_a_line_that_looks_like_a_mark_marks_nothing(repository, forge, platform):
    text = BASE.replace("RUN npm ci", "RUN npm ci \\\n# flask\n  && true")
    commit(text)
    other = next(item.key for _, item in at_work(forge).items if "package-cache-kept" not in item.rules)
    commit(text.replace("# flask", f"<!-- dfopt:{other} -->\\").replace("npm ci \\", "npm ci && echo \\"))
    review = at_work(forge)
    assert send(platform, forge, review).said == len(review.items)
    assert send(platform, forge, review).said == 0


def test_a_comment_in_a_review_that_is_not_sent_off_is_not_said(whole, forge):
    review = at_work(forge, whole)
    send("github", forge, review)
    outside = [one for one in forge.reviews if marks(one["body"])]
    assert outside
    for one in outside:
        one["state"] = "PENDING"
    assert send("github", forge, review).said == 1


@pytest.mark.parametrize("size", [29, 250])
def test_all_pages_are_read(whole, forge, platform, size):
    review = at_work(forge, whole)
    others = [{"body": f"a word {number}", "path": "x", "line": 1} for number in range(size)]
    forge.comments, forge.reviews = list(others), list(others)
    forge.threads = [{"id": "x", "notes": [{"body": "a word", "position": None}]}] * size
    send(platform, forge, review)
    assert send(platform, forge, review) == (0, 3, 0)


# -- the limits


def many(forge, whole, number, message="pip keeps its cache"):
    """A review with so much to say, one thing a line."""
    review = at_work(forge, whole)
    (file,) = review.files
    item = file.items[1]
    found = item.findings[0]._replace(finding=item.findings[0].finding._replace(message=message))
    hunk = Hunk(1, number, {}, frozenset())
    items = (
        item._replace(first=line, last=line, key=f"{line:016x}", hunk=hunk, findings=(found,))
        for line in range(1, number + 1)
    )
    forge.shown["Dockerfile"] = [set(range(1, number + 1))]
    return review._replace(files=(file._replace(items=tuple(items)),))


def test_no_request_has_more_than_thirty_comments_and_there_is_a_pause_between_two(whole, forge, platform):
    review = many(forge, whole, 70)
    assert send(platform, forge, review) == (70, 0, 0)
    assert keys(forge) == every_key(review)
    assert all(len(body.get("comments", ())) <= 30 for body in posts(forge))
    assert forge.slept == [1] * (len(posts(forge)) - 1)
    assert send(platform, forge, review).said == 0


@pytest.mark.parametrize("message", ["x", "@" * 999])
def test_no_text_is_longer_than_a_platform_takes(whole, forge, platform, message):
    review = many(forge, whole, 150, message)
    forge.shown = {}  # the diff is too large, and the platform shows nothing of it
    assert send(platform, forge, review) == (150, 0, 150)
    assert keys(forge) == every_key(review)
    assert max(map(len, told(forge))) < 65_536
    assert send(platform, forge, review).said == 0


def test_a_change_too_long_for_a_comment_is_named(repository, forge, platform):
    commit(BASE.replace("npm ci", f"npm ci && echo {'x' * 50_000}"))
    review = at_work(forge)
    assert send(platform, forge, review).refused == 0
    assert any("too long to be shown" in text for text in told(forge))
    assert max(map(len, told(forge))) < 65_536


def test_the_format_is_a_request_that_github_takes(whole, forge):
    review = many(forge, whole, 40)
    made = json.loads(as_github(review))
    status, _ = forge.answer("POST", "/repos/octo/repo/pulls/7/reviews", made)
    assert status == 200
    assert keys(forge) == every_key(review)


# -- what is refused


@pytest.mark.parametrize("shown", [[{23}], []], ids=["one line", "no line"])
def test_a_refused_comment_does_not_lose_the_others(whole, forge, platform, shown):
    review = at_work(forge, whole)
    forge.shown["Dockerfile"] = shown
    posted = send(platform, forge, review)
    assert (posted.said, posted.refused) == (3, 2 - len(shown))
    assert keys(forge) == every_key(review)
    assert send(platform, forge, review) == (0, 3, 0)


def test_a_gitlab_that_fails_at_a_place_does_not_lose_the_others(whole, forge):
    review = at_work(forge, whole)
    forge.trouble = [Trouble("POST", "/discussions", 500) for _ in range(5)]
    assert send("gitlab", forge, review).refused == 1
    assert keys(forge) == every_key(review)


def test_a_locked_request_is_told_in_the_platforms_words(whole, forge, platform):
    review = at_work(forge, whole)
    forge.locked = True
    with pytest.raises(PostError, match="lock prevents review" if platform == "github" else "403 Forbidden") as caught:
        send(platform, forge, review)
    assert "GITHUB_TOKEN" not in str(caught.value)
    assert len(posts(forge)) <= 2  # not one for every line


@pytest.mark.parametrize(
    ("status", "said", "shown"),
    [
        (401, "Bad credentials", "does not know .*: Bad credentials"),
        (403, "Resource not accessible by integration", "not accessible by integration"),
        (403, "Repository was archived so is read-only.", "archived"),
        (404, "Not Found", "does not show"),
        (410, "Gone for good", "410 .*: Gone for good"),
        (418, "I am a teapot", "418 .*: I am a teapot"),
        (422, "User can only have one pending review per pull request", "one pending review"),
        (400, "Maximum number of comments exceeded", "Maximum number of comments"),
        (400, "\ud800\x1b[2J\n::error::x", r"400 .*: "),
        (451, "<html>\n<body>blocked</body></html>", r"451 \(octo/repo.7\)$"),
    ],
)
def test_errors_are_the_platforms_words(whole, forge, platform, status, said, shown):
    review = at_work(forge, whole)
    body = said.encode() if said.startswith("<") else {"message": said}
    forge.trouble = [Trouble("POST", end(platform), status, body=body) for _ in range(3)]
    with pytest.raises(PostError, match=shown) as caught:
        send(platform, forge, review)
    assert "\n" not in str(caught.value)
    assert not keys(forge)


def test_a_head_that_is_not_the_requests_is_told_before_anything_is_posted(whole, forge, platform):
    review = at_work(forge, whole)
    forge.head = "f" * 40
    with pytest.raises(
        PostError, match=f"is at ffffffffffff by now.*{review.comparison.head[:12]}.*nothing was posted"
    ):
        send(platform, forge, review)
    assert not posts(forge)


def test_a_merge_request_that_is_not_compared_yet_is_waited_for(whole, forge):
    review = at_work(forge, whole)
    forge.trouble = [Trouble("GET", "/7", 200, body={"iid": 7, "diff_refs": None}) for _ in range(2)]
    assert send("gitlab", forge, review).said == 3
    assert forge.slept[:2] == [1, 2]


# -- what fails and passes


@pytest.mark.parametrize("kept", [0, 7, None], ids=["not done", "half done", "done"])
@pytest.mark.parametrize("manner", ["", "close", "half"])
def test_an_answer_that_is_lost_does_not_say_anything_twice(repository, forge, platform, kept, manner):
    commit("FROM debian:12-slim\n" + "".join(f"RUN pip install x{n}\nENV A{n}=1\n" for n in range(12)))
    review = at_work(forge)
    forge.trouble = [
        Trouble("GET", "/7", 502, manner=manner),
        Trouble("POST", end(platform), 502, kept=kept, manner=manner),
        Trouble("GET", "/comments" if platform == "github" else end(platform), 502, manner=manner),
    ]
    assert send(platform, forge, review).said == len(review.items)
    assert keys(forge) == every_key(review)


def test_of_equal_lines_none_is_lost_with_an_answer(repository, forge, platform):
    commit(TWICE)
    send(platform, forge, at_work(forge))
    commit(TWICE.replace("RUN pip", "RUN pip install x\nENV B=1\nRUN pip", 1))
    review = at_work(forge)
    forge.trouble = [Trouble("POST", end(platform))]
    assert send(platform, forge, review).said == 1
    assert len(keys(forge)) == 3


DATE = formatdate(1_000_030, usegmt=True)


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": DATE}, 30),
        ({"Retry-After": formatdate(1, usegmt=True)}, 1),
        ({"Retry-After": "soon"}, 60),
        ({"Retry-After": "-5"}, 60),
        ({"Retry-After": "nan"}, 60),
        ({"Retry-After": "Fri, 99 Foo 2026 99:99:99 GMT"}, 60),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000009"}, 10),
        ({"X-RateLimit-Remaining": "4711", "X-RateLimit-Reset": "1003600"}, 60),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "1000009"}, 10),
        ({}, 60),
    ],
)
def test_a_rate_limit_is_waited_for(whole, forge, platform, monkeypatch, told, waited):
    review = at_work(forge, whole)
    status = 429 if platform == "gitlab" or "Retry-After" not in told else 403
    monkeypatch.setattr(SEND_MODULES[platform], "Patience", lambda sleep: Patience(sleep, lambda: 1_000_000))
    body = {"message": "You have exceeded a secondary rate limit."}
    forge.trouble = [Trouble("POST", end(platform), status, told, body=body)]
    assert send(platform, forge, review).said == 3
    assert [slept for slept in forge.slept if slept != 1] == [max(waited, 3)]
    assert keys(forge) == every_key(review)


@pytest.mark.parametrize("told", ["9999", "9" * 400, formatdate(4e9, usegmt=True)])
def test_a_long_rate_limit_is_an_error(whole, forge, platform, told):
    review = at_work(forge, whole)
    forge.trouble = [Trouble("GET", "/7", 429, {"Retry-After": told})]
    with pytest.raises(PostError, match="rate limit"):
        send(platform, forge, review)
    assert forge.slept == []


def test_patience_ends(whole, forge, platform):
    review = at_work(forge, whole)
    forge.trouble = [Trouble("GET", "/7", 503) for _ in range(9)]
    with pytest.raises(PostError, match="503"):
        send(platform, forge, review)
    assert forge.slept == [1, 2, 4, 8]


def test_all_waiting_together_ends():
    slept = []
    patient = Patience(slept.append)

    def limited():
        raise ApiError(429, "", {"Retry-After": "100"})

    for _ in range(9):
        with pytest.raises(ApiError):
            patient.ask(limited)
    assert sum(slept) == 600


def test_comments_that_came_too_quickly_are_no_refused_lines():
    error = ApiError(422, "Validation Failed: was submitted too quickly")
    assert error.limited
    assert [wait_for(error, attempt, 0) for attempt in range(3)] == [60, 120, 120]
    assert wait_for(ApiError(422, "Line could not be resolved"), 0, 0) is None


@pytest.mark.parametrize("manner", ["slow", "close"])
def test_an_answer_that_does_not_end_is_none(whole, forge, platform, monkeypatch, manner):
    review = at_work(forge, whole)
    monkeypatch.setattr(patience, "_ANSWER", 0.2)
    body = {"message": "x" * 200}
    forge.trouble = [Trouble("GET", "/7", 200, body=body, manner=manner) for _ in range(5)]
    with pytest.raises(PostError, match=r"cannot be asked about octo/repo.7"):
        send(platform, forge, review)


@pytest.mark.parametrize(
    "body",
    [b"<html>Sign in</html>", b"{", b"null", b"[]", b'"x"', b'{"head": 1, "diff_refs": 1}'],
)
def test_what_is_no_answer_of_the_api_is_an_error(whole, forge, platform, body):
    review = at_work(forge, whole)
    for path in ("/7", "/comments" if platform == "github" else "/discussions"):
        if path != "/7" and body == b"[]":  # nothing was said
            continue
        forge.trouble = [Trouble("GET", path, 200, {"Content-Type": "application/json"}, body=body)]
        with pytest.raises(PostError, match="not that of Git"):
            send(platform, forge, review)
        assert not posts(forge)


def test_entries_of_a_list_that_are_something_else_are_nothing(whole, forge, platform):
    review = at_work(forge, whole)
    forge.comments = [None, 1, {"body": 7, "line": 1}, {"body": None, "line": None}]
    forge.reviews = ["x", {"body": {}}]
    forge.threads = [[], {"notes": 1}, {"notes": [None, {"body": 1, "position": 2}]}]
    poster = SEND_MODULES[platform]._Poster(
        review, Request(platform, forge.url, "octo/repo", 7), TOKEN, Patience(forge.sleep)
    )
    assert poster.told() == set()


def test_pages_without_an_end_are_an_error(whole, forge, platform, monkeypatch):
    review = at_work(forge, whole)
    monkeypatch.setattr(github, "_PAGES", 3)
    monkeypatch.setattr(gitlab, "_PAGES", 3)
    path = "/comments" if platform == "github" else "/discussions"
    more = {"Link": f'<{forge.url}/x>; rel="next"'}
    forge.trouble = [Trouble("GET", path, 200, more, body=[{}]) for _ in range(9)]
    with pytest.raises(PostError, match="more than 300"):
        send(platform, forge, review)


# -- where it is sent to


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_token_follows_a_redirect_to_another_host(whole, forge, platform, status, method):
    review = at_work(forge, whole)
    with Forge(host="127.0.0.2").serving() as other:
        other.pushed(forge.head, forge.texts, forge.shown)
        path = (
            f"/repos/octo/repo/pulls/7{end(platform)}"
            if platform == "github"
            else "/api/v4/projects/1/merge_requests/7"
        )
        there = {"Location": other.url + path}
        forge.trouble = [Trouble(method, "/7" if method == "GET" else end(platform), status, there)]
        with pytest.raises(PostError):
            send(platform, forge, review)
        assert not other.tokens
        assert not other.requests
    assert not keys(forge)


def test_a_redirect_is_told(whole, forge, platform):
    review = at_work(forge, whole)
    forge.trouble = [Trouble("GET", "/7", 302, {"Location": "https://elsewhere.example/7"})]
    with pytest.raises(PostError, match=r"302 .*: it is at https://elsewhere.example/7 now"):
        send(platform, forge, review)


@pytest.mark.parametrize(("host", "prefix"), [("127.0.0.1", "/api/v3"), ("127.0.0.1", "/git/lab"), ("::1", "/api/v3")])
def test_a_server_of_ones_own(whole, platform, host, prefix):
    """GitHub Enterprise has its API below a path, a GitLab may be below one; either may have any address and port."""
    with Forge(host, prefix).serving() as forge:
        review = at_work(forge, whole)
        assert send(platform, forge, review).said == 3
        assert keys(forge) == every_key(review)


@pytest.mark.parametrize("address", ["https://[::1]:9", "http://[::1]:9/api/v3"])
def test_an_address_of_ipv6_is_asked(platform, address):
    with pytest.raises(PostError, match="NewConnectionError"):  # nobody is there, but it is an address
        SEND_MODULES[platform].post(Review(()), Request(platform, address, "o/r", 7), TOKEN, sleep=lambda _: None)


@pytest.mark.parametrize(
    "wrong", ["api.example", "ftp://x", "https://", "https://x:y", "http://a b", "//x", "x://[", "http://é"]
)
@pytest.mark.parametrize("name", ["GITHUB_API_URL", "CI_SERVER_URL"])
def test_an_address_that_is_none_is_one_line(repository, capfd, monkeypatch, name, wrong):
    commit(TEXT)
    platform = "github" if name.startswith("GITHUB") else "gitlab"
    for variable, value in {name: wrong, "GITHUB_TOKEN": TOKEN, "GITLAB_TOKEN": TOKEN}.items():
        monkeypatch.setenv(variable, value)
    arguments = ["review", "--isolated", "--base", "main", "--post", "--repository", "octo/repo", "--number", "7"]
    assert run([*arguments, "--format", platform]) == 2
    assert capfd.readouterr().err.startswith(f"dfopt: {name} is no address of a server")


def test_an_address_with_a_password_is_refused_and_not_shown():
    with pytest.raises(RequestError) as caught:
        request({"GITHUB_ACTIONS": "true", "GITHUB_API_URL": f"https://me:{TOKEN}@x.example"})
    assert TOKEN not in str(caught.value)


def test_a_proxy_that_is_not_there_is_told(whole, forge, platform, monkeypatch):
    review = at_work(forge, whole)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(PostError, match=r"cannot be asked about .*ProxyError"):
        send(platform, forge, review)
    assert not forge.requests


def test_a_netrc_does_not_replace_the_token(whole, forge, platform, monkeypatch, tmp_path):
    review = at_work(forge, whole)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    send(platform, forge, review)
    assert forge.tokens == {f"token {TOKEN}" if platform == "github" else TOKEN}


def test_a_pipeline_of_a_fork_speaks_of_the_parents_request():
    told = {
        "GITLAB_CI": "true",
        "CI_PROJECT_ID": "10",
        "CI_PROJECT_PATH": "me/fork",
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_MERGE_REQUEST_IID": "7",
    }
    made = request(told)
    assert (made.repository, made.number) == ("1", 7)
    del told["CI_MERGE_REQUEST_PROJECT_ID"]
    assert request(told | {"CI_MERGE_REQUEST_PROJECT_PATH": "them/it"}).repository == "them/it"
    assert request(told).repository == "10"


@pytest.mark.parametrize("number", ["x", "7.0", "-7", "²", "7 8", "9" * 99])
def test_a_bad_number_is_not_blamed_on_another_variable(repository, capfd, monkeypatch, number):
    monkeypatch.setenv("GITLAB_CI", "true")
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", number)
    assert run(["review", "--post"]) == 2
    error = capfd.readouterr().err
    assert error.startswith("dfopt: CI_MERGE_REQUEST_IID is ")
    assert "GITHUB" not in error


EVENTS = ["", "{", "[" * 99_999, None]
for wrong in ('"x"', "true", "0", "1e400", "[]"):
    EVENTS.append(
        f'{{"pull_request": {{"number": {wrong}, "base": {{"sha": "{"0" * 40}"}}, "head": {{"sha": "{"0" * 40}"}}}}}}'
    )
for wrong in ("1", "{}", '{"sha": "main"}', '{"sha": "\\ud800"}', '{"sha": "a\\u0000b"}', '{"sha": "--output=x"}'):
    EVENTS.append(f'{{"pull_request": {{"number": 7, "base": {{"sha": "{"0" * 40}"}}, "head": {wrong}}}}}')


@pytest.mark.parametrize("event", EVENTS)
def test_a_bad_event_is_one_line(repository, capfd, monkeypatch, event):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(repository / "event.json"))
    if event is not None:
        Path("event.json").write_text(event)
    assert run(["review", "--post"]) == 2
    error = capfd.readouterr().err
    assert "GITHUB_EVENT_PATH" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["octo", "octo/../x", "../x", "a/b/c", "octo/re po", "octo/x?y", "octo/é", "octo/x\n"])
def test_a_repository_that_is_none_is_one_line(repository, forge, capfd, monkeypatch, name):
    commit(TEXT)
    at_work(forge)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", forge.url)
    where = ["--base", "main", "--repository", name, "--number", "7"]
    assert run(["review", "--isolated", "--post", "--format", "github", *where]) == 2
    assert "is no repository of GitHub" in capfd.readouterr().err
    assert not forge.requests


# -- the token


def environment(platform, forge, head):
    """What a job of the platform's CI has in its environment."""
    base = git("rev-parse", "main")
    if platform == "gitlab":
        return {
            "GITLAB_CI": "true",
            "CI_SERVER_URL": forge.url,
            "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_COMMIT_SHA": head,
        }
    event = {"pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": head}}}
    Path("../event.json").write_text(json.dumps(event))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": forge.url,
        "GITHUB_REPOSITORY": "octo/repo",
        "GITHUB_EVENT_PATH": str(Path("../event.json").resolve()),
    }


@pytest.fixture
def job(repository, forge, platform, monkeypatch):
    """What a job with a token does."""
    head = commit(TEXT)
    at_work(forge, everything=False)
    for name, value in environment(platform, forge, head).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(SEND_MODULES[platform], "Patience", lambda _: Patience(forge.sleep))

    def work(token):
        name = "GITHUB_TOKEN" if platform == "github" else "GITLAB_TOKEN"
        if token is not None:
            monkeypatch.setenv(name, token)
        return run(["review", "--isolated", "--post"])

    return work


def test_the_command_posts_what_the_job_is_for(job, forge, platform, capfd):
    assert job(None) == 2
    assert capfd.readouterr().err == f"dfopt: --post needs {platform.upper()}_TOKEN in the environment\n"
    assert job(TOKEN) == 0
    assert capfd.readouterr().err == "posted 1\n"
    assert job(TOKEN) == 0
    assert capfd.readouterr().err == "posted 0; 1 were there already\n"
    assert len(keys(forge)) == 1


@pytest.mark.parametrize("token", [f"{TOKEN}\n", f" {TOKEN}\r\n", f"{TOKEN}\t"])
def test_white_space_around_a_token_goes(job, forge, token):
    assert job(token) == 0
    assert {sent.removeprefix("token ") for sent in forge.tokens} == {TOKEN}


BROKEN = [f"{TOKEN}\n{TOKEN}", f"{TOKEN} {TOKEN}", f"{TOKEN}\r\nX: y", f"{TOKEN}é", f"{TOKEN}→", f"{TOKEN}\udcff", f"'{TOKEN}'",
          f'"{TOKEN}"', f"{TOKEN}\\n", f"{TOKEN}\x1b[2J", "\u200b" + TOKEN, f"{TOKEN}\x7f"]  # fmt: skip


@pytest.mark.parametrize("token", BROKEN)
def test_a_token_that_is_none_is_one_line(job, forge, platform, capfd, token):
    assert job(token) == 2
    out, error = capfd.readouterr()
    assert error == (
        f"dfopt: {platform.upper()}_TOKEN is no token: it holds a character that none has, such as a blank or a line break\n"
    )
    assert not out
    assert not forge.requests


def test_a_blank_token_is_none(job, platform, capfd):
    assert job(" \n") == 2
    assert capfd.readouterr().err == f"dfopt: {platform.upper()}_TOKEN is empty\n"


ECHO = {"message": f"I know you, {TOKEN}! authorization: token {TOKEN}", "errors": [{"message": TOKEN}], "error": TOKEN}
FAILURES = {
    **{
        f"{method} {status}": [Trouble(method, place, status, body=ECHO)] * 30
        for method, place in (("GET", "/7"), ("POST", ""))
        for status in (302, 400, 401, 403, 404, 410, 418, 422, 429, 500, 502)
    },
    "redirect": [Trouble("GET", "/7", 301, {"Location": f"http://127.0.0.2:1/{TOKEN}"}, body=ECHO)] * 9,
    "limit": [Trouble("GET", "/7", 429, {"Retry-After": TOKEN}, body=ECHO)] * 9,
    "html": [Trouble("GET", "/7", 200, body=f"<html>{TOKEN}</html>")] * 9,
    "html in an error": [Trouble("GET", "/7", 500, body=f"<html>{TOKEN}</html>")] * 9,
    "text": [Trouble("GET", "/7", 400, body=f"no {TOKEN}")] * 9,
    "json": [Trouble("GET", "/7", 200, body=ECHO)] * 9,
    "close": [Trouble("GET", "/7", manner="close")] * 9,
    "half": [Trouble("GET", "/7", 200, body=ECHO, manner="half")] * 9,
    "head": [Trouble("GET", "/7", 200, body={"iid": 7, "head": {"sha": TOKEN}, "diff_refs": dict.fromkeys(("base_sha", "start_sha", "head_sha"), TOKEN)})] * 9,
    "garbage in a header": [Trouble("GET", "/7", 200, {"X-RateLimit-Remaining": TOKEN, "X-RateLimit-Limit": TOKEN})] * 9,
}  # fmt: skip


def test_no_stream_holds_the_token(job, forge, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    for name, failure in FAILURES.items():
        forge.trouble = list(failure)
        assert job(TOKEN) == 2, name
        out, error = capfd.readouterr()
        assert TOKEN[:8] not in out + error, name
        assert error.count("\n") == 1, error
    assert TOKEN not in caplog.text
    assert not [record for record in caplog.records if record.name.startswith("github")]  # it would log answers


def test_no_exception_holds_the_token(whole, forge, platform):
    review = at_work(forge, whole)
    for name, failure in FAILURES.items():
        forge.trouble = list(failure)
        with pytest.raises(PostError) as caught:
            send(platform, forge, review)
        assert TOKEN[:8] not in "".join(traceback.format_exception(caught.value)), name


@pytest.mark.parametrize(
    "api", ["http://127.0.0.1:1", "127.0.0.1", "ftp://x", "", "http://[", "http://x.invalid:99999", "127.0.0.1\nx"]
)
def test_nothing_that_a_library_raises_gets_out(platform, api):
    """As a caller of these functions may use them, with no check before."""
    for token in (TOKEN, f"{TOKEN}\n", *BROKEN):
        with pytest.raises(PostError) as caught:
            SEND_MODULES[platform].post(Review(()), Request(platform, api, "octo/repo", 7), token, sleep=lambda _: None)
        assert "\n" not in str(caught.value)
        assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_tokens_are_taken_out_of_what_others_say():
    assert words(f"a {TOKEN}\nb", TOKEN) == "a *** b"
    assert words("a%2Fb a/b", "a/b") == "*** ***"
    assert words("at http://me:secret@x.example/y", TOKEN) == "at http://x.example/y"
    assert len(words("x" * 999, TOKEN)) == 301
    assert checked(f"{TOKEN}\n", "X") == TOKEN


# -- what stands on no line


@pytest.mark.parametrize("number", [1, 900])
def test_what_keeps_dfopt_from_a_file_is_said_once(repository, forge, platform, number):
    commit(TEXT)
    problems = tuple(Problem(f"x{count}/Dockerfile", 3, f"unknown instruction: {'X' * 90}") for count in range(number))
    review = at_work(forge)._replace(errors=problems)
    posted = send(platform, forge, review)
    assert posted == (len(review.items) + number, 0, 0)
    assert max(map(len, told(forge))) < 65_536
    moved = review._replace(errors=tuple(problem._replace(line=4) for problem in problems))
    assert send(platform, forge, moved) == (0, len(review.items) + number, 0)


def test_one_text_holds_all_that_fits(whole):
    review = whole._replace(errors=(Problem("x/Dockerfile", 3, "unknown instruction: RUNN"),))
    outside = [(file, item._replace(hunk=None)) for file, item in review.items]
    (text,) = bodies(review, outside, list(review.errors))
    assert len(marks(text)) == 4
    long = Problem("x/Dockerfile", 3, "@" * 490)
    texts = bodies(review, outside * 200, [long] * 39)
    assert max(map(len, texts)) < 65_536
    assert sum(len(marks(text)) for text in texts) == 639


def test_unsaid_is_stable(repository, forge):
    commit(TWICE)
    review = at_work(forge)
    (_, one), (_, two) = review.items
    assert unsaid(review, {(one.key, 2), (two.key, 12)}) == []
    assert unsaid(review, {(two.key, 12)}) == [review.items[0]]
    assert unsaid(review, {(two.key, None)}) == [review.items[1]]
    assert unsaid(review, {(one.key, 5)}) == [review.items[1]]
    assert unsaid(review, {(one.key, 2), (one.key, 2), (two.key, 2)}) == [review.items[1]]
