"""What `index-shared-by-layers` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "index-shared-by-layers"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a || true\nRUN apt-get install -y b\n",
        "FROM debian:12\nRUN { apt-get update && apt-get install -y a || true; } \\\n    && apt-get install -y b \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN apt-get install -y b || echo none\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a \\\n"
        "    && { apt-get install -y b || echo none; } \\\n    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
        "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -\nRUN apt-get install -y b\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
        "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash - \\\n    && apt-get install -y b \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN apt-get download b\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a \\\n    && apt-get download b \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && sudo apt-get install -y a\nRUN sudo apt-get install -y b\n",
        "FROM debian:12\nRUN apt-get update && sudo apt-get install -y a \\\n    && sudo apt-get install -y b \\\n"
        "    && sudo rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN sudo apt-get update && apt-get install -y a\nRUN apt-get install -y b\n",
        "FROM debian:12\nRUN sudo apt-get update && apt-get install -y a \\\n    && apt-get install -y b \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
        "RUN curl -O http://e.org/x\nRUN bash ./x\nRUN apt-get install -y b\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y a \\\n    && curl -O http://e.org/x \\\n"
        "    && bash ./x \\\n    && apt-get install -y b \\\n    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN curl https://deb.nodesource.com/setup_18.x | bash -\nRUN apt-get install -y nodejs\n",
        "FROM debian:12\nRUN curl https://deb.nodesource.com/setup_18.x | bash - \\\n    && apt-get install -y nodejs \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN curl -o /s.sh http://e.org/s\nRUN bash /s.sh\n"
        "RUN apt-get install -y nodejs\nRUN apt-get install -y vim\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && curl -o /s.sh http://e.org/s \\\n"
        "    && bash /s.sh \\\n    && apt-get install -y nodejs \\\n    && apt-get install -y vim \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y a\nRUN add-apt-repository -y ppa:b/c\n"
        "RUN apt-get install -y d && rm -rf /var/lib/apt/lists/*\n",
        "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y a \\\n    && add-apt-repository -y ppa:b/c \\\n"
        "    && apt-get install -y d && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git && apt-get update\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get install -y git && apt-get update \\\n    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "RUN apt-get install -y vim\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && apt-get install -y vim \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "RUN rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get clean\n"
            "RUN make\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/* \\\n"
            "    && apt-get clean\n"
            "RUN make\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nRUN apt-get install -y git\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y x\n"
            "RUN apt-get install -y git\n"
        ),
        (
            "FROM debian:12\n"
            "RUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y x \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y x\nRUN sudo apt-get install -y y\n"),
        (
            "FROM debian:12\n"
            "RUN sudo apt-get update && sudo apt-get install -y x \\\n"
            "    && sudo apt-get install -y y \\\n"
            "    && sudo rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x\nRUN sudo apt-get install -y y\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x \\\n"
            "    && sudo apt-get install -y y \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
    (
        ('FROM debian:12\nRUN ["x"]\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y curl\n'),
        (
            "FROM debian:12\n"
            'RUN ["x"]\n'
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y curl \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\nRUN ./x.sh\n"),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl \\\n"
            "    && apt-get install -y git \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
            "RUN ./x.sh\n"
        ),
        "line 4 runs code that may install from this index",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        'FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN ["bash", "x.sh"]\nRUN apt-get install -y b\n',
        ('["bash", "x.sh"]', "bash x.sh"),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN curl -O http://e.org/x\n"
        "RUN curl -O http://e.org/y\nRUN bash ./x\nRUN apt-get install -y b\n",
        ("RUN curl -O http://e.org/y\n", ""),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN cat /var/lib/apt/lists/x\n",
        ("cat /var/lib/apt/lists/x", "apt-get install -y b"),
    ),
    (
        'FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN ["curl"]\nRUN apt-get install -y b\n',
        ('RUN ["curl"]\n', ""),
    ),
    (
        "FROM fedora:40\nRUN dnf makecache && dnf install -y a\nRUN cat /var/cache/dnf/x && dnf install -y b\n",
        (
            "RUN dnf makecache && dnf install -y a\nRUN cat /var/cache/dnf/x && dnf",
            "RUN apt-get update && apt-get install -y a\nRUN apt-get",
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN bash /s.sh && make\nRUN apt-get install -y a\n",
        (" && make", ""),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN curl -o /s http://e.org/s\nRUN apt-get install -y a\n",
        ("RUN curl -o /s http://e.org/s", "RUN curl http://e.org/s | sh"),
    ),
    (
        "FROM alpine:3.20\nRUN apk update && mkdir /x\nRUN apk add a\n",
        (
            "alpine:3.20\nRUN apk update && mkdir /x\nRUN apk add a",
            "debian:12\nRUN apt-get update && mkdir /x\nRUN apt-get install -y a",
        ),
    ),
    (
        "FROM fedora:40\nRUN dnf makecache && mkdir /x\nRUN dnf install -y a\n",
        (
            "fedora:40\nRUN dnf makecache && mkdir /x\nRUN dnf install -y a",
            "debian:12\nRUN apt-get update && mkdir /x\nRUN apt-get install -y a",
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get install -y curl\nRUN apt-get install -y git\n",
        ("install -y curl", "update && apt-get install -y curl"),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get update && apt-get install -y git\n",
        ("update && apt-get install -y git", "install -y git"),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n",
        ("RUN rm", "RUN apt-get install -y git && rm"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "COPY a /a\n"
            "RUN apt-get install -y vim\n"
        ),
        "line 5 needs the index too",
    ),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN make\n", ("make", "apt-get install -y git")),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\nRUN apt-get install -y git\n"),
        ("ENV A=b\n", ""),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && umask 077 && apt-get install -y curl\nRUN apt-get install -y git\n"),
        "`umask` in the first would reach the second",
    ),
    (
        ("FROM debian:12\nRUN export A=b && apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n"),
        "`export` in the first would reach the second",
    ),
    (
        ("FROM debian:12\nRUN --network=host apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n"),
        "they have flags",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "# hadolint ignore=DL3008\n"
            "RUN apt-get install -y git\n"
        ),
        "a comment for a linter stands between them",
    ),
    ("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n", ("update", "update && mkdir /x")),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get install -y git\n"
        ),
        (" rm", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "COPY a /a\n"
            "RUN apt-get install -y z\n"
        ),
        "line 5 needs the index too",
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get install -y git\n"),
        ("COPY a /a\n", ""),
    ),
    ("FROM debian:12\nRUN if x; then apt-get update; fi\nRUN apt-get install -y curl\n", (" if x; then", "")),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get install -y git\n"
            "RUN apt-get install -y vim && rm -rf /var/lib/apt/lists/*\n"
            "RUN apt-get install -y q\n"
        ),
        "line 5 needs the index too",
    ),
)

# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
        "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -\nRUN add-apt-repository x\n"
        "RUN apt-get install -y b\n",
        [
            Said(
                "RUN curl -sL https://deb.nodesource.com/setup_20.x | bash -",
                "3 layers share one apt index, so none can clear it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl\n"
            "# for the reports\n"
            "RUN apt-get install -y --no-install-recommends graphviz\n"
        ),
        [
            Said(
                "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl",
                "2 layers share one apt index, so none can clear it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        [
            Said(
                "RUN apt-get update && apt-get install -y curl",
                "2 layers share one apt index, so none can clear it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
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


def test_what_it_assumes() -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN apt-get install -y b\nRUN make\nCMD x\n"
    (finding,) = findings(only(RULE, text))
    assert finding.assumes == ("build-tools", "containers")
