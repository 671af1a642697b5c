"""What `tree-chowned-after-copy` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, only, said

RULE = "tree-chowned-after-copy"

# before, after
REWRITES = (
    (
        "FROM node:20\nCOPY . /app\nCOPY run.sh /usr/local/bin/\nRUN useradd app && chown -R app: /app\n",
        ("FROM node:20\nRUN useradd app\nCOPY --chown=app . /app\nCOPY run.sh /usr/local/bin/\nRUN chown app: /app\n"),
    ),
    (
        "FROM node:20\nCOPY . /app\nRUN cd /app && chown -R node:node .\n",
        "FROM node:20\nCOPY --chown=node:node . /app\nRUN cd /app && chown node:node .\n",
    ),
    (
        "FROM node:20\nENV H=/app\nWORKDIR $H\nCOPY . .\nRUN useradd -m -d ${H} app && chown -R app: .\n",
        "FROM node:20\nENV H=/app\nWORKDIR $H\nRUN useradd -m -d ${H} app\nCOPY --chown=app . .\nRUN chown app: .\n",
    ),
    (
        "FROM node:20\nARG U=app\nCOPY . /app\nRUN useradd ${U} && chown -R ${U}:${U} /app\n",
        "FROM node:20\nARG U=app\nRUN useradd ${U}\nCOPY --chown=${U}:${U} . /app\nRUN chown ${U}:${U} /app\n",
    ),
    (
        'FROM node:20\nENV U=app G=x\nCOPY . /app\nRUN chown -R "$U:$G" /app\n',
        'FROM node:20\nENV U=app G=x\nCOPY --chown=$U:$G . /app\nRUN chown "$U:$G" /app\n',
    ),
    (
        "FROM debian:12\nRUN apt-get install -y make\nCOPY . /opt/app\nRUN chown -R 7:7 /opt/app\n",
        "FROM debian:12\nRUN apt-get install -y make\nCOPY --chown=7:7 . /opt/app\nRUN chown 7:7 /opt/app\n",
    ),
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
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN useradd app\nRUN chown -R app:app /app\n",
        "FROM node:20\nWORKDIR /app\nRUN useradd app\nCOPY --chown=app:app . /app/\nRUN chown app:app /app\n",
    ),
    (
        "FROM alpine:3\nCOPY --from=b /a /app\nRUN addgroup -S app && adduser -S -G app app && chown -R app:app /app\n",
        (
            "FROM alpine:3\nRUN addgroup -S app && adduser -S -G app app\nCOPY --from=b --chown=app:app /a /app\n"
            "RUN chown app:app /app\n"
        ),
    ),
    (
        (
            "FROM node:20\nWORKDIR /app\nCOPY a /app/\n# who runs it\nRUN useradd app\nCOPY b /app/\n"
            "RUN chown -R app:app /app\n"
        ),
        (
            "FROM node:20\nWORKDIR /app\n# who runs it\nRUN useradd app\nCOPY --chown=app:app a /app/\n"
            "COPY --chown=app:app b /app/\nRUN chown app:app /app\n"
        ),
    ),
    (
        (
            "FROM node:20\nARG U=7\nCOPY . /app\nRUN set -eux; \\\n  groupadd -g $U app; \\\n  useradd -g app app; \\\n"
            "  mkdir /data; \\\n  chown -R app:app /app /data\n"
        ),
        (
            "FROM node:20\nARG U=7\nRUN groupadd -g $U app && useradd -g app app\nCOPY --chown=app:app . /app\n"
            "RUN set -eux; \\\n  mkdir /data; \\\n  chown app:app /app; \\\n  chown -R app:app /data\n"
        ),
    ),
    (
        "FROM node:20\nCOPY . /app\nRUN useradd app && \\\n    usermod -aG tty app && \\\n    chown -R app: /app\n",
        (
            "FROM node:20\nRUN useradd app\nCOPY --chown=app . /app\n"
            "RUN usermod -aG tty app && \\\n    chown app: /app\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN useradd -m -d /app app && chown -R app:app /app\n",
        ("FROM node:20\nWORKDIR /app\nRUN useradd -m -d /app app\nCOPY --chown=app:app . .\nRUN chown app:app /app\n"),
    ),
    (
        "FROM node:20\nWORKDIR /home/app\nCOPY . .\nRUN adduser --gecos '' app && chown -R app:app /home/app\n",
        (
            "FROM node:20\nWORKDIR /home/app\nRUN adduser --gecos '' app\nCOPY --chown=app:app . .\n"
            "RUN chown app:app /home/app\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir -p a/b /data && chown -R node:node /app /data\n",
        (
            "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\n"
            "RUN mkdir -p a/b /data && chown node:node /app /app/a /app/a/b && chown -R node:node /data\n"
        ),
    ),
    (
        "FROM node:20\nCOPY a /app\nRUN touch /app/x\nCOPY b /code\nRUN chown -R node:node /app /code\n",
        (
            "FROM node:20\nCOPY --chown=node:node a /app\nRUN touch /app/x\nCOPY --chown=node:node b /code\n"
            "RUN chown node:node /app /code /app/x\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app/b\nCOPY . .\nRUN chown -R node:node /app/b\n",
        "FROM node:20\nWORKDIR /app/b\nCOPY --chown=node:node . .\nRUN chown node:node /app/b\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir x && chown -Rv node:node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN mkdir x && chown -v node:node /app /app/x\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir x && chown --recursive node:node /app\n",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN mkdir x && chown node:node /app /app/x\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM node:20\nCOPY --from=b /a /app\nRUN chown -R node /app\n",
        "FROM node:20\nCOPY --from=b --chown=node:root /a /app\nRUN chown node /app\n",
        "what comes from another stage may have another group",
    ),
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
    (
        "FROM node:20\nCOPY . /app\nCOPY --from=b /a /app\nRUN chown -R node /app\n",
        ("FROM node:20\nCOPY --chown=node:root . /app\nCOPY --from=b --chown=node:root /a /app\nRUN chown node /app\n"),
        "what comes from another stage may have another group",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (
        "FROM node:20\nCOPY . /app\nRUN cp /bin/true /sbin/useradd\nRUN useradd app && chown -R app /app\n",
        "line 3 stands between `useradd` and it: both have to do with /sbin/useradd",
    ),
    (
        "FROM node:20\nCOPY . /app\nCOPY x/useradd /usr/sbin/\nRUN useradd app && chown -R app /app\n",
        "line 3 may bring another `useradd`",
    ),
    (
        "FROM node:20\nCOPY . /app\nCOPY sbin/ /usr/sbin/\nRUN useradd app && chown -R app /app\n",
        "line 3 may bring another `useradd`",
    ),
    (
        "FROM node:20\nCOPY . /app\nRUN /app/useradd app && chown -R app /app\n",
        ("/app/useradd", "/usr/sbin/useradd"),
    ),
    ("FROM node:20\nCOPY . /app\nRUN cd $X && chown -R node:node .\n", ("$X", "/app")),
    ("FROM node:20\nCOPY . /app\nRUN cd /app && chown -R node:node *\n", ("*", ".")),
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
    (
        "FROM node:20\nENV H=/app\nCOPY . $H\nRUN useradd -m -d $H app && chown -R app $H\n",
        ("ENV H=/app\n", "ENV H=/app\nWORKDIR $H\n"),
    ),
    (
        "FROM node:20\nARG H=/app\nCOPY . /app\nRUN useradd -m --home=$H app && chown -R app /app\n",
        (" --home=$H", ""),
    ),
    ("FROM node:20\nWORKDIR /app/x\nCOPY . .\nRUN useradd -b /app x && chown -R x .\n", (" -b /app", "")),
    ("FROM alpine:3\nCOPY . /app\nRUN adduser -h /app app && chown -R app /app\n", (" -h /app", "")),
    ("FROM node:20\nENV U=a\nCOPY . /app/\nRUN U=b && chown -R $U:$U /app\n", ("U=b", "V=b")),
    ("FROM node:20\nENV U=a\nCOPY . /app/\nRUN chown -R $U: /app\n", ("$U:", "$U")),
    ("FROM node:20\nCOPY . /app/\nENV U=a\nRUN chown -R $U:$U /app\n", "line 3 says who the owner is"),
    (
        "FROM node:20\nARG U=a\nCOPY . /app/\nRUN (useradd x) && chown -R $U:$U /app\n",
        "`useradd` in line 4 stands inside another command, or may fail",
    ),
    (
        "FROM debian:12\nRUN wget h://e/sources.list && apt-get install -y x\nCOPY . /opt/app\nRUN chown -R 7:7 /opt/app\n",
        ("wget h://e/sources.list", "true"),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN chown -R 7: /app\n", ("7:", "node:node")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . /app/\nRUN newusers x\nRUN chown -R app:app /app\n",
        "`newusers` in line 4 may change a user that is there, and files of it",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN (useradd app) && chown -R app:app /app\n",
        "`useradd` in line 4 stands inside another command, or may fail",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN id app || useradd app\nRUN chown -R app:app /app\n",
        "its RUN does something else before `useradd`: one may make a user whom the other needs",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN umask 077 && useradd -m app && chown -R app:app /app\n",
        "`umask` may matter to `useradd`",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCOPY x /etc/login.defs\nRUN useradd app && chown -R app:app /app\n",
        "line 4 stands between `useradd` and it: both have to do with /etc/login.defs",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nARG U=7\nRUN useradd -u $U app && chown -R app:app /app\n",
        "line 4 stands between `useradd` and it: U changes between them",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN echo $LINE >>/etc/passwd\nRUN chown -R app:app /app\n",
        "line 4 may make the user",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nCOPY passwd /etc/\nRUN chown -R app:app /app\n",
        "line 4 may make the user",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY --link . .\nRUN useradd app && chown -R app:app /app\n",
        "COPY --link resolves no names of users",
    ),
    (
        "FROM alpine:3\nWORKDIR /home/app\nCOPY . .\nRUN adduser -D app && chown -R app:app /home/app\n",
        ("alpine", "python"),
    ),
    (
        "FROM debian\nCOPY . /home/app\nRUN useradd -m app && chown -R app:app /home/app\n",
        ("COPY", "WORKDIR /home/app\nCOPY"),
    ),
    (
        "FROM debian\nCOPY . /app\nWORKDIR /app\nRUN useradd -d /app app && chown -R app:app /app\n",
        "line 2 stands between `useradd` and it: both have to do with /app",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir x && rm -r x && chown -R node:node /app\n",
        ("rm -r x", "true"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir x || true\nRUN chown -R node:node /app\n",
        (" || true", ""),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN mkdir {x,y} && chown -R node:node /app\n",
        ("{x,y}", "x"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN cd /app && mkdir x && chown -R node:node /app\n",
        ("cd /app", "ls /app"),
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app /app/x\n", (" /app/x", "")),
    ("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app $X\n", (" $X", "")),
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
    (
        "FROM debian:12\nRUN mkdir /app\nCOPY a /app/\nRUN apt-get install -y x\nRUN chown -R x:x /app\n",
        "line 4 may make the user",
    ),
    ("FROM node:20\nWORKDIR /app\nCOPY . /\nRUN chown -R node:node /app\n", (". /", ". /app/")),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN ! mv x /y\nRUN chown -R node:node /app\n",
        "what is moved out of the directory cannot be given back to root",
    ),
    (
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN (mv x /y)\nRUN chown -R node:node /app\n",
        "what is moved out of the directory cannot be given back to root",
    ),
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


@pytest.mark.parametrize(
    ("base", "makes", "owner"),
    [
        ("debian:12", "true", "www-data:www-data"),
        ("node:20", "true", "node"),
        ("alpine:3", "addgroup -S g && adduser -S -G g u", "u:g"),
        ("debian:12", "groupadd -r g && useradd -r -g g u", "u:g"),
    ],
)
def test_a_package_leaves_who_is_there(base: str, makes: str, owner: str) -> None:
    packages = "apk add nginx" if "alpine" in base else "apt-get install -y nginx"
    text = f"FROM {base}\nRUN {makes}\nCOPY . /opt/x\nRUN {packages}\nRUN chown -R {owner} /opt/x\n"
    assert "COPY --chown" in only(RULE, text).text
    if makes != "true":
        perhaps = only(RULE, text.replace(makes, f"{makes} || true"))
        assert [one.reason for one in findings(perhaps)] == ["line 4 may make the user"]


@pytest.mark.parametrize(
    ("base", "owner"),
    [("alpine:3", "www-data"), ("debian:12", "nginx"), ("debian:12", "node")],
)
def test_a_package_may_make_who_is_not(base: str, owner: str) -> None:
    text = f"FROM {base}\nCOPY . /opt/x\nRUN apt-get install -y nginx\nRUN chown -R {owner} /opt/x\n"
    assert [one.reason for one in findings(only(RULE, text))] == ["line 3 may make the user"]
