"""What `cleanup-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "cleanup-after-copy"
A = "FROM debian:12 AS a\nRUN x\n"
B = "FROM debian:12\nCOPY --from=a /opt/x /opt/x\n"

# before, after
REWRITES = (
    (
        "FROM debian:12 AS a\nRUN mkdir /o && ln -s /etc /o/x\nFROM debian:12\nCOPY --from=a /o /app\nRUN rm -rf /app/x\n",
        "FROM debian:12 AS a\nRUN mkdir /o && ln -s /etc /o/x\nRUN rm -rf /o/x\nFROM debian:12\nCOPY --from=a /o /app\n",
    ),
    (f"{A}{B}RUN rm -rf /opt/x/doc\n", f"{A}RUN rm -rf /opt/x/doc\n{B}"),
    (
        f"{A}CMD y\n\n{B}ENV A=b\n# no docs\nRUN rm -rf /opt/x/doc && \\\n    find /opt/x -name '*.a' -delete\n\nCMD z\n",
        f"{A}CMD y\n# no docs\nRUN rm -rf /opt/x/doc && \\\n    find /opt/x -name '*.a' -delete\n\n{B}ENV A=b\n\nCMD z\n",
    ),
    (f"{A}{B}RUN find /opt/x -type d -exec rm -rf {{}} +\n", f"{A}RUN find /opt/x -type d -exec rm -rf {{}} +\n{B}"),
    (f"{A}{B}RUN chmod -R g=u /opt/x/y", f"{A}RUN chmod -R g=u /opt/x/y\n{B[:-1]}"),
    (
        f"{A}FROM debian:12\nCOPY --from=0 /out/w /opt/x\nRUN rm -r /opt/x/a \"/opt/x/b\" '/opt/x/xy'\n",
        f"{A}RUN rm -r /out/w/a \"/out/w/b\" '/out/w/xy'\nFROM debian:12\nCOPY --from=0 /out/w /opt/x\n",
    ),
    (
        f"{A}FROM alpine:3\nCOPY --from=a /out/app /usr/bin/app\nRUN chmod +x /usr/bin/app\n",
        f"{A}RUN chmod +x /out/app\nFROM alpine:3\nCOPY --from=a /out/app /usr/bin/app\n",
    ),
    (
        f"{A}FROM alpine:3\nCOPY --from=a /out/app /usr/bin/\nRUN chmod 700 /usr/bin/app\n",
        f"{A}RUN chmod 700 /out/app\nFROM alpine:3\nCOPY --from=a /out/app /usr/bin/\n",
    ),
    (f"{A}{B}RUN find /opt/x -user 7 -delete\n", f"{A}RUN find /opt/x -user 7 -delete\n{B}"),
    (
        f"{A}FROM debian:12\nCOPY --from=a /out/x /opt/x.sh\nRUN chmod 700 /opt/x.sh\n",
        f"{A}RUN chmod 700 /out/x\nFROM debian:12\nCOPY --from=a /out/x /opt/x.sh\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        f"{A}FROM debian:12\nCOPY --from=a /app /opt/x\nRUN chmod 700 /opt/x\n",
        f"{A}RUN chmod 700 /app\nFROM debian:12\nCOPY --from=a /app /opt/x\n",
        "that /opt/x is a file is an assumption",
    ),
    (
        f"{A}FROM debian:12\nCOPY y /opt/x\nCOPY --from=a /x/ /opt/x/\nRUN chmod +x /opt/x/*\n",
        f"{A}RUN chmod +x /x/*\nFROM debian:12\nCOPY y /opt/x\nCOPY --from=a /x/ /opt/x/\n",
        "line 4 may have put files there: /opt/x",
    ),
    (
        f"{A}FROM debian:11\nCOPY --from=a /opt/x /opt/x\nRUN find /opt/x -user 7 -delete\n",
        f"{A}RUN find /opt/x -user 7 -delete\nFROM debian:11\nCOPY --from=a /opt/x /opt/x\n",
        "the other image may have another `find`",
    ),
    (
        f"{A}FROM debian:12\nCOPY --from=a /opt/x /var/x\nRUN rm -rf /var/x/y\n",
        f"{A}RUN rm -rf /opt/x/y\nFROM debian:12\nCOPY --from=a /opt/x /var/x\n",
        "files that the base image has in /var/x would stay",
    ),
    (
        f"{A}FROM debian:12\nRUN make\nCOPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/y\n",
        f"{A}RUN rm -rf /opt/x/y\nFROM debian:12\nRUN make\nCOPY --from=a /opt/x /opt/x\n",
        "line 4 may have put files there: `make` may do anything",
    ),
    (
        f"{A}FROM debian:11\nCOPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/y && find /opt/x -user 7 -delete\n",
        f"{A}RUN rm -rf /opt/x/y && find /opt/x -user 7 -delete\nFROM debian:11\nCOPY --from=a /opt/x /opt/x\n",
        "the other image may have another `find`",
    ),
    (
        f"{A}FROM mine\nCOPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/y\n",
        f"{A}RUN rm -rf /opt/x/y\nFROM mine\nCOPY --from=a /opt/x /opt/x\n",
        "files that the base image has in /opt/x would stay",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM debian:12 AS a\nRUN mkdir /o && ln -s /etc /o/x\nFROM debian:12\nCOPY --from=a /o /app\n"
        "RUN rm -rf /app/x/passwd\n",
        "a link on the way leads elsewhere in each image",
    ),
    (
        "FROM debian:12 AS a\nVOLUME /o\nRUN mkdir /o/x\nFROM debian:12\nCOPY --from=a /o /app\nRUN rm -rf /app/x\n",
        "what a RUN changes in a volume may be lost",
    ),
    (f"{A}{B}RUN rm -rf /opt/x/doc; true\n", ("; true", "")),
    (f"{A}{B}RUN rm -rf /opt/x/doc /opt/y\n", (" /opt/y", "")),
    (f"{A}{B}RUN rm -rf /opt/x/doc && ls\n", (" && ls", "")),
    (f"{A}{B}RUN rm -rf /opt/x/$A\n", ("$A", "a")),
    (f"{A}{B}RUN rm -rf doc\n", ("rm -rf doc", "rm -rf /opt/x/doc")),
    (f"{A}{B}RUN sudo rm -rf /opt/x/doc\n", ("sudo ", "")),
    (f"{A}{B}RUN rm -rfv /opt/x/doc >/opt/x/log\n", (" >/opt/x/log", "")),
    (f"{A}{B}RUN find /opt/x -name a -exec sh -c x {{}} +\n", ("sh -c x", "rm")),
    (f"{A}{B}RUN find /opt/x -name a\n", ("name a", "name a -delete")),
    (f"{A}{B}RUN chmod --reference=/etc /opt/x/a\n", ("--reference=/etc", "+x")),
    (f"{A}{B}RUN chmod -R 755 /opt/x/y\n", ("755", "+x")),
    (f"{A}{B}RUN chmod -R +x /opt/x/\n", "the directory itself would not be removed, or would not get the mode"),
    (f"{A}{B}RUN rm -rf /opt/x/y /opt/x\n", "the directory itself would not be removed, or would not get the mode"),
    (f"{A}{B}RUN <<E\nrm -rf /opt/x/doc\nE\n", ("<<E\nrm -rf /opt/x/doc\nE\n", "rm -rf /opt/x/doc\n")),
    (
        f"{A}FROM alpine:3\nCOPY --from=a /app /x/\nRUN chmod 755 /x/*\n",
        "where it is in the other stage is not certain",
    ),
    (f"{A}{B}RUN --network=none rm -rf /opt/x/doc\n", (" --network=none", "")),
    (f"{A}{B}USER 7\nRUN rm -rf /opt/x/doc\n", "another user, or shell, would run it there"),
    (f"{A}USER 7\n{B}RUN rm -rf /opt/x/doc\n", "another user, or shell, would run it there"),
    (f'{A}SHELL ["/bin/bash", "-ec"]\n{B}RUN rm -rf /opt/x/doc\n', "another user, or shell, would run it there"),
    (f"{A}FROM a\n{B}RUN rm -rf /opt/x/doc\n", "what it is copied from is not a stage for that alone"),
    ("FROM debian:12\nCOPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/a\n", "what it is copied from is not a stage"),
    (f"FROM debian:12 AS a\n{B}RUN rm -rf /opt/x/a\n", "what it is copied from is not a stage"),
    (f"{A}FROM debian:12\nCOPY --from=a /opt/* /opt/x\nRUN rm -rf /opt/x/a\n", "where it is in the other stage"),
    (f"{A}FROM debian:12\nCOPY --from=a /opt/y /opt/x/\nRUN rm -rf /opt/x/a\n", "where it is in the other stage"),
    (f"{A}FROM debian:12\nCOPY --from=a /opt/y /opt/z /opt/x\nRUN rm -rf /opt/x/a\n", "where it is in the other stage"),
    (f"{A}{B}COPY --from=a /opt/x/y /z\nRUN rm -rf /opt/x/a\n", "line 5 takes it from there too"),
    (f"{A}{B}RUN --mount=type=bind,from=a,target=/a ls\nRUN rm -rf /opt/x/a\n", "line 5 takes it from there too"),
    (f"{A}FROM debian:12 AS c\nRUN y\nFROM c\nCOPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/a\n", "a stage that this"),
    (f"{A}{B}COPY y /opt/x\nRUN rm -rf /opt/x/a\n", "line 5 may have to do with it: /opt/x"),
    (f"{A}{B}RUN make\nRUN rm -rf /opt/x/a\n", "line 5 may have to do with it: `make` may do anything"),
    (f"{A}{B}VOLUME /opt/x\nRUN rm -rf /opt/x/a\n", "line 5 may have to do with it: /opt/x"),
    (f"{A}FROM a AS c\nRUN y\n{B}RUN rm -rf /opt/x/doc\n", "what it is copied from is not a stage for that alone"),
    (
        f"{A}FROM debian:12\nCOPY --from=a /opt /opt\nRUN rm -rf /opt/doc\n",
        ("/opt /opt\nRUN rm -rf /opt/doc", "/opt /opt/x\nRUN rm -rf /opt/x/doc"),
    ),
    (f"{A}FROM debian:12\nCOPY --from=a /a /b /usr/bin/\nRUN chmod +x /usr/bin/a\n", (" /b", "")),
    (
        f"{A}FROM debian:12\nCOPY --from=$A /opt/x /opt/x\nRUN rm -rf /opt/x/y\n",
        "what it is copied from is not a stage",
    ),
    (f"{A}FROM debian:12\nCOPY --from=a /opt/x $Z\nRUN rm -rf /opt/x/y\n", ("$Z", "/opt/x")),
    (
        f"{A}FROM debian:12\nRUN rm -rf /opt/x/y\nCOPY --from=a /opt/x /opt/x\n",
        (
            "RUN rm -rf /opt/x/y\nCOPY --from=a /opt/x /opt/x\n",
            "COPY --from=a /opt/x /opt/x\nRUN rm -rf /opt/x/y\n",
        ),
    ),
    (f"{A}{B}RUN chmod -x /opt/y /opt/x/a\n", (" /opt/y", "")),
)

# what is said of them
SAYS = (
    (
        f"{A}{B}RUN rm -rf /opt/x/doc\n",
        [Said("RUN rm -rf /opt/x/doc", "what line 4 copies is removed or changed in a later layer")],
    ),
    (
        f"{A}FROM debian:12\nCOPY --from=a /x /opt/x\nCOPY --from=a /x/y /opt/x/y\nRUN rm -rf /opt/x/y/z\n",
        [
            Said(
                "RUN rm -rf /opt/x/y/z",
                "what line 5 copies is removed or changed in a later layer",
                "line 4 takes it from there too",
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
