"""What `tree-chowned-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "tree-chowned-after-copy"

# before, after
REWRITES = (
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . /app/\nRUN chown node:node /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:root . .\nRUN chown node /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown --recursive node:node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown node:node /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -Rv node:node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown -v node:node /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -vR node:node /app && make\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown -v node:node /app && make\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R 1000:1000 .\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=1000:1000 . .\nRUN chown 1000:1000 .\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R root:root /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown root:root /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mv x /y\nRUN chown -R node:node /app\n",
        (
            "FROM node:20\n"
            "WORKDIR /app\n"
            "COPY --chown=node:node . .\n"
            "RUN chown -R root:root x && mv x /y\n"
            "RUN chown node:node /app\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mv x /y\nRUN chown -R root:root /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mv x /y\nRUN chown root:root /app\n",
    ),
    (
        "FROM node:20\nCOPY . /app\nRUN chown -R node:node /app\n",
        "FROM node:20\nCOPY --chown=node:node . /app\nRUN chown node:node /app\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM node:20\nCOPY . /app/b\nRUN chown -R node:node /app/b\n",
        "FROM node:20\nCOPY --chown=node:node . /app/b\nRUN chown node:node /app/b\n",
        "/app would get that owner too where COPY makes it",
    ),
    (
        "FROM node:20\nCOPY . /data/app\nRUN chown -R node:node /data/app\n",
        "FROM node:20\nCOPY --chown=node:node . /data/app\nRUN chown node:node /data/app\n",
        "files that the base image has in /data/app would keep their owner",
    ),
    (
        "FROM node:20\nWORKDIR /home/node/app\nCOPY . .\nRUN chown -R node:node /home/node/app\n",
        ("FROM node:20\nWORKDIR /home/node/app\nCOPY --chown=node:node . .\nRUN chown node:node /home/node/app\n"),
        "files that the base image has in /home/node/app would keep their owner",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN env A=b mv x /y\nRUN chown -R node:node /app\n",
        "what is moved out of the directory cannot be given back to root",
    ),
    *(
        ("FROM debian:12\nWORKDIR /app\nCOPY . .\n" + f"RUN {told}\nRUN chown -R 7:7 /app\n", (told, plain))
        for told, plain in (
            ("cp -p a /b", "cp -r a /b"),
            ("cp --preserve=mode a /b", "cp --recursive a /b"),
            ("cp -a /app /b", "cp -a /etc /b"),
            ("ln a /b", "ln -s a /b"),
            ("ln /app/a /b", "ln /etc/a /b"),
            ("stat -c %U a >/b", "cat a >/b"),
            ("test -O a", "test -f a"),
            ("find / -user root -name x", "find / -name x"),
        )
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R node:node /app; b\n", ("/app; b", "/app")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . /app/\nRUN chown -R node:node /app\n",
        (" --chown=node:node", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R $U:$U /app\n", ("$U:$U", "node:node")),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R 7: /app\n", ("7:", "node:node")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN useradd app\nRUN chown -R app:app /app\n",
        ("RUN useradd app\n", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN chown -R node:node /app\n", ("RUN npm ci\n", "")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN cp /x /app/\nRUN chown -R node:node /app\n",
        ("cp /x /app/\nRUN chown", "chown"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN cp /x .\nRUN chown -R node:node /app\n",
        ("cp /x .\nRUN chown", "chown"),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN pip install -e .\nRUN chown -R node:node /app\n", (" -e", "")),
    ("FROM node:20\nCOPY . /app/\nRUN cd /app && pip install -e .\nRUN chown -R node:node /app\n", (" &&", "")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN echo x >/app/x\nRUN chown -R node:node /app\n",
        ("echo x >/app/x\nRUN chown", "chown"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chmod 4755 x\nRUN chown -R node:node /app\n",
        ("RUN chmod 4755 x\n", ""),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN mv x y && mv /z .\nRUN chown -R node:node /app\n",
        ("RUN mv x y && mv /z .\n", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN make && chown -R node:node /app\n", ("make && chown", "chown")),
    ("FROM node:20\nWORKDIR /app\nADD x.tar.gz /app/\nRUN chown -R node:node /app\n", ("ADD x.tar.gz", "COPY .")),
    ("FROM node:20\nWORKDIR /app\nVOLUME /app\nCOPY . /app/\nRUN chown -R node:node /app\n", ("VOLUME /app\n", "")),
    ("FROM node:20\nWORKDIR /app\nRUN chown -R node:node /app\n", ("WORKDIR", "COPY .")),
    (
        (
            "FROM node:20 AS a\n"
            "WORKDIR /app\n"
            "COPY . /app/\n"
            "RUN chown -R node:node /app\n"
            "FROM node:20\n"
            "COPY --from=a /app /b\n"
        ),
        (" AS a", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN useradd app && chown -R app:app /app\n", (" useradd app &&", "")),
    (
        ("FROM node:20\nWORKDIR /app\nCOPY a /app/\nRUN useradd app\nCOPY b /app/\nRUN chown -R app:app /app\n"),
        ("COPY a /app/\n", ""),
    ),
    (
        "FROM debian:12\nRUN mkdir /app\nCOPY a /app/\nRUN apt-get install -y x\nRUN chown -R x:x /app\n",
        (" apt-get", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R node:node /app /srv\n", ("/app /srv", "/app")),
    ("FROM node:20\nWORKDIR /app\nCOPY . /\nRUN chown -R node:node /app\n", (". /", ". /app/")),
)

# what is said of them
SAYS = (
    (
        "FROM node:20-slim\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app\nUSER node\n",
        [Said("chown -R node:node /app", "chown stores what was copied to /app a second time")],
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
