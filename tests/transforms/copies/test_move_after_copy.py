"""What `move-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

RULE = "move-after-copy"

# before, after
REWRITES = (
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\n",
        "FROM debian:12\nCOPY a.conf /etc/a.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf && make\n",
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN make\n",
    ),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/\n", "FROM debian:12\nCOPY a.conf /etc/\n"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc\n", "FROM debian:12\nCOPY a.conf /etc/\n"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /unknown/\n", "FROM debian:12\nCOPY a.conf /unknown/\n"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /unknown\n", "FROM debian:12\nCOPY a.conf /unknown\n"),
    (
        "FROM debian:12\nCOPY a.conf /tmp/b.conf\nRUN mv /tmp/b.conf /etc/b.conf\n",
        "FROM debian:12\nCOPY a.conf /etc/b.conf\n",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\nRUN cat /etc/a.conf\n",
        "FROM debian:12\nCOPY a.conf /etc/a.conf\nRUN cat /etc/a.conf\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:12\nCOPY a.conf /tmp/\n# why\nRUN mv /tmp/a.conf /etc/a.conf\n",
        "FROM debian:12\nCOPY a.conf /etc/a.conf\n",
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nCOPY a.conf b.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\n", ("b.conf /tmp/", "/tmp/")),
    (
        ("FROM debian:12 AS a\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\nFROM x\nCOPY --from=a /etc /e\n"),
        (" AS a", ""),
    ),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf; b\n", ("/etc/a.conf; b", "/etc/a.conf")),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mkdir /etc/a && mv /tmp/a.conf /etc/a/a.conf\n",
        "something before it may make the directory it goes to",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN apt-get install -y a\nRUN mv /tmp/a.conf /etc/a/a.conf\n",
        "line 3 may have to do with it: /etc/a/a.conf, where packages may have files",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN test -e /etc/a.conf || mv /tmp/a.conf /etc/a.conf\n",
        "something before it may make the directory it goes to",
    ),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv -n /tmp/a.conf /etc/a.conf\n", ("-n /tmp/a.conf", "/tmp/a.conf")),
    ("FROM debian:12\nCOPY --from=x /a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\n", (" --from=x", "")),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/*.conf /etc/\n", ("/tmp/*.conf", "/tmp/a.conf")),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\nRUN touch /tmp/a.conf\n",
        "something else names one of the places",
    ),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /opt/x\n", "/opt/x may be a directory that it goes into"),
    (
        "FROM debian:12\nCOPY a.conf /tmp/b.conf\nRUN mv /tmp/b.conf /etc/\n",
        "the copy has another name than its source",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /usr/bin/x\n",
        "mv replaces a link, and COPY would follow it",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/resolv.conf\n",
        "mv replaces a link, and COPY would follow it",
    ),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf $X\n", "where it goes is not certain"),
    ('FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf "/etc/a b/"\n', "its place cannot be spelled in one word"),
    (
        'FROM debian:12\nCOPY ["a.conf", "/tmp/"]\nRUN mv /tmp/a.conf /etc/a.conf\n',
        ('["a.conf", "/tmp/"]', "a.conf /tmp/"),
    ),
    (
        "FROM debian:12\nCOPY <<EOF /tmp/a.conf\nx\nEOF\nRUN mv /tmp/a.conf /etc/a.conf\n",
        ("<<EOF /tmp/a.conf\nx\nEOF", "a.conf /tmp/"),
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN ls /tmp/a.conf\nRUN mv /tmp/a.conf /etc/a.conf\n",
        "line 3 may have to do with it: /tmp/a.conf",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/a.conf\nRUN mv /tmp/a.conf /etc/a.conf\nRUN ls /tmp/a.conf\n",
        "something else names one of the places",
    ),
    (
        "FROM debian:12\nCOPY a.conf /tmp/\nRUN --mount=type=cache,target=/root mv /tmp/a.conf /etc\n",
        "its RUN has flags",
    ),
    ("FROM debian:12\nCOPY a /tmp/a\nRUN mv /tmp/a libd*/x\n", "where it goes is not certain"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /lib/a.conf\n", "mv replaces a link"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /sbin/a.conf\n", "mv replaces a link"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /usr/lib64/a.conf\n", "mv replaces a link"),
    ("FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/alternatives/a.conf\n", "mv replaces a link"),
)

# what is said of them
SAYS = (
    (
        ("FROM nginx:1.27\nCOPY site.conf /tmp/\nRUN mv /tmp/site.conf /etc/nginx/conf.d/default.conf && nginx -t\n"),
        [Said("mv /tmp/site.conf /etc/nginx/conf.d/default.conf", "mv stores the copied file a second time")],
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


TREE = {"a.conf": 0o644, "dir/x": 0o644, "link@": 0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\n", "COPY a.conf /etc/a.conf\n"),
        (
            "COPY dir /tmp/dir\nRUN mv /tmp/dir /opt/dir.conf\n",
            "if there is such a directory already, mv puts this one into it",
        ),
        ("COPY link /tmp/\nRUN mv /tmp/link /etc/link.conf\n", "it is neither a file nor a directory"),
        ("COPY dir /tmp/\nRUN mv /tmp/x /opt/x.conf\n", None),
        (
            "COPY dir /tmp/\nRUN mv /tmp/dir /opt/dir.conf\n",
            "what is moved is a directory in the one that is copied",
        ),
    ],
)
def test_what_the_context_says_of_a_file_counts(tmp_path: Path, text: str, expected: str | None) -> None:
    result = only(RULE, f"FROM debian:12\n{text}", context=context_of(tmp_path, TREE))
    if result.changed:
        assert result.text == f"FROM debian:12\n{expected}"
    else:
        assert [finding.reason for finding in findings(result)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    "place",
    [
        "/bin/a.conf", "/sbin/a.conf", "/usr/bin/a.conf", "/lib/a.conf", "/usr/lib64/a.conf", "/etc/localtime", "/etc/mtab",
        "/etc/os-release", "/etc/resolv.conf", "/etc/alternatives/a.conf", "/etc/nginx/sites-enabled/a.conf",
        "/etc/apache2/mods-enabled/a.conf", "/etc/apache2/conf-enabled/a.conf", "/etc/php/8.2/fpm/conf.d/a.conf",
        "/etc/ssl/certs/a.conf", "/etc/fonts/conf.d/a.conf", "/etc/rc3.d/a.conf", "/etc/systemd/system/a.conf",
    ],
)  # fmt: skip
def test_where_links_are_usual(place: str) -> None:
    text = f"FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf {place}\n"
    check_keep(RULE, text, "mv replaces a link, and COPY would follow it")


def test_a_link_of_the_stage() -> None:
    text = "FROM debian:12\nRUN ln -s /data /etc/a\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a/a.conf\n"
    check_keep(RULE, text, "mv replaces a link, and COPY would follow it")


def test_named_by_something_else() -> None:
    text = "FROM debian:12\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\nCMD cat /tmp/a.conf\n"
    check_keep(RULE, text, "something else names one of the places")
