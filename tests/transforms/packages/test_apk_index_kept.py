"""What `apk-index-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "apk-index-kept"

# before, after
REWRITES = (
    ("FROM alpine:3.20\nRUN apk add apt\n", "FROM alpine:3.20\nRUN apk add --no-cache apt\n"),
    ('FROM alpine:3.20\nRUN ["x"]\nRUN apk add curl\n', 'FROM alpine:3.20\nRUN ["x"]\nRUN apk add --no-cache curl\n'),
    ("FROM $X\nRUN apk add curl\n", "FROM $X\nRUN apk add --no-cache curl\n"),
    ("FROM debian:3.2\nRUN apk add curl\n", "FROM debian:3.2\nRUN apk add --no-cache curl\n"),
    ("FROM alpine:3.20\nRUN apk add curl\n", "FROM alpine:3.20\nRUN apk add --no-cache curl\n"),
    ("FROM alpine:3.20\nRUN apk update && apk add curl\n", "FROM alpine:3.20\nRUN apk add --no-cache curl\n"),
    ("FROM alpine:3.20\nRUN apk add -U curl && make\n", "FROM alpine:3.20\nRUN apk add --no-cache curl && make\n"),
    ("FROM alpine:3.20\nRUN apk --update add curl\n", "FROM alpine:3.20\nRUN apk --no-cache add curl\n"),
    ("FROM alpine:3.20\nRUN apk add --update-cache curl\n", "FROM alpine:3.20\nRUN apk add --no-cache curl\n"),
    (
        "FROM alpine:3.20\nRUN apk add curl && apk add git\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl && apk add --no-cache git\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache curl && apk add git\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl && apk add --no-cache git\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk update && apk add --no-cache curl\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk update && apk add curl\nRUN apk add git\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN apk add --no-cache git\n",
    ),
    (
        "FROM alpine:3.20\nRUN apk add curl\nRUN apk search git\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN apk search git\n",
    ),
    ("FROM alpine:3.20\nRUN apk add curl\nRUN ./x.sh\n", "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN ./x.sh\n"),
    ("FROM alpine:3.3\nRUN apk add curl\n", "FROM alpine:3.3\nRUN apk add --no-cache curl\n"),
    ("FROM team/base\nRUN apk add curl\n", "FROM team/base\nRUN apk add --no-cache curl\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM alpine:3.20\nRUN apk update && apk add curl\nRUN ./x.sh\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN ./x.sh\n",
        "line 3 runs code that may read this index",
    ),
    (
        "FROM alpine:3.20\nRUN apk add --update curl\nRUN ./x.sh\n",
        "FROM alpine:3.20\nRUN apk add --no-cache curl\nRUN ./x.sh\n",
        "line 3 runs code that may read this index",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM alpine:3.20\nRUN apk add curl\nRUN ln -s /srv/apk /var/cache/apk\n",
        ("ln -s /srv/apk /var/cache/apk", "make"),
    ),
    (
        "FROM alpine:3.20\nRUN apk add --no-cache curl && apk search git\n",
        ("--no-cache curl && apk search git", "curl"),
    ),
    (
        "FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache apk add curl\n",
        (" --mount=type=cache,target=/var/cache", ""),
    ),
    (
        "FROM alpine:3.20\nRUN apk update && apk add curl && apk search --no-cache git\n",
        "another command of the RUN reads the index",
    ),
    ("FROM alpine:3.20\nRUN apk add --no-cache curl\n", ("--no-cache", "--update-cache")),
    ("FROM alpine:3.20\nRUN apk update && apk add curl && rm -rf /var/cache/apk/*\n", (" rm", "")),
    ("FROM alpine:3.20\nRUN (apk update) && apk add curl\n", "its refresh stands inside another command"),
    ("FROM alpine:3.20\nRUN apk update && apk add curl\nRUN apk search git\n", "line 3 needs this index"),
    ("FROM alpine:3.20\nRUN apk update\n", ("update", "add curl")),
    ("FROM alpine:3.20\nRUN apk search x && apk add curl\n", "another command of the RUN reads the index"),
    (
        "FROM alpine:3.20\nRUN --mount=type=cache,target=/root/.cache apk add curl\n",
        (" --mount=type=cache,target=/root/.cache", ""),
    ),
    (
        "FROM alpine:3.20\nRUN --mount=type=cache,target=/my/apk apk add curl\n",
        (" --mount=type=cache,target=/my/apk", ""),
    ),
    ("FROM alpine:3.20\nRUN apk add curl\nRUN rm -r /var/cache/apk\n", "line 3 needs this index"),
    ("FROM alpine:3.20\nRUN apk add curl && rm -rf /var/cache/apk/*\n", ("curl &&", "curl\nRUN")),
    (
        "FROM alpine:3.20\nRUN apk update || true && apk add curl\n",
        "its refresh stays: it cannot be taken out of its list",
    ),
    (
        "FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n",
        (" --mount=type=cache,target=/var/cache/apk", ""),
    ),
)

# what is said of them
SAYS = (
    (
        "FROM alpine:3.20\nRUN apk add --update curl\n",
        [Said("apk add --update curl", "apk keeps its index in this layer", "", ("/var/cache/apk/**",))],
    ),
    (
        "FROM alpine:3.20\nRUN apk add curl\n",
        [Said("apk add curl", "apk keeps its index in this layer", "", ("/var/cache/apk/**",))],
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


@pytest.mark.parametrize(("run", "assumed"), [("apk update && apk add curl", ("build-tools",)), ("apk add curl", ())])
def test_only_an_index_that_was_refreshed_may_be_missed(run: str, assumed: tuple[str, ...]) -> None:
    result = only(RULE, f"FROM alpine:3.20\nRUN {run}\nRUN make\n")
    assert result.changed
    assert [finding.assumes for finding in findings(result)] == [assumed]
