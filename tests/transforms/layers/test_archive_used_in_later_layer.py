"""What `archive-used-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "archive-used-in-later-layer"
_NAMED = "something further down names it, or a pattern that it may match"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz \\\n    && tar xzf a.tgz \\\n    && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz && rm a.tgz\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.deb\nRUN echo hi\nRUN dpkg -i ./a.deb && make\n",
        "FROM debian:12\nRUN wget http://e.org/a.deb \\\n    && echo hi \\\n    && dpkg -i ./a.deb && rm ./a.deb && make\n",
    ),
    (
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz\nRUN cd /tmp && tar xzf a.tgz -C /opt\n",
        "FROM debian:12\nRUN cd /tmp && wget http://e.org/a.tgz \\\n    && tar xzf a.tgz -C /opt \\\n    && rm a.tgz\n",
    ),
    (
        "FROM debian:12\nARG V=1\nRUN wget http://e.org/$V/a-$V.tgz\nRUN tar xzf a-${V}.tgz\n",
        "FROM debian:12\nARG V=1\nRUN wget http://e.org/$V/a-$V.tgz \\\n    && tar xzf a-${V}.tgz \\\n    && rm a-${V}.tgz\n",
    ),
    (
        "FROM x\nARG D\nRUN wget -O ${D}/a.tgz http://e.org/a\nRUN tar xzf $D/a.tgz -C /\n",
        "FROM x\nARG D\nRUN wget -O ${D}/a.tgz http://e.org/a \\\n    && tar xzf $D/a.tgz -C / \\\n    && rm $D/a.tgz\n",
    ),
    (
        "FROM x\nRUN sudo wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n",
        "FROM x\nRUN sudo wget http://e.org/a.tgz \\\n    && tar xzf a.tgz \\\n    && sudo rm a.tgz\n",
    ),
)

# before, after, why it is not done by itself
UNSAFE = (
    (
        "FROM debian:12\nRUN wget http://e.org/a.run\nRUN sh a.run\n",
        "FROM debian:12\nRUN wget http://e.org/a.run \\\n    && sh a.run \\\n    && rm a.run\n",
        "what it installs may need it",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\nRUN cp -r / /b\n",
        "FROM debian:12\nRUN wget http://e.org/a.tgz \\\n    && tar xzf a.tgz \\\n    && rm a.tgz\nRUN cp -r / /b\n",
        "`cp` in line 4 may read it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nENV A=1\nRUN tar xzf a.tgz\n",
        "other instructions stand between them",
    ),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN b\nRUN c\nRUN d\nRUN tar xzf a.tgz\n",
        "more than 2 RUNs stand between them",
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\nRUN rm a.tgz\n", _NAMED),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\nCOPY --from=0 /a.tgz /\n", _NAMED),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz || true\nRUN tar xzf a.tgz\n", "fetched there is not certain"),
    (
        "FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz || true\n",
        "the second goes on when a command fails",
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz && mv a.* /y\n", "`mv` may take it away"),
    ("FROM debian:12\nRUN umask 077 && wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n", "`umask` in the first would"),
    ("FROM debian:12\nRUN cd /opt && wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n", ("RUN tar", "RUN cd /opt && tar")),
    (
        "FROM debian:12 AS a\nRUN wget http://e.org/a.tgz\nRUN tar xzf a.tgz\nFROM debian:12\nCOPY --from=a /b /\n",
        (" AS a", ""),
    ),
    (
        "FROM debian:12\nRUN --mount=type=cache,target=/c wget http://e.org/a.tgz\nRUN tar xzf a.tgz\n",
        (" --mount=type=cache,target=/c", ""),
    ),
    ("FROM debian:12\nRUN wget http://e.org/a.tgz && tar xzf a.tgz\n", (" && tar", "\nRUN tar")),
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


def test_says() -> None:
    text = "FROM debian:12\nRUN wget http://e.org/a-$V.tgz\nRUN tar xzf a-${V}.tgz\n"
    message = "a-${V}.tgz, which this unpacks or runs, stays in the layer of the RUN that fetched it"
    assert said(RULE, text) == [Said("tar xzf a-${V}.tgz", message, "", ("/**/a-*.tgz",))]
