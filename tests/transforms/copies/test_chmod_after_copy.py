"""What `chmod-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

RULE = "chmod-after-copy"

# before, after
REWRITES = (
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod u=rwx,go=rx /a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n",
    ),
    (
        "FROM debian:12\nCOPY a.sh b.sh /opt/x/\nRUN chmod 755 /opt/x/b.sh /opt/x/a.sh /opt/y\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh b.sh /opt/x/\nRUN chmod 755 /opt/y\n",
    ),
    (
        "FROM debian:12\nWORKDIR /app\nCOPY a.sh b.sh ./\nRUN chmod 700 a.sh ./b.sh\n",
        "FROM debian:12\nWORKDIR /app\nCOPY --chmod=700 a.sh b.sh ./\n",
    ),
    (
        'FROM debian:12\nARG D=/srv\nCOPY a.sh ${D}/a.sh\nCOPY b.sh ${D}/\nRUN chmod 755 "$D/a.sh" $D/b.sh\n',
        "FROM debian:12\nARG D=/srv\nCOPY --chmod=755 a.sh ${D}/a.sh\nCOPY --chmod=755 b.sh ${D}/\n",
    ),
    (
        "FROM debian:12\nENV A=/opt B=x\nENV D=${A}/$B\nCOPY a.sh $D/\nRUN chmod 755 /opt/x/a.sh\n",
        "FROM debian:12\nENV A=/opt B=x\nENV D=${A}/$B\nCOPY --chmod=755 a.sh $D/\n",
    ),
    (
        "FROM debian:12 AS a\nENV D /opt\nFROM a\nWORKDIR $D/x\nCOPY a.sh .\nRUN chmod 755 /opt/x/a.sh\n",
        "FROM debian:12 AS a\nENV D /opt\nFROM a\nWORKDIR $D/x\nCOPY --chmod=755 a.sh .\n",
    ),
    (
        "FROM debian:12\nADD https://e.org/a /opt/a.sh\nRUN chmod +x /opt/a.sh\n",
        "FROM debian:12\nADD --chmod=711 https://e.org/a /opt/a.sh\n",
    ),
    (
        "FROM debian:12\nADD https://e.org/a.tgz?x=y/z /opt/\nRUN chmod 640 /opt/a.tgz\n",
        "FROM debian:12\nADD --chmod=640 https://e.org/a.tgz?x=y/z /opt/\n",
    ),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh\n", "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n"),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 0755 /a.sh\n", "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n"),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 644 /a.sh\n", "FROM debian:12\nCOPY --chmod=644 a.sh /a.sh\n"),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 700 /a.sh\n", "FROM debian:12\nCOPY --chmod=700 a.sh /a.sh\n"),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh && make\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nRUN make\n",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nCOPY b.sh /b.sh\nRUN chmod 755 /a.sh /b.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nCOPY --chmod=755 b.sh /b.sh\n",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nCOPY b.sh /b.sh\nRUN touch /b.sh\nRUN chmod 755 /a.sh /b.sh\n",
        ("FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nCOPY b.sh /b.sh\nRUN touch /b.sh\nRUN chmod 755 /b.sh\n"),
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh /x\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nRUN chmod 755 /x\n",
    ),
    (
        "FROM debian:12\nCOPY a.sh /new/a.sh\nRUN chmod 755 /new/a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /new/a.sh\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod +x /a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod a+x /a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod u+x /a.sh\n",
        "FROM debian:12\nCOPY --chmod=744 a.sh /a.sh\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod g+x /a.sh\n",
        "FROM debian:12\nCOPY --chmod=654 a.sh /a.sh\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN umask 077 && chmod a+x /a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nRUN umask 077\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\n# why\nRUN chmod 755 /a.sh\n",
        "FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\n",
        "the comment above it would go with it",
    ),
    (
        "FROM debian:12\nCOPY a.sh /new/a.sh\nRUN chmod 700 /new/a.sh\n",
        "FROM debian:12\nCOPY --chmod=700 a.sh /new/a.sh\n",
        "a directory that COPY creates would get the mode too",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod u=rw,go+r /a.sh\n",
        "FROM debian:12\nCOPY --chmod=644 a.sh /a.sh\n",
        "that a.sh has mode 0644 is an assumption",
    ),
    (
        "FROM debian:12\nARG D=/srv\nCOPY a.sh $D/a.sh\nRUN chmod 700 $D/a.sh\n",
        "FROM debian:12\nARG D=/srv\nCOPY --chmod=700 a.sh $D/a.sh\n",
        "a directory that COPY creates would get the mode too",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 4755 /a.sh\n", ("4755", "755")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 /a.sh; b\n", ("/a.sh; b", "/a.sh")),
    ("FROM debian:12\nCOPY --chmod=755 a.sh /a.sh\nRUN chmod 644 /a.sh\n", (" --chmod=755", "")),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN sed -i s/x/y/ /a.sh\nRUN chmod 755 /a.sh\n",
        "line 3 may have to do with it: /a.sh",
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN sed -i s/x/y/ /a.sh && chmod 755 /a.sh\n",
        "its RUN may have to do with it before: /a.sh",
    ),
    ("FROM debian:12\nCOPY a.sh /a.sh\nCOPY b/ /\nRUN chmod 755 /a.sh\n", "line 3 may have to do with it: /a.sh"),
    ("FROM debian:12\nCOPY app /app\nRUN chmod -R 755 /app\n", (" -R", "")),
    ("FROM debian:12\nCOPY *.sh /\nRUN chmod 755 /a.sh\n", ("*.sh /", "a.sh /a.sh")),
    ("FROM debian:12\nCOPY a.sh b.sh /\nRUN chmod 755 /a.sh\n", "line 2 brings other files too"),
    ("FROM debian:12\nARG D\nCOPY a.sh $D/\nRUN chmod 755 $D/a.sh\n", ("ARG D", "ARG D=/srv")),
    ("FROM debian:12\nARG D=/srv\nCOPY a.sh $D/\nRUN chmod 755 /srv/a.sh\n", ("ARG", "ENV")),
    ("FROM debian:12\nARG D=/srv\nCOPY a.sh /srv/\nRUN chmod 755 $D/a.sh\n", ("ARG", "ENV")),
    (
        "FROM debian:12\nARG D=/srv\nCOPY a.sh $D/\nARG D=/opt\nCOPY a.sh /opt/x/\nRUN chmod 755 $D/a.sh\n",
        ("ARG D=/opt\n", ""),
    ),
    (
        "FROM debian:12\nARG D=/srv\nCOPY a.sh $D/\nARG D=/srv\nRUN chmod 755 $D/a.sh\n",
        "line 4 may have to do with it: $D/a.sh",
    ),
    (
        "FROM debian:12\nARG D=/srv\nCOPY a.sh $D/\nCOPY b /opt/\nRUN chmod 755 $D/a.sh\n",
        "line 4 may have to do with it: $D/a.sh",
    ),
    (
        "FROM debian:12\nARG D=/srv\nCOPY a.sh $D/\nRUN cp /a /b && chmod 755 $D/a.sh\n",
        "its RUN may have to do with it before: $D/a.sh",
    ),
    ("FROM debian:12\nENV D=/srv\nCOPY a.sh $D/\nRUN D=/x && chmod 755 $D/a.sh\n", ("D=/x", "E=/x")),
    ("FROM debian:12\nENV UID=/srv\nCOPY a.sh $UID/\nRUN chmod 755 $UID/a.sh\n", ("$UID/a.sh", "/srv/a.sh")),
    ("FROM debian:12\nENV D=/s*v\nCOPY a.sh $D/\nRUN chmod 755 $D/a.sh\n", ("/s*v", "/srv")),
    ("FROM debian:12\nENV D=$E/b\nCOPY a.sh $D/\nRUN chmod 755 $D/a.sh\n", ("$E/b", "/b")),
    ("FROM debian:12\nADD https://e.org/a.git /opt/a.sh\nRUN chmod 755 /opt/a.sh\n", ("a.git", "a.got")),
    ("FROM debian:12\nADD --unpack https://e.org/a /opt/a.sh\nRUN chmod 755 /opt/a.sh\n", (" --unpack", "")),
    (
        "FROM debian:12\nADD https://e.org/$A /opt/\nRUN chmod 755 /opt/$A\n",
        ("/$A /opt/\nRUN chmod 755 /opt/$A", "/a /opt/\nRUN chmod 755 /opt/a"),
    ),
    ("FROM debian:12\nCOPY $F /a.sh\nRUN chmod 755 /a.sh\n", ("$F", "a.sh")),
    ("FROM debian:12\nADD a.tar.gz /a\nRUN chmod 755 /a\n", ("ADD", "COPY")),
    ("FROM debian:12\nCOPY --from=x /a.sh /a.sh\nRUN chmod 755 /a.sh\n", (" --from=x", "")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN cd /opt && chmod 755 a.sh\n", (" cd /opt &&", "")),
    ("FROM debian:12\nONBUILD COPY a.sh /a.sh\nRUN chmod 755 /a.sh\n", ("ONBUILD COPY", "COPY")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN echo chmod 755 /a.sh\n", ("echo chmod", "chmod")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 755 -v /a.sh\n", ("-v /a.sh", "/a.sh")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod 00755 /a.sh\n", ("00755", "0755")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN umask 077 && chmod +x /a.sh\n", "the umask decides what it gives"),
    (
        'FROM debian:12\nCOPY a.sh /a.sh\nRUN ["chmod", "755", "/a.sh"]\n',
        ('["chmod", "755", "/a.sh"]', "chmod 755 /a.sh"),
    ),
    (
        "FROM debian:12\nCOPY a.sh /a.sh\nRUN if x; then chmod 755 /a.sh; fi\n",
        ("if x; then chmod 755 /a.sh; fi", "chmod 755 /a.sh"),
    ),
    ("FROM debian:12\nCOPY a.sh $D/\nRUN chmod 755 $D/a.sh\n", ("$D/\nRUN chmod 755 $D/", "/\nRUN chmod 755 /")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN chmod $M /a.sh\n", ("$M", "755")),
    ("FROM debian:12\nCOPY a.sh /a.sh\nRUN umask 077 && chmod u+x,+r /a.sh\n", "the umask decides what it gives"),
)

# what is said of them
SAYS = (
    (
        (
            "FROM debian:12\n"
            "COPY entrypoint.sh /usr/local/bin/\n"
            "RUN chmod 755 /usr/local/bin/entrypoint.sh\n"
            'ENTRYPOINT ["entrypoint.sh"]\n'
        ),
        [Said("chmod 755 /usr/local/bin/entrypoint.sh", "chmod stores the copied file a second time")],
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
    context = context_of(tmp_path, {"plain": 0o644, "ready": 0o755, "odd": 0o664, "own": 0o600})
    text = "FROM debian:12\nCOPY {0} /usr/bin/{0}\nRUN chmod {1} /usr/bin/{0}\n"
    for name, given, bits in (
        ("plain", "+x", 755), ("plain", "u+x", 744), ("plain", "g+x", 654), ("plain", "o+x", 645), ("ready", "+x", 755),
        ("ready", "u+x", 755), ("odd", "600", 600), ("plain", "a+x", 755), ("plain", "ug+x", 754),
    ):  # fmt: skip
        result = only(RULE, text.format(name, given), context=context)
        assert result.text == f"FROM debian:12\nCOPY --chmod={bits} {name} /usr/bin/{name}\n"
        assert [finding.saves for finding in findings(result)] == [1000]
    for name, mode, bits in (("odd", 664, 775), ("own", 600, 711)):
        result = only(RULE, text.format(name, "+x"), context=context)
        assert not result.changed
        assert findings(result)[0].reason == f"{name} has mode 0{mode} here, and may have another elsewhere"
        assert f"--chmod={bits}" in only(RULE, text.format(name, "+x"), context=context, unsafe=True).text


# What a context with files of several modes has copied, changed by a RUN, and what becomes of it; a reason where it stays.
SEVERAL = (
    (
        "COPY plain /p\nCOPY ready /r\nRUN chmod u-x /p /r\n",
        "COPY --chmod=644 plain /p\nCOPY --chmod=655 ready /r\n",
    ),
    ("COPY plain ready /opt/x/\nRUN chmod u-x /opt/x/plain /opt/x/ready\n", "would not all have the same mode"),
    ("COPY setuid /s\nRUN chmod u+x /s\n", "the mode it has is not plain"),
    (
        "COPY setuid /s\nCOPY plain /p\nRUN touch /s\nRUN chmod a+x /s /p\n",
        "COPY setuid /s\nCOPY --chmod=755 plain /p\nRUN touch /s\nRUN chmod a+x /s\n",
    ),
)


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_files_of_several_modes(tmp_path: Path, text: str, expected: str) -> None:
    context = context_of(tmp_path, {"plain": 0o644, "ready": 0o755, "setuid": 0o4755})
    result = only(RULE, f"FROM debian:12\n{text}", context=context)
    if "\n" in expected:
        assert result.text == f"FROM debian:12\n{expected}"
    else:
        assert not result.changed
        assert expected in findings(result)[0].reason
