"""What `packages-installed-apart` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "packages-installed-apart"

# before, after
REWRITES = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y git && make\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && apt-get install -y git\n"
            "COPY a /srv/a/a\n"
            "RUN make\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get install -y git\nCOPY a /srv/a/a\n"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
        ),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get install -y git\nCOPY a /srv/a/a\n"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "# why\n"
            "RUN apt-get update && apt-get install -y git && make\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl && apt-get install -y git\n"
            "COPY a /srv/a/a\n"
            "# why\n"
            "RUN make\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && make && rm -rf /var/lib/apt/lists/*\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a \\\n"
            "    && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /srv/a/a\n"
            "RUN make\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* && make\n"
        ),
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a \\\n"
            "    && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /srv/a/a\n"
            "RUN make\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get install -y b\nRUN make\n",
    ),
    (
        "FROM fedora:40\nRUN dnf install -y a\nCOPY a /srv/a/a\nRUN dnf install -y b && make\n",
        "FROM fedora:40\nRUN dnf install -y a && dnf install -y b\nCOPY a /srv/a/a\nRUN make\n",
    ),
    (
        (
            "FROM fedora:40\n"
            "RUN dnf install -y a && dnf clean all\n"
            "COPY a /srv/a/a\n"
            "RUN dnf install -y b && make && dnf clean all\n"
        ),
        (
            "FROM fedora:40\n"
            "RUN dnf install -y a \\\n"
            "    && dnf install -y b && dnf clean all\n"
            "COPY a /srv/a/a\n"
            "RUN make\n"
        ),
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "# why\n"
            "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
        ),
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get install -y git\nCOPY a /srv/a/a\n"),
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        (
            "FROM team/base\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        ("COPY a a\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /etc/a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        ("COPY a /etc/a\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "RUN make\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        ("RUN make\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "ENV A=b\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        ("ENV A=b\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "USER a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        ("USER a\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b || make\n"
        ),
        (" ||", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b && make; make\n"
        ),
        (" make;", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN make && apt-get update && apt-get install -y b\n"
        ),
        (" make &&", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b && ./install.sh\n"
        ),
        (" && ./install.sh", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a.deb /a/\n"
            "RUN apt-get update && apt-get install -y /a/a.deb && make\n"
        ),
        (" /a/a.deb", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
            "RUN apt-get install -y c\n"
        ),
        "line 5 may need the index that it leaves",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* /tmp/*\n"
        ),
        ("a\nRUN", "a\nEXPOSE 1\nRUN"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a\n"
            "EXPOSE 1\n"
            "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* /tmp/*\n"
        ),
        "it removes more than the package index",
    ),
    (
        ("FROM debian:12\nRUN apt-get install -y a\nCOPY a /a\nRUN apt-get update && apt-get install -y b && make\n"),
        (" apt-get update &&", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN --network=host apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        (" --network=host", ""),
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN apt-get update && apt-get install -y a\n"
            "COPY a /a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
            "FROM debian:12\n"
            "COPY --from=a /b /b\n"
        ),
        (" AS a", ""),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y a\nRUN apt-get update && apt-get install -y b\n"),
        ("-y b", "-y b && make"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/* /tmp/x\n"
        ),
        "it removes more than the package index",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && make\n"
            "RUN apt-get install -y c\n"
        ),
        "line 5 may need the index that it leaves",
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get update && apt-get install -y b\n"),
        ("-y b", "-y b && make"),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && apt-cache search x\n"
        ),
        (" b &&", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b \\\n"
            "    # why\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
        "a comment stands beside what it installs",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "WORKDIR /srv\n"
            "COPY a /srv/a/a\n"
            "RUN apt-get update && apt-get install -y b && pip install c\n"
        ),
        ("WORKDIR /srv\n", ""),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "COPY a /srv/a/a\n"
            "RUN sudo apt-get update && sudo apt-get install -y b && make\n"
        ),
        ("sudo apt-get update && sudo apt-get", "apt-get"),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n"
            "WORKDIR /srv/app\n"
            "COPY . .\n"
            "RUN apt-get update \\\n"
            "    && apt-get install -y --no-install-recommends python3-pip \\\n"
            "    && pip install --no-cache-dir --break-system-packages -r requirements.txt \\\n"
            "    && rm -rf /var/lib/apt/lists/*\n"
        ),
        [
            Said(
                (
                    "RUN apt-get update \\\n"
                    "    && apt-get install -y --no-install-recommends python3-pip \\\n"
                    "    && pip install --no-cache-dir --break-system-packages -r requirements.txt \\\n"
                    "    && rm -rf /var/lib/apt/lists/*"
                ),
                "another layer stores the apt package database",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y b && make\n"
        ),
        [
            Said(
                "RUN apt-get update && apt-get install -y b && make",
                "another layer stores the apt package database",
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
