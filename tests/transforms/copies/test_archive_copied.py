"""What `archive-copied` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, check_keep, check_rewrite, context_of, findings, only, said

RULE = "archive-copied"

# before, after
REWRITES = (
    (
        "FROM debian:12\nCOPY d /opt\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\nCOPY d /opt\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\n",
        ("FROM debian:12\nRUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz tar xzf /tmp/t.tar.gz -C /srv\n"),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\nRUN rm /tmp/t.tar.gz\n",
        ("FROM debian:12\nRUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz tar xzf /tmp/t.tar.gz -C /srv\n"),
    ),
    (
        ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN sha256sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    sha256sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN sha512sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    sha512sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN sha1sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    sha1sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN md5sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    md5sum /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN ls /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    ls /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN test -e /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    test -e /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN file /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    file /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN cat /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    cat /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN stat /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    stat /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN gpg /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    gpg /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n"
        ),
    ),
    (
        ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz /tmp/x\n"),
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/x\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY /dir/../t.zip /tmp/x.zip\nRUN unzip /tmp/x.zip\n",
        "FROM debian:12\nRUN --mount=type=bind,source=t.zip,target=/tmp/x.zip unzip /tmp/x.zip\n",
    ),
    (
        "FROM debian:12\nWORKDIR /tmp\nCOPY t.zip .\nRUN cd /tmp && unzip t.zip -d /x && rm t.zip\n",
        (
            "FROM debian:12\n"
            "WORKDIR /tmp\n"
            "RUN --mount=type=bind,source=t.zip,target=/tmp/t.zip cd /tmp && unzip t.zip -d /x\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm -rf /tmp/x\n",
        (
            "FROM debian:12\n"
            "RUN --mount=type=bind,source=t.tar.gz,target=/tmp/t.tar.gz \\\n"
            "    tar xzf /tmp/t.tar.gz -C /srv && rm -rf /tmp/x\n"
        ),
    ),
    (
        "FROM debian:12\nRUN ./x.sh\nCOPY t.deb /tmp/\nRUN dpkg -i /tmp/t.deb\n",
        ("FROM debian:12\nRUN ./x.sh\nRUN --mount=type=bind,source=t.deb,target=/tmp/t.deb dpkg -i /tmp/t.deb\n"),
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        'FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN ["tar", "xzf", "/tmp/t.tar.gz"]\n',
        ('["tar", "xzf", "/tmp/t.tar.gz"]', "tar xzf /tmp/t.tar.gz"),
    ),
    ("FROM debian:12\nCOPY t.tar.gz /tmp/\n", ("/tmp/\n", "/tmp/\nRUN tar xzf /tmp/t.tar.gz\n")),
    (
        "FROM debian:12\nCOPY t /tmp/t\nRUN tar xzf /tmp/t\n",
        ("t /tmp/t\nRUN tar xzf /tmp/t", "t.tgz /tmp/\nRUN tar xzf /tmp/t.tgz"),
    ),
    (
        "FROM debian:12\nCOPY <<EOF /tmp/t.tgz\nx\nEOF\nRUN tar xzf /tmp/t.tgz\n",
        ("<<EOF /tmp/t.tgz\nx\nEOF", "t.tgz /tmp/"),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN rm /tmp/t.tar.gz\nRUN tar xzf /tmp/t.tar.gz -C /srv\n",
        ("RUN rm /tmp/t.tar.gz\n", ""),
    ),
    ("FROM debian:12\nCOPY t.tar.gz /tmp/\nCOPY x /tmp\nRUN tar xzf /tmp/t.tar.gz -C /srv\n", ("COPY x /tmp\n", "")),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nUSER a\nCOPY x /tmp\nRUN tar xzf /tmp/t.tar.gz -C /srv\n",
        ("COPY x /tmp\n", ""),
    ),
    (
        (
            "FROM debian:12\nCOPY t.tar.gz /tmp/\nCOPY a /tmp/t.tar.gz\n"
            "RUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz\n"
        ),
        "line 2 may bring a file of that name too",
    ),
    (
        ("FROM debian:12\nCOPY d /tmp\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz\n"),
        "line 2 may bring a file of that name too",
    ),
    (
        (
            "FROM debian:12\nRUN curl -o /tmp/t.tar.gz http://e.org/t\nCOPY t.tar.gz /tmp/\n"
            "RUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz\n"
        ),
        "line 2 may bring a file of that name too",
    ),
    (
        (
            "FROM debian:12 AS a\nADD http://e.org/t.tar.gz /tmp/\nFROM a\nCOPY t.tar.gz /tmp/\n"
            "RUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz\n"
        ),
        "line 2 may bring a file of that name too",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\nRUN sha256sum /tmp/a.tgz\n",
        "line 4 does something else with it",
    ),
    ("FROM debian:12\nCOPY a.tgz b.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\n", (" b.tgz", "")),
    ("FROM debian:12\nCOPY --chown=1 a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\n", (" --chown=1", "")),
    ("FROM debian:12\nCOPY --from=x /a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\n", (" --from=x", "")),
    ("FROM debian:12\nADD a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\n", ("ADD", "COPY")),
    ("FROM debian:12\nCOPY a.tgz /tmp/\nRUN true\nRUN tar xzf /tmp/a.tgz\n", ("RUN true\n", "")),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz && rm -rf /tmp/* /tmp/a.tgz\n",
        "line 3 may change what lies around it",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz && chmod -R 755 /tmp\n",
        "`chmod` may walk over it, or change what lies around it",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz && mv /tmp/a.tgz /b.tgz\n",
        "line 3 does something else with it",
    ),
    ("FROM debian:12\nCOPY a.tgz /tmp/\nRUN cd /opt && tar xzf a.tgz\n", ("/opt", "/tmp/")),
    (
        "FROM debian:12 AS a\nCOPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz\nFROM a\nCOPY --from=a /tmp /t\n",
        "another stage copies from there",
    ),
    (
        (
            "FROM debian:12 AS a\n"
            "COPY a.tgz /tmp/\n"
            "RUN tar xzf /tmp/a.tgz -C /srv\n"
            "FROM debian:12\n"
            "COPY --from=a /srv /srv\n"
        ),
        (" AS a", ""),
    ),
    ("FROM debian:12\nCOPY $A.tgz /tmp/a.tgz\nRUN tar xzf /tmp/a.tgz\n", ("$", "")),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN strip /tmp/t.tar.gz && tar xzf /tmp/t.tar.gz -C /srv\n",
        "line 3 does something else with it",
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm -rf /tmp\n",
        "line 3 may change what lies around it",
    ),
    (
        ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && rm -rf /tmp/t.tar.gz /tmp/*\n"),
        "line 3 may change what lies around it",
    ),
    (
        ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && if x; then rm /tmp/t.tar.gz; fi\n"),
        "line 3 does something else with it",
    ),
    (
        (
            "FROM debian:12\n"
            "COPY t.tar.gz /tmp/\n"
            "RUN tar xzf /tmp/t.tar.gz -C /srv && rm /tmp/t.tar.gz && rm -f /tmp/t.tar.gz\n"
        ),
        "line 3 does something else with it",
    ),
    (
        ('FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\nRUN ["cp", "/tmp/t.tar.gz", "/x"]\n'),
        "line 4 names it",
    ),
    ("FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN mkdir /x\nRUN tar xzf /tmp/t.tar.gz -C /srv\n", ("RUN mkdir /x\n", "")),
    ("FROM debian:12\nCOPY --chown=app t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\n", (" --chown=app", "")),
    (
        'FROM debian:12\nCOPY ["a b.zip", "/tmp/x.zip"]\nRUN unzip /tmp/x.zip\n',
        ('["a b.zip", "/tmp/x.zip"]', "./dir/t.zip /tmp/x.zip"),
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv && chown -R app /tmp\n",
        "`chown` may walk over it, or change what lies around it",
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\nCMD cat /tmp/t.tar.gz\n",
        "something further down may want it",
    ),
    (
        "FROM debian:12\nCOPY a.tgz /somewhere/\nRUN tar xzf /somewhere/a.tgz\n",
        ("/somewhere/\nRUN tar xzf /somewhere/", "/tmp/\nRUN tar xzf /tmp/"),
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN --mount=type=tmpfs,target=/tmp tar xzf /tmp/a.tgz\n",
        (" --mount=type=tmpfs,target=/tmp", ""),
    ),
    (
        "FROM debian:12\nCOPY a.tgz /tmp/\nRUN <<EOF\ntar xzf /tmp/a.tgz\nEOF\n",
        ("<<EOF\ntar xzf /tmp/a.tgz\nEOF", "tar xzf /tmp/a.tgz"),
    ),
    ("FROM debian:12\nCOPY a.tgz /tmp/\nRUN tar czf /tmp/a.tgz /etc\n", ("czf /tmp/a.tgz /etc", "xzf /tmp/a.tgz")),
)

# what is said of them
SAYS = (
    (
        ("FROM debian:12\nCOPY tiles.tar.gz /tmp/\nRUN tar -xzf /tmp/tiles.tar.gz -C /srv && rm /tmp/tiles.tar.gz\n"),
        [Said("COPY tiles.tar.gz /tmp/", "tiles.tar.gz stays in the layer that copies it", "", ("/tmp/tiles.tar.gz",))],
    ),
    (
        "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\n",
        [Said("COPY t.tar.gz /tmp/", "t.tar.gz stays in the layer that copies it", "", ("/tmp/t.tar.gz",))],
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


def test_what_a_container_starts_may_want_it() -> None:
    text = "FROM debian:12\nCOPY t.tar.gz /tmp/\nRUN tar xzf /tmp/t.tar.gz -C /srv\nCMD ls /tmp\n"
    assert not only(RULE, text).changed
    assert only(RULE, text, unsafe=True).changed
    assert findings(only(RULE, text))[0].reason == "/tmp is not shown"


def test_what_the_context_says_of_it_counts(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"t.tar.gz": 0o644, "d.tar.gz/": 0o755})
    text = "FROM debian:12\nCOPY {0} /tmp/\nRUN tar xzf /tmp/{0} -C /srv\n"
    result = only(RULE, text.format("t.tar.gz"), context=context)
    assert result.changed
    assert [finding.saves for finding in findings(result)] == [1000]
    assert not findings(only(RULE, text.format("d.tar.gz"), context=context))
