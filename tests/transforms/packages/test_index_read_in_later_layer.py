"""What `index-read-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "index-read-in-later-layer"

FIRST = "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
CLEARED = "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
SECOND = "RUN apt-get install -y b\n"
OWN = "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n"

# before, after
REWRITES = (
    (
        "FROM debian:12\nRUN http_proxy=x apt-get update && apt-get install -y a\nENV A=b\n"
        "RUN --mount=type=cache,target=/x apt-get install -y b\n",
        "FROM debian:12\nRUN http_proxy=x apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nENV A=b\n"
        "RUN --mount=type=cache,target=/x http_proxy=x apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n",
    ),
    (f"{FIRST}ENV A=b\n{SECOND}", f"{CLEARED}ENV A=b\n{OWN}"),
    (f"{FIRST}COPY x /srv/\nRUN make -C /srv\n{SECOND}", f"{CLEARED}COPY x /srv/\nRUN make -C /srv\n{OWN}"),
    (f"{FIRST}RUN curl -O http://e.org/b.tgz\n{SECOND}", f"{CLEARED}RUN curl -O http://e.org/b.tgz\n{OWN}"),
    (f"{FIRST}RUN echo x >> ~/.bashrc\n{SECOND}", f"{CLEARED}RUN echo x >> ~/.bashrc\n{OWN}"),
    (f"{FIRST}RUN git clone http://e.org/b\n{SECOND}", f"{CLEARED}RUN git clone http://e.org/b\n{OWN}"),
    (f"{FIRST}COPY x.txt /\n{SECOND}", f"{CLEARED}COPY x.txt /\n{OWN}"),
    (f"{FIRST}ENV D=/srv\nCOPY x $D/\n{SECOND}", f"{CLEARED}ENV D=/srv\nCOPY x $D/\n{OWN}"),
    (
        f"{FIRST}ENV A=b\n{SECOND}COPY x /srv/\n{SECOND}",
        f"{CLEARED}ENV A=b\n{OWN}COPY x /srv/\n{OWN}",
    ),
    (
        f"{FIRST}ENV A=b\nRUN apt-get install -y b; apt-get install -y c\n",
        f"{CLEARED}ENV A=b\nRUN apt-get update && apt-get install -y b; apt-get install -y c"
        " && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        f"{FIRST}ENV A=b\nRUN set -e; apt-get install -y b; make\n",
        f"{CLEARED}ENV A=b\nRUN set -e; apt-get update; apt-get install -y b; make; rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN <<E\nset -e\napt-get update\napt-get install -y a\nE\nENV A=b\n"
        "RUN <<E\nset -e\napt-get install -y b\nmake\nE\n",
        "FROM debian:12\nRUN <<E\nset -e\napt-get update\napt-get install -y a\nrm -rf /var/lib/apt/lists/*\nE\n"
        "ENV A=b\nRUN <<E\nset -e\napt-get update\napt-get install -y b\nmake\nrm -rf /var/lib/apt/lists/*\nE\n",
    ),
    (
        "FROM debian:12\nRUN apt update -qq && apt install -y a\nENV A=b\nRUN cd /srv && apt install -y b && rm -rf /var/lib/apt/lists/*\n",
        "FROM debian:12\nRUN apt update -qq && apt install -y a && rm -rf /var/lib/apt/lists/*\nENV A=b\n"
        "RUN cd /srv && apt update -qq && apt install -y b && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y a\nENV A=b\nRUN sudo apt-get install -y b\n",
        "FROM debian:12\nRUN sudo apt-get update && sudo apt-get install -y a && sudo rm -rf /var/lib/apt/lists/*\n"
        "ENV A=b\nRUN sudo apt-get update && sudo apt-get install -y b && sudo rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nFROM base AS build\n"
        f"{SECOND}FROM base\n{SECOND}COPY --from=build /x /x\n",
        "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        f"FROM base AS build\nRUN apt-get update && apt-get install -y b\nFROM base\n{OWN}COPY --from=build /x /x\n",
    ),
    (
        "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nFROM base AS build\n"
        f"RUN apt-get update && apt-get install -y c && rm -rf /var/lib/apt/lists/*\nFROM base\n{SECOND}",
        "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        "FROM base AS build\nRUN apt-get update && apt-get install -y c && rm -rf /var/lib/apt/lists/*\n"
        f"FROM base\n{OWN}",
    ),
    # What changes the sources above the first refresh, or below the last install, counts for neither.
    (
        f"FROM debian:12\nCOPY x.list /etc/apt/sources.list.d/\nRUN apt-get update && apt-get install -y a\nENV A=b\n{SECOND}",
        "FROM debian:12\nCOPY x.list /etc/apt/sources.list.d/\n"
        f"RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nENV A=b\n{OWN}",
    ),
    (
        "FROM debian:12 AS a\nCOPY x.list /etc/apt/sources.list.d/\nFROM a\n"
        f"RUN apt-get update && apt-get install -y a\nENV A=b\n{SECOND}",
        "FROM debian:12 AS a\nCOPY x.list /etc/apt/sources.list.d/\nFROM a\n"
        f"RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nENV A=b\n{OWN}",
    ),
    (
        f"FROM debian:12\nRUN dpkg --add-architecture i386 && apt-get update && apt-get install -y a\nENV A=b\n{SECOND}",
        "FROM debian:12\nRUN dpkg --add-architecture i386 && apt-get update && apt-get install -y a \\\n"
        f"    && rm -rf /var/lib/apt/lists/*\nENV A=b\n{OWN}",
    ),
    (
        f"{FIRST}ENV A=b\n{SECOND}COPY x.list /etc/apt/sources.list.d/\n",
        f"{CLEARED}ENV A=b\n{OWN}COPY x.list /etc/apt/sources.list.d/\n",
    ),
    (
        f"FROM debian:12\nRUN curl http://deb.nodesource.com/setup_20.x | bash - && apt-get install -y a\nENV A=b\n{SECOND}",
        "FROM debian:12\nRUN curl http://deb.nodesource.com/setup_20.x | bash - && apt-get install -y a \\\n"
        f"    && rm -rf /var/lib/apt/lists/*\nENV A=b\n{OWN}",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        f"{FIRST}ENV A=b\n{SECOND}CMD apt-get install -y c\n",
        f"{CLEARED}ENV A=b\n{OWN}CMD apt-get install -y c\n",
        "line 5 runs code that may install from this index",
    ),
    (
        f"FROM debian:12\nRUN echo 'Dir::Cache x;' > /etc/apt/apt.conf.d/x\n{FIRST}ENV A=b\n{SECOND}",
        f"FROM debian:12\nRUN echo 'Dir::Cache x;' > /etc/apt/apt.conf.d/x\n{CLEARED}ENV A=b\n{OWN}",
        "line 2 configures apt",
    ),
    (
        f"{FIRST}ENV A=b\n{SECOND}RUN chown a /var/lib/apt/lists\n",
        f"{CLEARED}ENV A=b\n{OWN}RUN chown a /var/lib/apt/lists\n",
        "line 5 may read the cache",
    ),
)

SOURCES = "line 3 may change where packages come from"
# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM debian:12\nRUN useradd a && echo 'a ALL=(ALL) NOPASSWD: /usr/bin/apt-get' > /etc/sudoers.d/a\nUSER a\n"
        "RUN sudo apt-get update && sudo apt-get install -y b\nUSER root\nCOPY . /c\nRUN apt-get install -y d\n",
        "sudo may ask for a password before it runs `rm`",
    ),
    (f"{FIRST}RUN echo deb x y z > /etc/apt/sources.list\n{SECOND}", SOURCES),
    (f"{FIRST}RUN curl -o /etc/apt/x http://e.org/x\n{SECOND}", SOURCES),
    (f"{FIRST}RUN dpkg --add-architecture i386\n{SECOND}", SOURCES),
    (f"{FIRST}RUN dpkg -i /x.deb\n{SECOND}", SOURCES),
    (f"{FIRST}RUN apt-get install -y percona-release && make\n{SECOND}", SOURCES),
    (f"{FIRST}RUN add-apt-repository ppa:x/y && make\n{SECOND}", SOURCES),
    (f"{FIRST}RUN cat x > $F\n{SECOND}", SOURCES),
    (f"{FIRST}RUN cd $D && tar -xf /x\n{SECOND}", SOURCES),
    (f"{FIRST}COPY sources.list /etc/apt/\n{SECOND}", SOURCES),
    (f"{FIRST}COPY rootfs /\n{SECOND}", SOURCES),
    (f"{FIRST}COPY x $D\n{SECOND}", SOURCES),
    (
        f"FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nCOPY x /etc/apt/\nFROM base\n{SECOND}",
        SOURCES,
    ),
    (
        f"FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nFROM base AS mid\nCOPY x /etc/apt/\n"
        f"FROM mid\n{SECOND}",
        "line 4 may change where",
    ),
    (
        f"FROM debian:12 AS base\nENV A=b\nRUN apt-get update && apt-get install -y a\n"
        f"FROM base\nCOPY x /etc/apt/\n{SECOND}",
        "line 5 may change where",
    ),
    (
        f"FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nENV A=b\nCOPY x /etc/apt/\n"
        f"FROM base\n{SECOND}",
        "line 4 may change where",
    ),
    (f"{FIRST}ENV APT_CONFIG=/x\n{SECOND}", "line 3 may configure apt"),
    (f"{FIRST}ENV A=b\nRUN echo deb x > /etc/apt/sources.list && apt-get install -y b\n", "line 4 may change where"),
    (
        f"FROM debian:12\nRUN apt-get update && apt-get install -y a && echo x > /etc/apt/sources.list\nENV A=b\n{SECOND}",
        "line 2 may change where",
    ),
    (f"{FIRST}ENV A=b\nRUN --network=none apt-get install -y b\n", "line 4 runs in another way"),
    (
        f"FROM debian:12\nRUN --mount=type=secret,id=a apt-get update && apt-get install -y a\nENV A=b\n{SECOND}",
        "line 4 runs in another way",
    ),
    (f"{FIRST}ENV A=b\nRUN apt-get install -y --no-download b\n", "line 4 may not reach what a refresh needs"),
    (
        f"FROM debian:12\nRUN env http_proxy=x apt-get update && apt-get install -y a\nENV A=b\n{SECOND}",
        "line 4 may not reach what a refresh needs",
    ),
    (f"{FIRST}ENV A=b\nRUN nala install -y b\n", "whether nala needs no more than a refresh is not known"),
    (f"{FIRST}ENV A=b\nRUN if true; then apt-get install -y b; fi\n", "stands inside another command"),
    (f"{FIRST}ENV A=b\nRUN set -e; true && apt-get install -y b; make\n", "ends a list under `set -e`"),
    (f"{FIRST}ENV A=b\nRUN apt-get install -y b; exit 0\n", "it may leave its shell early"),
    (f"FROM debian:12\nRUN apt-get $Q update && apt-get install -y a\nENV A=b\n{SECOND}", "depends on a variable"),
    (f"{FIRST}ENV A=b\nRUN cat /var/lib/apt/lists/x\n", "line 4 needs this index"),
    (
        f"FROM debian:12 AS base\nRUN apt-get update && apt-get install -y a\nFROM base\n{SECOND}"
        f"FROM debian:12\nCOPY --from=base /var /var\n{SECOND}",
        "another stage takes the index along",
    ),
    (f"{FIRST}ENV A=b\nRUN apt-get update && apt-get install -y b\n", ("b\nRUN apt-get update &&", "b\nRUN")),
    (f"FROM alpine\nRUN apk update && apk add a\nENV A=b\nRUN apk add b\n{SECOND}", ("alpine\nRUN apk update && apk add a", "debian\nRUN apt-get update && apt-get install -y a")),
    (f"{CLEARED}ENV A=b\n{SECOND}", (" && rm -rf /var/lib/apt/lists/*", "")),
    (f"FROM archlinux\nRUN pacman -Sy a\nENV A=b\nRUN pacman -S b\n{SECOND}", ("pacman -Sy a", "apt-get update && apt-get install -y a")),
    (f"FROM fedora:40\nRUN dnf makecache && dnf install -y a\nENV A=b\nRUN cat /var/cache/dnf/x\n{SECOND}", ("dnf makecache && dnf", "apt-get update && apt-get")),
)  # fmt: skip

# what is said of them
SAYS = (
    (
        f"{FIRST}ENV A=b\n{SECOND}",
        [
            Said(
                "apt-get update",
                "line 4 installs from the apt index of this layer, so nothing can clear it",
                "",
                ("/var/lib/apt/lists/**",),
            )
        ],
    ),
    (
        f"{FIRST}ENV A=b\nRUN apt-get update -q && apt-get install -y b\n{SECOND}",
        [
            Said(
                "apt-get update -q",
                "line 5 installs from the apt index of this layer, so nothing can clear it",
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


@pytest.mark.parametrize(("path", "changed"), [("rootfs/etc/motd", True), ("rootfs/etc/apt/sources.list", False)])
def test_the_context_tells_whether_a_tree_brings_sources(tmp_path: Path, path: str, changed: bool) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("x")
    text = f"{FIRST}COPY rootfs /\n{SECOND}"
    assert only(RULE, text, context=Context(str(tmp_path))).changed == changed


def test_a_stage_that_does_not_ship_is_cleared_where_all_stages_count() -> None:
    text = f"FROM debian:12 AS a\nRUN apt-get update && apt-get install -y a\nFROM a AS b\n{SECOND}FROM a\nCOPY --from=b /x /\n"
    settings = Settings(select=frozenset((RULE,)), all_stages=True)
    assert OWN in optimize(text, settings=settings).text


def test_what_it_assumes() -> None:
    (finding,) = findings(only(RULE, f"{FIRST}ENV A=b\n{SECOND}RUN make\nCMD x\n"))
    assert finding.assumes == ("build-tools", "containers")
