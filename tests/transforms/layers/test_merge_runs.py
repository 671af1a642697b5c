"""What `merge-runs` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "merge-runs"

# before, after
REWRITES = (
    ("FROM debian:12\nRUN mkdir /a\nRUN touch /b\n", "FROM debian:12\nRUN mkdir /a && touch /b\n"),
    (
        "FROM debian:12\nRUN mkdir /a\nRUN touch /b\nRUN chown app /c\n",
        "FROM debian:12\nRUN mkdir /a \\\n    && touch /b \\\n    && chown app /c\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /a\nRUN touch /b\nENV A=b\nRUN rm /c\n",
        "FROM debian:12\nRUN mkdir /a && touch /b\nENV A=b\nRUN rm /c\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /a\nENV A=b\nRUN touch /b\nRUN rm /c\n",
        "FROM debian:12\nRUN mkdir /a\nENV A=b\nRUN touch /b && rm /c\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /a \\\n  && touch /a/x\nRUN rm /c\n",
        "FROM debian:12\nRUN mkdir /a \\\n  && touch /a/x \\\n  && rm /c\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /a\n# why\nRUN touch /b\n",
        "FROM debian:12\nRUN mkdir /a \\\n# why\n    && touch /b\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /a\nRUN touch /b\nRUN --network=host touch /c\nRUN rm /d\nRUN rm /e\n",
        "FROM debian:12\nRUN mkdir /a && touch /b\nRUN --network=host touch /c\nRUN rm /d && rm /e\n",
    ),
    (
        "FROM debian:12\nRUN mkdir /x\nRUN touch /b; rm /c\nRUN touch /d\nRUN rm /e\n",
        "FROM debian:12\nRUN mkdir /x\nRUN touch /b; rm /c \\\n    && touch /d \\\n    && rm /e\n",
    ),
    ("FROM debian:12\nRUN ./a.sh\nRUN mkdir /b\n", "FROM debian:12\nRUN ./a.sh && mkdir /b\n"),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN mkdir /a\n", ("/a\n", "/a\nRUN touch /b\n")),
    ("FROM debian:12\nRUN mkdir /a\n# RUN x\nRUN touch /b\n", ("RUN x", "why")),
    ("FROM debian:12\nRUN mkdir /a # why\nRUN touch /b\n", ("/a #", "/a\n#")),
    ("FROM debian:12\nRUN mkdir /a;\nRUN touch /b\n", ("/a;", "/a")),
    ("FROM debian:12\nRUN mkdir /a\nRUN --network=host touch /b\n", (" --network=host", "")),
    ("FROM debian:12\nRUN --network=host mkdir /a\nRUN touch /b\n", (" --network=host", "")),
    ("FROM a/b\nRUN cd /srv && mkdir a\nRUN touch b\n", (" b", "")),
    ("FROM debian:12\nRUN ./a.sh\nRUN touch /b\n", ("touch", "mkdir")),
    ("FROM debian:12\nRUN sleep 9 &\nRUN mkdir /b\n", ("sleep 9 &", "./a.sh")),
    ("FROM debian:12\nRUN mkdir /a\nUSER app\nRUN touch /b\n", ("USER app\n", "")),
    ("FROM debian:12\nRUN mkdir /a\nENV B=c\nRUN touch /b\n", ("ENV B=c\n", "")),
    ("FROM debian:12\nRUN export A=b && mkdir /a\nRUN touch /b\n", ("export A=b && mkdir", "mkdir")),
    ("FROM debian:12\nRUN mkdir /a || true\nRUN touch /b\n", (" ||", "")),
    ("FROM debian:12\nRUN mkdir /a\nRUN touch /b; rm /c\n", ("/b; rm /c", "/b")),
    ("FROM debian:12\nRUN service postgresql start\nRUN mkdir /b\n", (" service", "")),
    ('FROM debian:12\nRUN mkdir /a\nRUN ["touch", "/b"]\n', ('["touch", "/b"]', "touch /b")),
    ("FROM debian:12\nRUN <<EOF\nmkdir /a\nEOF\nRUN mkdir /b\n", ("<<EOF\nmkdir /a\nEOF", "./a.sh")),
    ("FROM debian:12 AS a\nRUN mkdir /a\nRUN touch /b\nFROM debian:12\nCOPY --from=a /a /b\n", (" AS a", "")),
    ("FROM debian:12\nRUN --mount=type=secret,id=a mkdir /a\nRUN touch /b\n", (" --mount=type=secret,id=a", "")),
)

# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN useradd --system app\nRUN mkdir -p /srv/app && chown app /srv/app\n",
        [Said("RUN useradd --system app", "2 RUNs could be one")],
    ),
    ("FROM debian:12\nRUN ./a.sh\nRUN mkdir /b\n", [Said("RUN ./a.sh", "2 RUNs could be one")]),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected
