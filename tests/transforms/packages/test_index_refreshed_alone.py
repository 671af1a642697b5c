"""What `index-refreshed-alone` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "index-refreshed-alone"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
    ),
    ("FROM debian:12\nRUN apt-get update\n", "FROM debian:12\n"),
    ("FROM debian:12\nRUN apt-get update\nRUN mkdir /a\n", "FROM debian:12\nRUN mkdir /a\n"),
    (
        "FROM debian:12\nRUN apt-get update\nCOPY a /a\nRUN apt-get install -y curl\n",
        "FROM debian:12\nCOPY a /a\nRUN apt-get update && apt-get install -y curl\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN mkdir /a\nRUN apt-get install -y curl\n",
        "FROM debian:12\nRUN mkdir /a\nRUN apt-get update && apt-get install -y curl\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y x\n",
        "FROM debian:12\nRUN apt-get update && apt-get install -y x\n",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nCOPY a /a\nRUN apt-get update && apt-get install -y x\n",
        "FROM debian:12\nCOPY a /a\nRUN apt-get update && apt-get install -y x\n",
    ),
    (
        "FROM debian:12\n# why\nRUN apt-get update\nRUN apt-get install -y curl\n",
        "FROM debian:12\n# why\nRUN apt-get update && apt-get install -y curl\n",
    ),
    ("FROM debian:12\nRUN mkdir /a && apt-get -q update\n", "FROM debian:12\nRUN mkdir /a\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    ("FROM debian:12\n# why\nRUN apt-get update\n", "FROM debian:12\n", "the comment above it would go with it"),
    (
        "FROM debian:12\n# why\nRUN apt-get update\nCOPY a /a\nRUN apt-get install -y curl\n",
        "FROM debian:12\nCOPY a /a\nRUN apt-get update && apt-get install -y curl\n",
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        'FROM debian:12\nRUN apt-get update\nSHELL ["/bin/bash", "-ec"]\nRUN apt-get install -y a\n',
        "the install runs in another way",
    ),
    ("FROM debian:12\nRUN mkdir /a && apt-get update | tee /log\n", (" | tee /log", "")),
    (
        "FROM debian:12\nRUN mkdir /a && apt-get update && (apt-get install -y a)\n",
        (" && (apt-get install -y a)", ""),
    ),
    ("FROM opensuse/leap:15\nRUN zypper refresh\n", ("zypper refresh", "dnf makecache")),
    (
        "FROM debian:12\nRUN mkdir /a && if [ -e /b ]; then apt-get -q update; fi\n",
        ("if [ -e /b ]; then apt-get -q update; fi", "apt-get -q update"),
    ),
    ("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n", ("update &&", "update\nRUN")),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get update; apt-get install -y curl\n",
        "line 3 goes on with the index where its own refresh fails",
    ),
    (
        (
            "FROM debian:8\n"
            "RUN apt-get -o Acquire::Check-Valid-Until=false update\n"
            "RUN apt-get update && apt-get install -y curl\n"
        ),
        "it has settings of its own",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN make deps\nRUN echo 8 >/etc/motd\n",
        "line 3 runs code that may use the index",
    ),
    ("FROM debian:12\nRUN apt-get update || true\nRUN apt-get install -y curl\n", (" || true", "")),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl; echo done\n",
        "the second goes on when a command fails",
    ),
    (
        ("FROM debian:12\nRUN apt-get update\nCOPY my.list /etc/apt/sources.list.d/\nRUN apt-get install -y curl\n"),
        "line 3 stands between them: both have to do with /etc/apt/sources.list.d",
    ),
    (
        (
            "FROM debian:12\n"
            "RUN apt-get update\n"
            "ENV http_proxy=http://proxy\n"
            "RUN mkdir /a\n"
            "RUN apt-get install -y curl\n"
        ),
        "line 3 stands between them: http_proxy may matter to the other",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nUSER app\nRUN sudo apt-get install -y curl\n",
        "line 3 stands between them: the user changes between them",
    ),
    (
        "FROM debian:12 AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y curl\n",
        "a stage built on this one installs from the index",
    ),
    ("FROM debian:12\nRUN apt-get update\nONBUILD RUN apt-get install -y curl\n", "line 3 may use the index"),
    ("FROM debian:12\nRUN apt-get update && ./install.sh\n", ("update &&", "update\nRUN")),
    ("FROM debian:12\nRUN apt-get update && mkdir /a\nRUN ./install.sh\n", "line 3 runs code that may use the index"),
    ("FROM debian:12\nRUN mkdir /a && apt-get update\nRUN apt-get install -y git\n", (" install", "")),
    ("FROM debian:12\nRUN --network=host apt-get update\nRUN apt-get install -y curl\n", (" --network=host", "")),
    (
        "FROM debian:12\nRUN apt-get update\nCOPY a /a\nRUN --network=host apt-get install -y x\n",
        "the install runs in another way",
    ),
    ("FROM debian:12\nRUN apt-get -o X=1 update\n", "it has settings of its own"),
    ("FROM debian:12\nRUN apt-get -c /x update\n", "it has settings of its own"),
    ("FROM debian:12\nRUN apt-get --option X=1 update\n", "it has settings of its own"),
    ("FROM debian:12\nRUN apt-get --config-file /x update\n", "it has settings of its own"),
    ("FROM debian:12\nRUN mkdir /a && apt-get -o X=1 update\n", ("-o X=1", "-q")),
    ("FROM debian:12\nRUN apt-get update && mkdir /a && apt-get update\n", ("/a && apt-get update", "/a")),
    ("FROM debian:12\nRUN apt-get update && mkdir /a\nRUN apt-get install -y curl\n", ("update &&", "update\nRUN")),
    ("FROM debian:12\nRUN apt-get update && ./x.sh\n", ("update && ./x.sh", "update")),
    ("FROM debian:12\nRUN apt-get update && echo apt\n", ("update && echo apt", "update")),
    (
        "FROM debian:12\nRUN apt-get update && apt-cache search x && mkdir /a\n",
        ("apt-cache search x && mkdir", "mkdir"),
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN mkdir /etc/x\nRUN apt-get install -y curl\n",
        "line 3 stands between them: both have to do with /etc/x",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /apt\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /dpkg\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /proxy\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /resolv\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /gpg\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /keyring\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /hosts\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /certificates\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN touch /var/x\nRUN apt-get install -y curl\n",
        "line 3 may change where packages come from",
    ),
    (
        'FROM debian:12\nRUN apt-get update\nRUN ["apt-get", "install", "x"]\n',
        "line 3 uses the index",
    ),
    (
        ("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y curl\n"),
        (" --mount=type=cache,target=/var/lib/apt", ""),
    ),
)

# what is said of them
SAYS = (
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y --no-install-recommends curl\n",
        [
            Said(
                "RUN apt-get update", "the apt index is refreshed in a layer of its own", "", ("/var/lib/apt/lists/**",)
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update\n",
        [
            Said(
                "RUN apt-get update",
                "the apt index is refreshed in a layer of its own, and nothing uses it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN ./install.sh\n",
        [
            Said(
                "RUN apt-get update",
                "the apt index is refreshed in a layer of its own",
                "line 3 runs code that may use the index",
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n",
        [
            Said(
                "RUN apt-get update", "the apt index is refreshed in a layer of its own", "", ("/var/lib/apt/lists/**",)
            )
        ],
    ),
    (
        "FROM debian:12\nRUN apt-get update\nCOPY a /a\nRUN apt-get install -y curl\n",
        [
            Said(
                "RUN apt-get update", "the apt index is refreshed in a layer of its own", "", ("/var/lib/apt/lists/**",)
            )
        ],
    ),
    (
        "FROM debian:12\nRUN mkdir /a && apt-get -q update\n",
        [Said("apt-get -q update", "the apt index is refreshed, and nothing uses it", "", ("/var/lib/apt/lists/**",))],
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUN apt-get update\nRUN make\n", ("build-tools",)),
        ("RUN mkdir /a && apt-get update\nCMD x\n", ("containers",)),
        ("RUN apt-get update\nCOPY a /a\nRUN apt-get install -y a\n", ()),
    ],
)
def test_what_it_assumes(text: str, expected: tuple[str, ...]) -> None:
    assert [finding.assumes for finding in findings(only(RULE, f"FROM debian:12\n{text}"))] == [expected]
