"""What `chown-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

RULE = "chown-after-copy"

# before, after
REWRITES = (
    (
        "FROM debian:12\nCOPY a.sh b.sh /opt/\nRUN chown app:app /opt/b.sh /opt/a.sh\n",
        "FROM debian:12\nCOPY --chown=app:app a.sh b.sh /opt/\n",
    ),
    (
        "FROM debian:12\nADD https://e.org/a /opt/a.sh\nRUN chown app:app /opt/a.sh\n",
        "FROM debian:12\nADD --chown=app:app https://e.org/a /opt/a.sh\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=app:0 a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=app:app a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:0 /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=app:0 a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown 1000 /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=1000:0 a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown 1000:1000 /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=1000:1000 a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown root /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=root:0 a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown root:root /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=root:root a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app\nRUN chown 1000:1000 /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=1000:1000 a.conf /etc/a.conf\nRUN useradd app\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app\nRUN chown root /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=root:0 a.conf /etc/a.conf\nRUN useradd app\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app\nRUN chown root:root /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=root:root a.conf /etc/a.conf\nRUN useradd app\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN useradd app && chown app:app /etc/a.conf\n",
        "FROM debian:12\nRUN useradd app\nCOPY --chown=app:app a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN adduser --system app\nRUN chown app:adm /etc/a.conf\n",
        "FROM debian:12\nRUN adduser --system app\nCOPY --chown=app:adm a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app /etc/a.conf /x\n",
        "FROM debian:12\nCOPY --chown=app:0 a.conf /etc/a.conf\nRUN chown app /x\n",
    ),
    (
        ("FROM debian:12\nCOPY a.conf /new/a.conf\nCOPY b.conf /etc/b.conf\nRUN chown app /new/a.conf /etc/b.conf\n"),
        ("FROM debian:12\nCOPY a.conf /new/a.conf\nCOPY --chown=app:0 b.conf /etc/b.conf\nRUN chown app /new/a.conf\n"),
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN useradd app\nCOPY b.sh /b.sh\nRUN chown app:app /a.sh /b.sh\n",
        ("FROM debian:12\nRUN useradd app\nCOPY --chown=app:app a.sh /a.sh\nCOPY --chown=app:app b.sh /b.sh\n"),
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN useradd app && chown app:app /a.sh /x\n",
        "FROM debian:12\nRUN useradd app\nCOPY --chown=app:app a.sh /a.sh\nRUN chown app:app /x\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\n# why\nRUN chown app /etc/a.conf\n",
        "FROM debian:12\nCOPY --chown=app:0 a.conf /etc/a.conf\n",
        "the comment above it would go with it",
    ),
    (
        "FROM debian:12\nCOPY app /usr/bin/app\nRUN useradd app && chown app:app /usr/bin/app\n",
        "FROM debian:12\nRUN useradd app\nCOPY --chown=app:app app /usr/bin/app\n",
        "that app is a file is an assumption",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nCOPY a.sh b.sh /opt/\nRUN chown app:app /opt/b.sh\n", "line 2 brings other files too"),
    ("FROM debian:12\nARG D=/opt\nCOPY a.sh $D/\nRUN chown app:app $D/a.sh\n", ("ARG", "ENV")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown :app /etc/a.conf\n", (":app", "app")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf; b\n", ("/etc/a.conf; b", "/etc/a.conf")),
    ("FROM debian:12\nCOPY --chown=a:a a.conf /etc/a.conf\nRUN chown b:b /etc/a.conf\n", (" --chown=a:a", "")),
    ("FROM debian:12\nCOPY dir /srv/app\nRUN chown -R app:app /srv/app\n", (" -R", "")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown $U:$U /etc/a.conf\n", ("$U:$U", "app")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown --reference=/x /etc/a.conf\n", ("--reference=/x", "app")),
    ("FROM debian:12\nCOPY --from=x /a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf\n", (" --from=x", "")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN echo chown app:app /etc/a.conf\n", ("echo chown", "chown")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app:app /etc/a.conf -v\n", ("/etc/a.conf -v", "/etc/a.conf")),
    ("FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN chown app: /etc/a.conf\n", ("app:", "app")),
    (
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN apt-get install -y x\nRUN chown app /etc/a.conf\n",
        "line 3 may have to do with it: /etc/a.conf, where packages may have files",
    ),
    (
        "FROM debian:12\nCOPY a.conf /data/a.conf\nRUN chown app:app /data/a.conf\n",
        ("/data/a.conf\nRUN chown app:app /data/", "/etc/a.conf\nRUN chown app:app /etc/"),
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "RUN useradd --system app\n"
            "COPY app.conf /etc/app.conf\n"
            "RUN chown app:app /etc/app.conf\n"
            "USER app\n"
        ),
        [Said("chown app:app /etc/app.conf", "chown stores the copied file a second time")],
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


def test_what_the_context_says_of_a_file_counts(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"plain": 0o644, "setuid": 0o4755, "setgid": 0o2755, "sticky": 0o1755})
    text = "FROM debian:12\nCOPY {0} /usr/bin/{0}\nRUN chown app:app /usr/bin/{0}\n"
    for name in ("plain", "sticky"):
        result = only(RULE, text.format(name), context=context)
        assert result.text == f"FROM debian:12\nCOPY --chown=app:app {name} /usr/bin/{name}\n"
        assert [finding.saves for finding in findings(result)] == [1000]
    for name in ("setuid", "setgid"):
        result = only(RULE, text.format(name), context=context, unsafe=True)
        assert not result.changed
        assert "setuid or setgid" in findings(result)[0].reason


def test_what_it_saves_counts_where_the_user_is_moved_too(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"a.sh": 0o644})
    text = "FROM debian:12\nCOPY a.sh /a.sh\nRUN useradd app && chown app:app /a.sh\n"
    assert [finding.saves for finding in findings(only(RULE, text, context=context))] == [1000]
