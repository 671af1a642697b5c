"""What `index-not-mounted` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, said

RULE = "index-not-mounted"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y x\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            " --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            " rm -f /etc/apt/apt.conf.d/docker-clean \\\n && apt-get update \\\n && apt-get install -y x\n"
        ),
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x\nRUN dnf repoquery x\n",
        (
            "FROM fedora:40\nRUN --mount=type=cache,target=/var/cache/dnf,sharing=locked dnf install -y x\n"
            "RUN dnf repoquery x\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y x\nRUN apt-get update && apt-get install -yd y\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y x\n"
            "RUN apt-get update && apt-get install -yd y\n"
        ),
    ),
    (
        "FROM debian:12\nRUN sudo apt-get update && apt-get install -y x\n",
        "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n    sudo rm -f /etc/apt/apt.conf.d/docker-clean && sudo apt-get update && apt-get install -y x\n",
    ),
    (
        'FROM debian:12\nRUN apt-get update && apt-get install -y x\nRUN ["apt-get", "update"]\n',
        'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n    apt-get update && apt-get install -y x\nRUN ["apt-get", "update"]\n',
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y x\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y curl\n"
            "RUN apt-get update && apt-get install -y git\n"
        ),
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y git\n"
        ),
    ),
    (
        "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y x\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    sudo rm -f /etc/apt/apt.conf.d/docker-clean && sudo apt-get update && sudo apt-get install -y x\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y x\n",
        (
            "FROM debian:12\n"
            "RUN apt-get update\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y x\n"
        ),
    ),
    (
        "FROM debian:12\nRUN echo apt\nRUN apt-get update && apt-get install -y x\n",
        (
            "FROM debian:12\n"
            "RUN echo apt\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y x\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x\n"
            "RUN <<EOF\n"
            "apt-get update && apt-get install -y y\n"
            "EOF\n"
        ),
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y x\n"
            "RUN <<EOF\n"
            "apt-get update && apt-get install -y y\n"
            "EOF\n"
        ),
    ),
    (
        ("FROM debian:12\nRUN rm /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y x\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y x\n"
        ),
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "RUN apt-get update && apt-get install -y x\n"
            "FROM a\n"
            "RUN apt-get update && apt-get install -y y\n"
        ),
        (
            "FROM debian:12 AS a\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y x\n"
            "FROM a\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y y\n"
        ),
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y x\nCOPY a /a\nRUN mkdir /x\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y x\n"
            "COPY a /a\n"
            "RUN mkdir /x\n"
        ),
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y x\n"
            "RUN apt-get update && apt-get install -y y && mkdir /var/lib/apt/lists/x\n"
        ),
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n"
            "    --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n"
            "    apt-get update && apt-get install -y x\n"
            "RUN apt-get update && apt-get install -y y && mkdir /var/lib/apt/lists/x\n"
        ),
    ),
    (
        "FROM fedora:40\nRUN dnf install -y x && ./x.sh\n",
        ("FROM fedora:40\nRUN --mount=type=cache,target=/var/cache/dnf,sharing=locked dnf install -y x && ./x.sh\n"),
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    *(
        (
            f"FROM debian:12\nRUN apt-get update && apt-get install {option} jq\nRUN dpkg -i /var/cache/apt/archives/*.deb\n",
            "it downloads packages for what comes later",
        )
        for option in ("-y --download-only", "-yd", "-d")
    ),
    (
        ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY a /a\nRUN apt-get install -y git\n"),
        "line 4 may need this index",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl; rm -rf /var/lib/apt/lists/*\n",
        "it cannot be taken out of its list",
    ),
    ("FROM debian:12\nRUN apt-get clean && apt-get update && apt-get install -y curl\n", "it starts with a clean-up"),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && ls /var/cache/apt\n",
        "`ls` uses /var/cache/apt",
    ),
    (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        "line 3 may need this index",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN --mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl\n"
        ),
        ("--mount=type=cache,target=/var/cache/apt --mount=type=cache,target=/var/lib/apt ", ""),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n"
        ),
        [
            Said(
                (
                    "RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*"
                ),
                "apt's index or cache could be kept outside the image",
                "",
                ("/var/cache/apt/**", "/var/lib/apt/lists/**", "/var/lib/apt/lists/**"),
                ("/var/cache/apt/**", "/var/lib/apt/lists/**", "/etc/apt/apt.conf.d/docker-clean"),
            )
        ],
    ),
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
