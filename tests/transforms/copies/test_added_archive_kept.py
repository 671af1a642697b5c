"""What `added-archive-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize
from rule_cases import Said, check_keep, check_rewrite, findings, said

RULE = "added-archive-kept"
S = "# syntax=docker/dockerfile:1.17\n"
H = f"{S}FROM debian:12\n"
ADD = "ADD https://e.org/a.tgz"
UNPACK = "ADD --unpack=true https://e.org/a.tgz"

# before, after
REWRITES = (
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", f"{H}{UNPACK} /opt\n"),
    (f"{H}{ADD} /tmp\nRUN tar -C /opt -xvf /tmp/a.tgz && rm -f /tmp/a.tgz && ls\n", f"{H}{UNPACK} /opt\nRUN ls\n"),
    (
        f"{H}WORKDIR /app\nADD https://e.org/a.tar.xz?x=y /b.txz\nRUN tar -xJf /b.txz && rm /b.txz\n",
        f"{H}WORKDIR /app\nADD --unpack=true https://e.org/a.tar.xz?x=y /app\n",
    ),
    (
        f"{H}ADD --checksum=sha256:1 https://e.org/a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz --directory /srv && rm /tmp/a.tgz\n",
        f"{H}ADD --checksum=sha256:1 --unpack=true https://e.org/a.tgz /srv\n",
    ),
    (
        f"{H}ADD https://e.org/a.txz /tmp/\nRUN tar xJf /tmp/a.txz -C /opt && rm /tmp/a.txz\n",
        f"{H}ADD --unpack=true https://e.org/a.txz /opt\n",
    ),
    (
        f"{H}ADD https://e.org/a.tbz /tmp/\nRUN tar xjf /tmp/a.tbz -C /opt && rm /tmp/a.tbz\n",
        f"{H}ADD --unpack=true https://e.org/a.tbz /opt\n",
    ),
    (
        f"{S}FROM debian:12 AS a\nWORKDIR /app\nFROM a\n{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz && rm /tmp/a.tgz\n",
        f"{S}FROM debian:12 AS a\nWORKDIR /app\nFROM a\n{UNPACK} /app\n",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (f"{H}{ADD} /tmp/\nRUN ls\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("RUN ls\n", "")),
    (f"{H}{ADD} /tmp/\nRUN ls && tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("ls && ", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt x && rm /tmp/a.tgz\n", (" x &&", " &&")),
    (f"{H}{ADD} /tmp/\nRUN tar tzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("tzf", "xzf")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /new && rm /tmp/a.tgz\n", ("/new", "/opt")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C $X && rm /tmp/a.tgz\n", ("$X", "/opt")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/b.tgz -C /opt && rm /tmp/a.tgz\n", ("b.tgz", "a.tgz")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz /x\n", (" /x", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz || true\n", (" || true", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt >/x && rm /tmp/a.tgz\n", (" >/x", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz && ls a.tgz\n", (" && ls a.tgz", "")),
    (
        f"{H}ADD --chmod=600 https://e.org/a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n",
        (" --chmod=600", ""),
    ),
    (
        f"{H}ADD https://e.org/a.zip /tmp/a.tgz\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n",
        "line 4 could fetch it",
    ),
    (
        f"{H}{ADD} tmp/\nRUN tar xzf tmp/a.tgz -C /opt && rm tmp/a.tgz\n",
        ("tmp/\nRUN tar xzf tmp/a.tgz -C /opt && rm tmp", "/tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp"),
    ),
    (f"{H}{ADD} /tmp/a.tgz /x/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", (" /x/", "")),
    (f"{H}COPY https://e.org/a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("COPY", "ADD")),
    (f"{H}{ADD} /tmp/\nCMD x\n", ("CMD x", "RUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz")),
    (f"{H}{UNPACK} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", (" --unpack=true", "")),
    (
        f"{H}{ADD} /tmp/\nRUN <<E\ntar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\nE\n",
        ("<<E\ntar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\nE", "tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz"),
    ),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt\n", ("/opt", "/opt && rm /tmp/a.tgz")),
    (
        f"{H}{ADD} /tmp/\nRUN (tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz)\n",
        ("(tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz)", "tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz"),
    ),
    (
        f"{H}{ADD} /tmp/\nRUN --network=none tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n",
        (" --network=none", ""),
    ),
    (
        f'{H}{ADD} /tmp/\nRUN ["tar", "xzf", "/tmp/a.tgz"]\n',
        ('["tar", "xzf", "/tmp/a.tgz"]', "tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz"),
    ),
    (f"{H}{ADD} /tmp/\nRUN bsdtar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("bsdtar", "tar")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && ls /tmp/a.tgz\n", ("ls", "rm")),
    (f"{H}{ADD} /tmp/\nRUN sudo tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("sudo ", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && sudo rm /tmp/a.tgz\n", ("sudo ", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm -v /tmp/a.tgz >/x\n", (" >/x", "")),
    (
        f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && {{ rm /tmp/a.tgz || true; }}\n",
        ("{ rm /tmp/a.tgz || true; }", "rm /tmp/a.tgz"),
    ),
    (f"{H}WORKDIR $X\n{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz && rm /tmp/a.tgz\n", ("$X", "/x")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz $X -C /opt && rm /tmp/a.tgz\n", (" $X", "")),
    (f"{H}{ADD} /tmp/\nRUN tar xzf /srv/a.tgz -C /opt && rm /tmp/a.tgz\n", ("/srv", "/tmp")),
    (
        f"{H}WORKDIR /tmp\n{ADD} /tmp/\nRUN tar xzf a.tgz -C /opt && rm a.tgz\n",
        ("a.tgz -C /opt && rm a.tgz", "/tmp/a.tgz -C /opt && rm a.tgz"),
    ),
    (
        f"{H}{ADD} /tmp/\nRUN tar xzf -C /opt && rm /tmp/a.tgz && ls a.tgz\n",
        ("-C /opt && rm /tmp/a.tgz && ls a.tgz", "/tmp/a.tgz -C /opt && rm /tmp/a.tgz && ls"),
    ),
    (f"{H}{ADD} /tmp/\nRUN tar zf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", (" zf", " xzf")),
    (f"{H}{ADD} /tmp/\nRUN tar xz /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n", ("xz", "xzf")),
)

# what is said of them
SAYS = (
    (
        f"{H}{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n",
        [
            Said(
                f"{ADD} /tmp/",
                "the archive that ADD fetches stays in its layer",
                "an owner whom the archive names would be taken by the number",
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


@pytest.mark.parametrize("syntax", ["", "# syntax=docker/dockerfile:1.16\n"])
def test_with_an_older_frontend_it_is_only_shown(syntax: str) -> None:
    text = f"{syntax}FROM debian:12\n{ADD} /tmp/\nRUN tar xzf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n"
    result = optimize(text, settings=Settings(unsafe=True, select=frozenset((RULE,))))
    assert not result.changed
    assert [(one.applicability, one.reason) for one in findings(result)] == [
        ("manual", "`ADD --unpack` needs `# syntax=docker/dockerfile:1.17` or later")
    ]


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://e.org/a.zip /tmp/", "RUN x\nRUN unzip /tmp/a.zip -d /opt && rm /tmp/a.zip"),
        ("https://e.org/a /a.deb", "RUN cd / && dpkg -i a.deb"),
        ("https://e.org/install.sh .", "RUN sh /install.sh"),
    ],
)
def test_what_is_fetched_for_a_later_run_is_only_shown(url: str, text: str) -> None:
    (found,) = findings(optimize(f"{H}ADD {url}\n{text}\n", settings=Settings(select=frozenset((RULE,)))))
    line = 4 + text.count("\n")
    assert (found.applicability, found.message) == ("manual", "what ADD fetches stays in its layer")
    assert found.reason == f"line {line} could fetch it, and remove it when it is done"


@pytest.mark.parametrize("text", ["RUN unzip /b.zip", "RUN ls /a.zip", "COPY unzip /a.zip"])
def test_what_nothing_unpacks_is_not(text: str) -> None:
    assert not findings(
        optimize(f"{H}ADD https://e.org/a.zip /\n{text}\n", settings=Settings(select=frozenset((RULE,))))
    )
