"""A GitHub and a GitLab of our own: they take what the real ones take, refuse what those refuse, and fail as they fail.

Sources: GitHub's *REST API endpoints for pull request reviews*, *Rate limits for the REST API* and *Best practices*; what
reviewdog and others met (a bad gateway above 30 comments, of which some are kept; 422 "was submitted too quickly");
GitLab's *Discussions API*, *Rate limits* and its limit of a million characters for a note.
"""

from __future__ import annotations

import difflib
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

PAGE = 30  # things on a page, unless asked otherwise; never more than a hundred


@dataclass
class Trouble:
    """What to answer instead, once, to the next request of this method whose path ends so.

    `kept` says how many comments of a request are done all the same, None for the whole of it. `body` is sent as it is
    where it is bytes. `manner` may be "close" (no answer at all), "half" (of one) or "slow" (a byte now and then).
    """

    method: str
    end: str
    status: int = 502
    headers: dict = field(default_factory=dict)
    kept: int | None = 0
    body: object = None
    manner: str = ""


class Forge:
    """`shown` are the lines of each path that a comment may stand on, in groups that a comment may not leave.

    `trouble` comes before any other answer. The clock is the server's: a pause of a client is one if it lets `sleep` do it.
    """

    def __init__(self, host="127.0.0.1", prefix=""):
        self.host = host
        self.prefix = prefix
        self.shown = {}
        self.texts = {}
        self.head = "0" * 40
        self.comments = []
        self.reviews = []
        self.threads = []
        self.requests = []
        self.tokens = set()
        self.trouble = []
        self.locked = False
        self.clock = 1_000_000.0
        self.slept = []
        self.wrote = None
        self.lock = threading.Lock()
        self.hurried = False  # whether it takes requests without a pause
        self.gate = None  # a barrier that lists wait at, so that several runs read before any of them writes
        self.numbers = count(1)

    @contextmanager
    def serving(self):
        import socket

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            daemon_threads = True
            block_on_close = False

        server = Server((self.host, 0), self.handler())
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"http://{host}:{server.server_address[1]}{self.prefix}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.clock += seconds

    def pushed(self, head, texts, shown):
        """A new head: comments move along with their lines, and are outdated where those are not there any more."""
        for one in self.comments:
            first, last = self.moved(one["path"], one.get("start_line") or one["line"], one["line"], texts, shown)
            one |= {"line": last, "position": last, "start_line": first}
        for note in (note for thread in self.threads for note in thread["notes"]):
            place = note["position"]
            if place and place["head_sha"] == self.head:
                _, line = self.moved(place["new_path"], place["new_line"], place["new_line"], texts, shown)
                note["position"] = place | ({"new_line": line, "head_sha": head} if line else {})
        self.head, self.texts, self.shown = head, texts, shown

    def moved(self, path, first, last, texts, shown):
        if last is None:
            return None, None
        old, new = (known.get(path, b"").split(b"\n") for known in (self.texts, texts))
        blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for block in blocks:
            if block.a < first <= last <= block.a + block.size:
                by = block.b - block.a
                fits = any(first + by in group and last + by in group for group in shown.get(path, ()))
                return (first + by, last + by) if fits else (None, None)
        return None, None

    def fits(self, path, first, last):
        return any(first in group and last in group for group in self.shown.get(path, ()))

    def answer(self, method, path, body, kept=None):
        """Status, JSON, and for a list whether it goes on. With `kept`, no more than so many comments are done."""
        path = path.removeprefix(self.prefix)
        if match := re.fullmatch(r"/repos/[^/]+/[^/]+/pulls/(?:7/)?(comments|reviews)/(\d+)", path):
            return self.changed(method, getattr(self, match[1]), int(match[2]), body)
        if match := re.fullmatch(r"/api/v4/projects/[^/]+/merge_requests/7/discussions/(\d+)/notes/(\d+)", path):
            return self.changed(method, self.threads, int(match[1]), body)
        if match := re.fullmatch(r"/repos/(?P<name>[^/]+/[^/]+)/pulls/7(?P<rest>/\w+)?", path):
            return self.github(method, match["rest"], body, match["name"], kept)
        if match := re.fullmatch(r"/api/v4/projects/(?P<name>[^/]+)/merge_requests/7(?P<rest>/\w+)?", path):
            return self.gitlab(method, match["rest"], body)
        return 404, {"message": "Not Found"}

    def changed(self, method, things, number, body):
        """One of the things is deleted, or gets another body."""
        found = next((one for one in things if one["id"] == number), None)
        if found is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            things.remove(found)
            return 204, ""
        found |= body
        return 200, found

    def too_fast(self):
        """Whether a request that writes comes less than a second after another."""
        if self.hurried:
            return False
        fast = self.wrote is not None and self.clock - self.wrote < 1
        self.wrote = self.clock
        return fast

    def github(self, method, rest, body, name, kept):
        if rest is None:
            return 200, {"url": f"{self.url}/repos/{name}/pulls/7", "number": 7, "head": {"sha": self.head}}
        if method == "GET":
            return 200, self.comments if rest == "/comments" else self.reviews
        if self.too_fast():
            return 422, {
                "message": "Validation Failed",
                "errors": [{"code": "custom", "message": "was submitted too quickly"}],
            }
        if len(body["body"]) > 65_536 or any(len(one["body"]) > 65_536 for one in body.get("comments", ())):
            return 422, {"message": "Validation Failed", "errors": ["body is too long (maximum is 65536 characters)"]}
        if rest == "/comments":
            if self.locked:
                return 403, {"message": "Unable to create comment because issue is locked."}
            if not self.takes(body) or body["commit_id"] != self.head:
                return 422, {
                    "message": "Validation Failed",
                    "errors": ["pull_request_review_thread.line must be part of the diff"],
                }
            (made,) = self.keep([body], next(self.numbers))
            return 201, made
        if self.locked:
            return 422, {"message": "Unprocessable Entity", "errors": ["lock prevents review"]}
        if body["event"] != "COMMENT" or not body["body"] or body["commit_id"] != self.head:
            return 422, {"message": "Unprocessable Entity"}
        if not all(map(self.takes, body["comments"])):
            return 422, {"message": "Unprocessable Entity", "errors": ["Line could not be resolved"]}
        made = {"id": next(self.numbers), "body": body["body"], "state": "COMMENTED"}
        self.reviews.append(made)
        most = min(30, len(body["comments"]) if kept is None else kept)
        self.keep(body["comments"][:most], made["id"])
        return (502, "<html>Bad Gateway</html>") if len(body["comments"]) > 30 else (200, made)

    def keep(self, comments, review):
        made = [
            one
            | {"id": next(self.numbers), "pull_request_review_id": review}
            | {"position": one["line"], "original_line": one["line"]}
            for one in comments
        ]
        self.comments += made
        return made

    def takes(self, comment):
        first = comment.get("start_line", comment["line"])
        ordered = first < comment["line"] or "start_line" not in comment
        return ordered and comment["side"] == "RIGHT" and self.fits(comment["path"], first, comment["line"])

    def gitlab(self, method, rest, body):
        if rest is None:
            refs = dict.fromkeys(("base_sha", "start_sha", "head_sha"), self.head)
            return 200, {"iid": 7, "project_id": 1, "sha": self.head, "diff_refs": refs}
        if method == "GET":
            return 200, self.threads
        if self.too_fast():
            return 429, {"message": "This endpoint has been requested too many times. Try again later."}
        if self.locked:
            return 403, {"message": "403 Forbidden"}
        if len(body["body"]) > 1_000_000:
            return 400, {"message": '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}'}
        place = body.get("position")
        if place and not self.fits(place["new_path"], place["new_line"], place["new_line"]):
            return 400, {"message": '400 Bad request - Note {:line_code=>["can\'t be blank"]}'}
        number = next(self.numbers)
        self.threads.append({"id": number, "notes": [{"id": number, "body": body["body"], "position": place}]})
        return 201, self.threads[-1]

    def handler(forge):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do(self):
                if (
                    forge.gate
                    and self.command == "GET"
                    and urlsplit(self.path).path.endswith(("/reviews", "/discussions"))
                ):
                    forge.gate.wait(10)
                with forge.lock:
                    answered = self.answered()
                if answered:
                    self.reply(*answered)

            do_GET = do_POST = do_PUT = do_DELETE = do

            def answered(self):
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                forge.requests.append((self.command, parts.path, body))
                forge.tokens |= {self.headers.get("Authorization"), self.headers.get("PRIVATE-TOKEN")} - {None}
                for number, trouble in enumerate(forge.trouble):
                    if trouble.method == self.command and parts.path.endswith(trouble.end):
                        del forge.trouble[number]
                        if trouble.kept != 0:
                            forge.answer(self.command, parts.path, body, trouble.kept)
                        elif trouble.method == "POST":
                            forge.wrote = forge.clock
                        return trouble.status, trouble.body or {}, trouble.headers, trouble.manner
                status, made = forge.answer(self.command, parts.path, body)
                headers = {}
                if isinstance(made, list):
                    asked = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
                    size = min(asked.get("per_page", PAGE), 100)
                    end = asked.get("page", 1) * size
                    if end < len(made):
                        headers["Link"] = (
                            f'<{forge.url}{parts.path}?per_page={size}&page={end // size + 1}>; rel="next"'
                        )
                    made = made[end - size : end]
                return status, made, headers, ""

            def reply(self, status, body, headers, manner):
                if manner == "close":
                    return
                raw = (
                    body
                    if isinstance(body, bytes)
                    else body.encode()
                    if isinstance(body, str)
                    else json.dumps(body).encode()
                )
                self.send_response(status)
                kind = "application/json" if isinstance(body, (dict, list)) else "text/html"
                told = {"Content-Type": kind, "Content-Length": str(len(raw)), **headers}
                for name, value in told.items():
                    self.send_header(name, value)
                self.end_headers()
                if manner == "slow":
                    for at in range(len(raw)):
                        self.wfile.write(raw[at : at + 1])
                        self.wfile.flush()
                        time.sleep(0.05)
                else:
                    self.wfile.write(raw[: len(raw) // 2] if manner == "half" else raw)

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except ConnectionError:  # a client that does not wait for the end
                    self.close_connection = True

        return Handler
