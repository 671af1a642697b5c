"""What `remove-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "remove-after-copy"

# before, after
REWRITES = (
    (
        "FROM debian:12\nCOPY big.tar /\nRUN touch /big.tar\nRUN rm -f /big.tar\nCMD x\n",
        "FROM debian:12\nCMD x\n",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN chmod -v 600 /tmp/a.txt /x && chown 7 /tmp/a.txt && true\nRUN rm -f /tmp/a.txt /y\n",
        "FROM debian:12\nRUN chmod -v 600 /x && true\nRUN rm -f /y\n",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN setfacl -m u:7:r /tmp/a.txt && chgrp 7 /tmp/a.txt && rm /tmp/a.txt\nCMD x\n",
        "FROM debian:12\nCMD x\n",
    ),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt\n", "FROM debian:12\nWORKDIR /a\n"),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt && make\n",
        "FROM debian:12\nWORKDIR /a\nRUN make\n",
    ),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm -f /a/b.txt\n", "FROM debian:12\nWORKDIR /a\n"),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm b.txt\n", "FROM debian:12\nWORKDIR /a\n"),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /x /a/b.txt\n",
        "FROM debian:12\nWORKDIR /a\nRUN rm /x\n",
    ),
    ("FROM debian:12\nCOPY b.txt /tmp/b.txt\nRUN rm /tmp/b.txt\n", "FROM debian:12\n"),
    ("FROM debian:12\nCOPY b.txt /var/tmp/b.txt\nRUN rm /var/tmp/b.txt\n", "FROM debian:12\n"),
    ("FROM debian:12\nCOPY b.txt /srv/b.txt\nRUN rm /srv/b.txt\n", "FROM debian:12\n"),
    ("FROM debian:12\nCOPY b.txt /opt/b.txt\nRUN rm /opt/b.txt\n", "FROM debian:12\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\n# why\nRUN rm /a/b.txt\n",
        "FROM debian:12\nWORKDIR /a\n",
        "the comment above it would go with it",
    ),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b /a/b\nRUN rm /a/b\n",
        "FROM debian:12\nWORKDIR /a\n",
        "that b is a file is an assumption",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM team/app\nCOPY b.txt /opt/b.txt\nRUN rm /opt/b.txt\n", "the base image may have a file there"),
    (
        "FROM team/app\nCOPY b.txt /app/b.txt\nRUN rm /app/b.txt\n",
        ("/app/b.txt\nRUN rm /app", "/tmp/b.txt\nRUN rm /tmp"),
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN touch /tmp/a.txt || x\nRUN rm /tmp/a.txt\n",
        "line 3 may have to do with it",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN ln -s /tmp/a.txt /x\nRUN rm /tmp/a.txt\n",
        "line 3 may have to do with it",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN touch /tmp/a.txt >/tmp/a.txt\nRUN rm /tmp/a.txt\n",
        "line 3 may have to do with it",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN touch -r /tmp/a.txt /x\nRUN rm /tmp/a.txt\n",
        "line 3 may have to do with it",
    ),
    (
        "FROM debian:12\nCOPY a.txt /tmp/\nRUN --mount=target=/tmp ls\nRUN rm /tmp/a.txt\n",
        "line 3 may have to do with it",
    ),
    ("FROM debian:12\nCOPY . /a\nRUN rm -rf /b\n", ("/b", "/a")),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt; b\n", ("/a/b.txt; b", "/a/b.txt")),
    ("FROM debian:12\nWORKDIR /a\nCOPY --from=x /b.txt /a/b.txt\nRUN rm /a/b.txt\n", (" --from=x", "")),
    ("FROM debian:12\nCOPY . /a\nRUN make -C /a && rm -rf /a/src\n", ("make -C /a && rm", "rm")),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN if x; then rm /a/b.txt; fi\n",
        ("if x; then rm /a/b.txt; fi", "rm b.txt"),
    ),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt || true\n", (" ||", "")),
    ("FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN echo rm /a/b.txt\n", ("echo rm", "rm")),
    ("FROM debian:12\nCOPY b.txt /usr/b.txt\nRUN rm /usr/b.txt\n", "the base image may have a file there"),
    (
        "FROM debian:12\nWORKDIR /a\nRUN touch /a/b.txt\nCOPY b.txt /a/b.txt\nRUN rm /a/b.txt\n",
        "line 3 may have put a file there before",
    ),
    (
        "FROM debian:12\nRUN touch /tmp/b.txt\nCOPY b.txt /tmp/b.txt\nRUN rm /tmp/b.txt\n",
        "line 2 may have put a file there before",
    ),
    (
        "FROM debian:12 AS s\nRUN a\nFROM s\nCOPY b.txt /tmp/b.txt\nRUN rm /tmp/b.txt\n",
        "line 2 may have put a file there before",
    ),
    (
        "FROM nginx:1.27\nWORKDIR /etc/nginx/conf.d\nCOPY default.conf .\nRUN rm default.conf\n",
        "the base image may have a file there",
    ),
    (
        "FROM php:8\nWORKDIR /var/www/html\nCOPY index.php .\nRUN rm index.php\n",
        "the base image may have a file there",
    ),
    ("FROM debian:12\nWORKDIR /a\nCOPY --chown=app b.txt /a/b.txt\nRUN rm /a/b.txt\n", (" --chown=app", "")),
    (
        "FROM debian:12\nWORKDIR /a\nCOPY b.txt /a/b.txt\nRUN stat /a/b.txt\nRUN rm /a/b.txt\n",
        "line 4 may have to do with it: /a/b.txt",
    ),
    ("FROM debian:12\nCOPY . /a\nRUN rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY ./ /a\nRUN rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY / /a\nRUN rm -rf /a/src/x\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY src /a\nRUN rm -rf /a/src\n", ("COPY src", "COPY .")),
    ("FROM debian:12\nADD . /a\nRUN rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . /a\nRUN rm -rf $X /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . /a\nRUN mkdir /x\nRUN rm -rf /a/src\n", ("RUN mkdir /x\n", "")),
    ("FROM debian:12\nCOPY --from=x . /a\nRUN rm -rf /a/src\n", (" --from=x", "")),
    ("FROM debian:12\nCOPY . x /a/\nRUN rm -rf /a/src\n", ("x /a/", "/a")),
    ("FROM debian:12\nCOPY . /a\nRUN set -e && rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . /a\nRUN rm /a/x && rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . /a\nRUN make && rm -rf /a/src\n", ("make", "set -e")),
    ("FROM debian:12\nCOPY . /a\nRUN rm -rf /a/src && make\n", "name it in .dockerignore"),
    (
        "FROM debian:12\nCOPY <<EOF /a/x\ny\nEOF\nRUN rm -rf /a/x\n",
        ("<<EOF /a/x\ny\nEOF\nRUN rm -rf /a/x", ". /a\nRUN rm -rf /a"),
    ),
    ("FROM debian:12\nCOPY ./ /a\nRUN rm -rf /a\n", ("RUN rm -rf /a", "RUN rm -rf /a/src")),
    ('FROM debian:12\nCOPY . /a\nRUN ["rm", "-rf", "/a/src"]\n', ('["rm", "-rf", "/a/src"]', "rm -rf /a/src")),
    ("FROM debian:12\nCOPY . /a\nRUN cd /x && rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . /a\nLABEL . /a\nRUN rm -rf /a/src\n", "name it in .dockerignore"),
    ("FROM debian:12\nCOPY . $HOME\nRUN rm -rf /a/src\n", ("$HOME", "/a")),
    (
        "FROM debian:12\nCOPY b.txt /new/b.txt\nRUN rm /new/b.txt\n",
        ("/new/b.txt\nRUN rm /new/", "/tmp/b.txt\nRUN rm /tmp/"),
    ),
)

# what is said of them
SAYS = (
    (
        ("FROM debian:12\nWORKDIR /srv/app\nCOPY notes.txt /srv/app/notes.txt\nRUN rm /srv/app/notes.txt && make\n"),
        [Said("rm /srv/app/notes.txt", "the file is copied, and removed unread")],
    ),
    (
        "FROM debian:12\nADD . /a\nRUN rm -rf /a/src\n",
        [Said("rm -rf /a/src", "src is copied and removed: the COPY's layer keeps it", "name it in .dockerignore")],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("before", "after", "reason"), UNSAFE)
def test_unsafe(before: str, after: str, reason: str) -> None:
    check_unsafe(RULE, before, after, reason)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
