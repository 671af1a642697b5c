"""What `input-copied` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

RULE = "input-copied"
P = "FROM python:3.12\n"
B = "FROM python:3.12 AS b\nRUN x\nFROM python:3.12\n"
FROM_B = "--mount=type=bind,from=b,source=/w,target=/w"

# before, after
REWRITES = (
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b\nENV A=b\nRUN pip install /w/*.whl && rm -rf /w\n",
        f"{B}RUN {FROM_B} cp /w/a /b\nENV A=b\nRUN {FROM_B} pip install /w/*.whl\n",
    ),
    (
        f"{P}COPY src/ /tmp/src\nRUN javac -d /opt/a /tmp/src/A.java && gcc -c /tmp/src/b.c\nRUN rm -rf /tmp/src\n",
        (
            f"{P}RUN --mount=type=bind,source=src,target=/tmp/src,rw \\\n"
            "    javac -d /opt/a /tmp/src/A.java && gcc -c /tmp/src/b.c\n"
        ),
    ),
    (
        f"{B}COPY --from=0 /w /w\nRUN cp /w/a /b && rm -rf /w\n",
        f"{B}RUN {FROM_B} cp /w/a /b\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN pip install /w/*.whl && rm -r /w\n",
        f"{B}RUN {FROM_B} pip install /w/*.whl\n",
    ),
    (
        f"{B}COPY --from=b w /w/\nRUN pip install -f /w x\nENV A=b\nRUN rm -rf /w /x\n",
        f"{B}RUN {FROM_B} pip install -f /w x\nENV A=b\nRUN rm -rf /x\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nCOPY --from=b /r.txt .\nRUN pip install -r r.txt --find-links=/w && rm -rf /w\n",
        f"{B}COPY --from=b /r.txt .\nRUN {FROM_B} pip install -r r.txt --find-links=/w\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN python3 -m pip install -r /w/r.txt && rm -rf /w\n",
        f"{B}RUN {FROM_B} python3 -m pip install -r /w/r.txt\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN pip install /w && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw pip install /w\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN chmod +x /w/x && cp -r /w/x /usr/bin && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw chmod +x /w/x && cp -r /w/x /usr/bin\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN cd /w && find . -delete && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw cd /w && find . -delete\n",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN mv /w/x /usr/bin && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw mv /w/x /usr/bin\n",
    ),
    (
        f"{P}COPY debs/ /tmp/debs/\nRUN apt-get install -y /tmp/debs/*.deb && rm -rf /tmp/debs /x\n",
        (
            f"{P}RUN --mount=type=bind,source=debs,target=/tmp/debs \\\n"
            "    apt-get install -y /tmp/debs/*.deb && rm -rf /x\n"
        ),
    ),
    (
        f"{P}COPY . /tmp/x\nRUN pip install -r /tmp/x/r.txt && rm -rf /tmp/x\n",
        f"{P}RUN --mount=type=bind,target=/tmp/x pip install -r /tmp/x/r.txt\n",
    ),
    (
        f"{P}COPY ./a /tmp/x\nRUN dpkg -i /tmp/x && rm /tmp/x\n",
        f"{P}RUN --mount=type=bind,source=a,target=/tmp/x dpkg -i /tmp/x\n",
    ),
)
D = "--mount=type=bind,source=dist,target=/mnt/dist"
PATTERNS = (
    (
        f"{P}COPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n",
        f"{P}RUN {D} pip install /mnt/dist/*.whl\n",
    ),
    (
        f"{P}COPY ./dist/a-*.whl /tmp/\nRUN pip install /tmp/a-*.whl && rm -rf /tmp/*\n",
        f"{P}RUN {D} pip install /mnt/dist/a-*.whl && rm -rf /tmp/*\n",
    ),
    (
        f"{P}WORKDIR /app\nCOPY dist/*.deb .\nRUN ls && dpkg -i *.deb && rm -f *.deb x\n",
        f"{P}WORKDIR /app\nRUN {D} ls && dpkg -i /mnt/dist/*.deb && rm -f x\n",
    ),
    (
        f"{P}COPY --from=b /dist/*.whl /w/\nRUN pip install /w/*.whl && rm -rf /w\n",
        f"{P}RUN --mount=type=bind,from=b,source=/dist,target=/w pip install /w/*.whl\n",
    ),
)

Y = "# syntax=docker/dockerfile:1\n"
ARCHIVES = (
    (
        f"{P}ENV V=1\nCOPY ./a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-${{V}}.tgz && rm /tmp/a-$V.tgz\n",
        f"{P}ENV V=1\nRUN --mount=type=bind,source=a-1.tgz,target=/tmp/a-1.tgz tar xzf /tmp/a-${{V}}.tgz\n",
    ),
    (
        f"{Y}{P}ARG V=1\nCOPY x/a-$V.tgz /tmp/b-$V.tgz\nRUN tar xzf /tmp/b-$V.tgz\nRUN ls\nRUN rm /tmp/b-$V.tgz /x\n",
        (
            f"{Y}{P}ARG V=1\nRUN --mount=type=bind,source=x/a-$V.tgz,target=/tmp/b-$V.tgz tar xzf /tmp/b-$V.tgz\n"
            "RUN ls\nRUN rm /x\n"
        ),
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        f"{P}ARG V=1\nCOPY a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n",
        f"{P}ARG V=1\nRUN --mount=type=bind,source=a-$V.tgz,target=/tmp/a-$V.tgz tar xzf /tmp/a-$V.tgz\n",
        "builders before Docker 23 put no variable into a mount",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN /w/install && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw /w/install\n",
        "`install` may move or remove it",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN sudo tar -xf /w/a.tgz -C /opt && make -C /w && rm -rf /w\n",
        f"{B}RUN {FROM_B},rw \\\n    sudo tar -xf /w/a.tgz -C /opt && make -C /w\n",
        "`make` may move or remove it",
    ),
    (
        "FROM mine\nCOPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n",
        f"FROM mine\nRUN {FROM_B} cp /w/a /b\n",
        "that the base image has nothing at /w is an assumption",
    ),
    (
        f"{P}COPY --from=b /w /opt/w\nRUN cp /opt/w/a /b && rm -rf /opt/w\n",
        f"{P}RUN --mount=type=bind,from=b,source=/w,target=/opt/w cp /opt/w/a /b\n",
        "that the base image has nothing at /opt/w is an assumption",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b\n# no more\nRUN rm -r /w\n",
        f"{B}RUN {FROM_B} cp /w/a /b\n",
        "the comment above it would go with it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nRUN V=2 && tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n", ("V=2", "W=2")),
    (f"{P}ARG V\nCOPY a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n", ("ARG V", "ARG V=1")),
    (f"{P}ENV V=1\nCOPY --chown=7 a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n", (" --chown=7", "")),
    (
        f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nRUN cp /tmp/a-$V.tgz /b && rm /tmp/a-$V.tgz\n",
        ("cp /tmp/a-$V.tgz /b", "tar xf /tmp/a-$V.tgz"),
    ),
    (
        f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nENV V=2\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n",
        "line 4 changes its name",
    ),
    (
        f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz && echo a-$V.tgz\n",
        "something else names it",
    ),
    (
        f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nVOLUME /tmp\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n",
        "line 4 may have to do with it: /tmp/a-1.tgz",
    ),
    (
        f"{P}ENV V=1\nCOPY a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && chmod -R 7 /tmp && rm /tmp/a-$V.tgz\n",
        "its RUN may change what lies around it",
    ),
    (
        f"{P}COPY a-1.tgz /tmp/\nENV V=1\nCOPY a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n",
        "line 2 may bring a file of that name too",
    ),
    (f"{P}COPY *.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n", ("COPY *", "COPY dist/*")),
    (f"{P}COPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl\n", ("/tmp/*.whl\n", "/tmp/*.whl && rm /tmp/*.whl\n")),
    (f"{P}COPY dist/*.whl /tmp/\nRUN pip install /tmp/a*.whl && rm /tmp/*.whl\n", ("a*", "*")),
    (f"{P}COPY dist/*.whl /tmp/\nRUN x /tmp/*.whl && rm /tmp/*.whl\n", "`x` may do with it what a mount does not bear"),
    (
        f"{P}COPY x /tmp\nCOPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n",
        "line 2 may bring such files",
    ),
    (
        f"{P}RUN wget h://e/a.whl\nCOPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n",
        "line 2 may bring such",
    ),
    (f"{P}COPY dist/*.whl /tmp/\nRUN ls /mnt && pip install /tmp/*.whl && rm /tmp/*.whl\n", "it has to do with /mnt"),
    (f"{P}COPY --chown=7 dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n", "a mount knows no flags"),
    (f"{P}COPY dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl && ls x.whl\n", "other files may match"),
    (f"{P}COPY dist/*.whl /w/\nRUN ls /w && pip install /w/*.whl && rm -r /w\n", "there may be more than that"),
    (f"{B}COPY --from=b /w /w\nRUN rm -rf /w\n", ("rm", "ls /w && rm")),
    (f"{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w/*\n", ("/w/*", "/w")),
    (f"{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w || true\n", (" || true", "")),
    (f"{B}COPY --from=b /w /w\nRUN cp /w/a /b; sudo rm -rf /w\n", ("; sudo", " &&")),
    (f"{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w && cat /w/x\n", "`cat` may need it after it is removed"),
    (f"{B}COPY --from=b /w /w\nRUN cp -l /w/a /b && rm -rf /w\n", "`cp` does with it what a mount does not bear"),
    (f"{B}COPY --from=b /w /w\nRUN mv /w /b && rm -rf /w\n", "`mv` does with it what a mount does not bear"),
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm /w/a && rm -rf /w\n",
        "`rm` does with it what a mount does not bear",
    ),
    (f"{B}COPY --from=b --chown=7 /w /w\nRUN cp /w/a /b && rm -rf /w\n", "a mount knows no flags of the COPY"),
    (
        "FROM python:3.12\nRUN x\nFROM python:3.12\nCOPY --from=0 /w /w\nRUN cp /w/a /b && rm -rf /w\n",
        "a mount takes nothing from a stage without a name",
    ),
    (f"{B}COPY --from=$B /w /w\nRUN cp /w/a /b && rm -rf /w\n", "its source is not spelled out"),
    (f"{B}COPY --from=b /*w /w\nRUN cp /w/a /b && rm -rf /w\n", ("/*w", "/w")),
    (f"{B}COPY --from=b /v /w/\nRUN cp /w/v /b && rm -rf /w\n", "what is copied is not certainly a directory"),
    (f"{B}COPY --from=b /w /v /w\nRUN cp /w/a /b && rm -rf /w\n", (" /v", "")),
    (f"{B}WORKDIR /w\nCOPY --from=b /w /w\nRUN cp a /b && rm -rf /w\n", "line 4 makes a directory there"),
    (f"{B}VOLUME /w\nCOPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n", "line 4 makes a directory there"),
    (f"{B}RUN make w\nCOPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n", "line 4 may bring a file of that name"),
    (f"{B}COPY x /w/x\nCOPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n", "line 4 may bring a file of that name"),
    (
        f"{B}COPY --from=b /w /w\nCOPY x /w/x\nRUN cp /w/a /b && rm -rf /w\n",
        "line 5 may have to do with it: /w",
    ),
    (f"{B}COPY --from=b /w /w\nCOPY x.txt /w\nRUN cp /w/a /b && rm -rf /w\n", "line 5 may have to do with it: /w"),
    (f"{B}COPY --from=b /w /w\nCOPY w.txt /\nCOPY w /\nRUN cp /w/a /b && rm -rf /w\n", "line 6 may have to do with it"),
    (
        f'{B}COPY --from=b /w /w\nRUN ["x"]\nRUN cp /w/a /b && rm -rf /w\n',
        "line 5 may have to do with it",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN --mount=type=cache,target=/w/x cp /w/a /b && rm -rf /w\n",
        "line 5 may have to do with it",
    ),
    (f"{B}COPY --from=b /w /w\nRUN <<E\ncp /w/a /b && rm -rf /w\nE\n", "it is no plain member of its list"),
    (f"{B}COPY --from=b /w /w\nRUN x\nRUN cp /w/a /b && rm -rf /w\n", "lines 5 and 6 may both need what one changes"),
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b\nRUN chmod +x /w/a && rm -rf /w\n",
        "lines 5 and 6 may both need what one changes",
    ),
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b\nRUN ln /w/a /c && rm -rf /w\n",
        "`ln` does with it what a mount does not bear",
    ),
    (
        f"{B}FROM python:3.12 AS c\nFROM c\nCOPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n",
        "a stage that this one is built on",
    ),
    (f"# syntax=docker/dockerfile:1.1\n{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n", (":1.1", ":1.2")),
    (f"{P}COPY <<x /tmp/x\na\nx\nRUN dpkg -i /tmp/x && rm /tmp/x\n", ("<<x /tmp/x\na\nx\n", "x /tmp/x\n")),
    (f"{P}ADD dist/*.whl /tmp/\nRUN pip install /tmp/*.whl && rm /tmp/*.whl\n", ("ADD", "COPY")),
    (f"{P}ENV V=1\nADD a-$V.tgz /tmp/\nRUN tar xzf /tmp/a-$V.tgz && rm /tmp/a-$V.tgz\n", ("ADD", "COPY")),
    (
        f"{P}ENV V=1\nCOPY <<$V.tgz /tmp/$V.tgz\nx\n$V.tgz\nRUN tar xzf /tmp/$V.tgz && rm /tmp/$V.tgz\n",
        ("<<$V.tgz /tmp/$V.tgz\nx\n$V.tgz\n", "$V.tgz /tmp/$V.tgz\n"),
    ),
)

# what is said of them
SAYS = (
    (
        f"{B}COPY --from=b /w /w\nRUN cp /w/a /b && rm -rf /w\n",
        [Said("COPY --from=b /w /w", "it is removed again, and stays in the layer that copies it")],
    ),
    (
        PATTERNS[0][0],
        [
            Said(
                "COPY dist/*.whl /tmp/",
                "it is removed again, and stays in the layer that copies it",
                changes=("/**/*.dist-info/direct_url.json", "/**/*.dist-info/RECORD"),
            )
        ],
    ),
    (
        PATTERNS[3][0],
        [Said("COPY --from=b /dist/*.whl /w/", "it is removed again, and stays in the layer that copies it")],
    ),
)


@pytest.mark.parametrize(("before", "after"), [*REWRITES, *PATTERNS, *ARCHIVES])
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
    ("source", "place", "mounted"),
    [
        ("d", "/tmp/d", True),
        ("d", "/tmp/d/", True),
        ("f", "/tmp/f", True),
        ("f", "/tmp/f/", False),
        ("no", "/tmp/d", False),
    ],
)
def test_what_the_context_says(tmp_path: Path, source: str, place: str, *, mounted: bool) -> None:
    context = context_of(tmp_path, {"d/x": 0o644, "f": 0o644})
    path = place.rstrip("/")
    result = only(RULE, f"{P}COPY {source} {place}\nRUN cp -r {path} /b && rm -rf {path}\n", context=context)
    assert result.changed == mounted
    assert mounted or findings(result)[0].reason == "what is copied is not certainly a directory"
