"""What `git-history-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "git-history-kept"
_DOUBT = "what is done with the clone later may ask git about it"
_CERTAIN = "where it is cloned to is not certain"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN git clone http://e.org/a.git\n",
        "FROM debian:12\nRUN git clone http://e.org/a.git && rm -rf /a/.git\n",
    ),
    (
        "FROM debian:12\nRUN git clone http://e.org/a.git .\n",
        "FROM debian:12\nRUN git clone http://e.org/a.git . && rm -rf /.git\n",
    ),
    (
        "FROM debian:12\nWORKDIR /app\nRUN git clone --depth 1 -b v1 http://e.org/a.git .\nRUN make\n",
        "FROM debian:12\nWORKDIR /app\nRUN git clone --depth 1 -b v1 http://e.org/a.git . && rm -rf /app/.git\nRUN make\n",
    ),
    (
        "FROM debian:12\nRUN cd /opt && git clone http://e.org/a/ && cd a && git checkout v1 && make\n",
        "FROM debian:12\nRUN cd /opt && git clone http://e.org/a/ && cd a && git checkout v1 && make && rm -rf /opt/a/.git\n",
    ),
    (
        "FROM debian:12\nRUN git clone http://e.org/a /a && rm -rf /a/.git && git clone http://e.org/b /b\n",
        (
            "FROM debian:12\nRUN git clone http://e.org/a /a && rm -rf /a/.git && git clone http://e.org/b /b"
            " && rm -rf /b/.git\n"
        ),
    ),
    (
        "FROM debian:12\nRUN git clone http://e.org/a && git clone http://e.org/b.git /b/c\n",
        "FROM debian:12\nRUN git clone http://e.org/a && git clone http://e.org/b.git /b/c && rm -rf /a/.git /b/c/.git\n",
    ),
    (
        "FROM x\nRUN sudo git clone http://e.org/a && sudo x\nRUN git clone http://e.org/b /b && git --version\n",
        (
            "FROM x\nRUN sudo git clone http://e.org/a && sudo x && sudo rm -rf a/.git\n"
            "RUN git clone http://e.org/b /b && git --version && rm -rf /b/.git\n"
        ),
    ),
    (
        "FROM debian:12\nRUN git clone http://e.org/a.git\nRUN pip install git+http://e.org/b.git\n",
        "FROM debian:12\nRUN git clone http://e.org/a.git && rm -rf /a/.git\nRUN pip install git+http://e.org/b.git\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nRUN git clone http://e.org/a /a && rm -rf /a\n", (" && rm -rf /a", "")),
    (
        "FROM debian:12\nRUN git clone http://e.org/a /a && find /a -name .git -exec rm -r {} +\n",
        ("find /a", "find /b"),
    ),
    ("FROM debian:12\nRUN git clone --bare http://e.org/a /a\n", (" --bare", "")),
    ("FROM debian:12\nRUN git clone --mirror http://e.org/a /a\n", (" --mirror", "")),
    ("FROM debian:12\nRUN git init /a\n", ("init", "clone http://e.org/a")),
    ("FROM debian:12\nRUN git clone http://e.org/a /a && mv /a /b\n", "`mv` may take it elsewhere"),
    ("FROM debian:12\nRUN git clone http://e.org/a /a\nRUN rm -rf /a/.git\n", "line 3 names `.git`"),
    ("FROM debian:12\nRUN git clone http://e.org/a /a\nCMD git -C /a pull\n", "line 3 runs git"),
    ('FROM debian:12\nRUN git clone http://e.org/a /a\nRUN ["git", "pull"]\n', "line 3 runs git"),
    ("FROM x\nRUN cd a && git clone http://e.org/a\n", _CERTAIN),
    ("FROM debian:12\nRUN git clone http://e.org/a $A\n", _CERTAIN),
    ("FROM debian:12\nRUN git -C /b clone http://e.org/a\n", _CERTAIN),
    ("FROM debian:12\nRUN git clone http://e.org/a '/a b'\n", _CERTAIN),
    ("FROM debian:12\nRUN git clone http://e.org/a || true\n", "a failure of its last command is ignored"),
    (
        "FROM debian:12 AS a\nRUN git clone http://e.org/a /a\nFROM debian:12\nCOPY --from=a /a/b /b\n",
        (" AS a", ""),
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


def test_says() -> None:
    text = "FROM debian:12\nRUN git clone http://e.org/a\n"
    message = "the history of a clone stays in this layer"
    assert said(RULE, text) == [Said("git clone http://e.org/a", message, _DOUBT, ("/a/.git/**",))]
