"""A GitHub and a GitLab of our own: they take what the real ones take, and refuse what those refuse."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Forge:
    """`shown` are the lines of each path that a comment may stand on, in groups that a comment may not leave.

    `trouble` are answers to give, by method and the path's end, before any other; `lost` ones are given after the
    request was done all the same.
    """

    def __init__(self):
        self.shown = {}
        self.head = "0" * 40
        self.comments = []
        self.reviews = []
        self.threads = []
        self.requests = []
        self.tokens = set()
        self.trouble = []

    @contextmanager
    def serving(self):
        server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def fits(self, path, first, last):
        return any(first in group and last in group for group in self.shown.get(path, ()))

    def answer(self, method, path, body):
        if match := re.fullmatch(r"/repos/(?P<name>[^/]+/[^/]+)/pulls/7(?P<rest>/\w+)?", path):
            return self.github(method, match["rest"], body, match["name"])
        if match := re.fullmatch(r"/api/v4/projects/[^/]+/merge_requests/7(?P<rest>/\w+)?", path):
            return self.gitlab(method, match["rest"], body)
        if re.fullmatch(r"/repos/[^/]+/[^/]+", path):
            return 200, {"url": f"{self.url}{path}", "full_name": path.removeprefix("/repos/")}
        return 404, {"message": "Not Found"}

    def github(self, method, rest, body, name):
        if rest is None:
            return 200, {"url": f"{self.url}/repos/{name}/pulls/7", "number": 7, "head": {"sha": self.head}}
        kept = self.comments if rest == "/comments" else self.reviews
        if method == "GET":
            return 200, kept
        if rest == "/comments":
            if not self.takes(body) or body["commit_id"] != self.head:
                return 422, {"message": "Validation Failed", "errors": ["pull_request_review_thread.line"]}
            self.comments.append(body)
            return 201, body
        if body["event"] != "COMMENT" or not body["body"]:
            return 422, {"message": "Unprocessable Entity"}
        if not all(map(self.takes, body["comments"])):
            return 422, {"message": "Unprocessable Entity", "errors": ["Line could not be resolved"]}
        self.reviews.append({"body": body["body"]})
        self.comments += body["comments"]
        return 200, body

    def takes(self, comment):
        first = comment.get("start_line", comment["line"])
        ordered = first < comment["line"] or "start_line" not in comment
        return ordered and comment["side"] == "RIGHT" and self.fits(comment["path"], first, comment["line"])

    def gitlab(self, method, rest, body):
        if rest is None:
            return 200, {
                "iid": 7,
                "project_id": 1,
                "diff_refs": dict.fromkeys(("base_sha", "start_sha", "head_sha"), self.head),
            }
        if method == "GET":
            return 200, self.threads
        place = body.get("position")
        if place and not self.fits(place["new_path"], place["new_line"], place["new_line"]):
            return 400, {"message": '400 Bad request - Note {:line_code=>["can\'t be blank"]}'}
        self.threads.append({"id": str(len(self.threads)), "notes": [{"body": body["body"], "position": place}]})
        return 201, self.threads[-1]

    def handler(forge):  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do(self):
                path = urlsplit(self.path).path
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                forge.requests.append((self.command, path, body))
                forge.tokens.add(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN"))
                for number, (method, end, status, headers, lost) in enumerate(forge.trouble):
                    if method == self.command and path.endswith(end):
                        del forge.trouble[number]
                        if lost:
                            forge.answer(self.command, path, body)
                        return self.reply(
                            status, {"message": "API rate limit exceeded"} if status == 403 else {}, headers
                        )
                return self.reply(*forge.answer(self.command, path, body), {})

            do_GET = do_POST = do

            def reply(self, status, body, headers):
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {
                    "Content-Type": "application/json",
                    "Content-Length": str(len(data)),
                    **headers,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler
