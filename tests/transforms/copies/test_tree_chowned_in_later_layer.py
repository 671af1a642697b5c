"""What `tree-chowned-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "tree-chowned-in-later-layer"

# before, after
REWRITES = (
    (
        "FROM node:20\nENV H=/app\nWORKDIR $H\nRUN npm ci\nCOPY . $H\nRUN chown -R node:node $H\n",
        ("FROM node:20\nENV H=/app\nWORKDIR $H\nRUN npm ci && chown -R node:node $H\nCOPY --chown=node:node . $H\n"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nENV H=/app\nCOPY . $H\nRUN chown -R node:node $H\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nENV H=/app\n"
            "COPY --chown=node:node . $H\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN useradd app\nRUN chown -R app:app /app\n",
        ("FROM node:20\nWORKDIR /app\nRUN npm ci && useradd app && chown -R app:app /app\nCOPY --chown=app:app . .\n"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\n# whose it is\nRUN useradd app && chown -R app:app /app /data\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && useradd app && chown -R app:app /app\n"
            "COPY --chown=app:app . .\n# whose it is\nRUN chown -R app:app /data\n"
        ),
    ),
    (
        "FROM debian:12\nCOPY a.tgz /\nWORKDIR /app\nRUN tar xf /a.tgz\n# who\nRUN useradd app && chown -R app:app /app\n",
        (
            "FROM debian:12\nCOPY a.tgz /\nWORKDIR /app\n# who\nRUN useradd app\n"
            "RUN tar xf /a.tgz && chown -R app:app /app\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN mkdir -p a/b && chown -R node:node /app\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --chown=node:node . .\n"
            "RUN mkdir -p a/b && chown node:node /app/a /app/a/b\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --chown=node:node . .\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chown -R node:node . && make\n",
        ("FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --chown=node:node . .\nRUN make\n"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chown -R root:root /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R root:root /app\nCOPY . .\n",
    ),
    (
        ("FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY . .\nRUN chown -R node:node /app\n"),
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --chown=node:node . .\n",
    ),
    (
        ("FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node /srv\nCOPY . .\nRUN chown -R node:node /app\n"),
        (
            "FROM node:20\n"
            "WORKDIR /app\n"
            "RUN npm ci && chown -R node /srv && chown -R node:node /app\n"
            "COPY --chown=node:node . .\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /srv\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /srv && chown -R node:node /app\n",
    ),
    (
        'FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chown -R node:node "/app"\n',
        'FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node "/app"\nCOPY --chown=node:node . .\n',
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN ci\nCOPY . .\nRUN chown -R 1000 /app\n",
        "FROM node:20\nWORKDIR /app\nRUN ci && chown -R 1000 /app\nCOPY --chown=1000:0 . .\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN ls /app && npm ci\nRUN chown -R node:node /app/\n",
        "FROM node:20\nWORKDIR /app\nRUN ls /app && npm ci && chown -R node:node /app/\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN mkdir x && chown -Rv node:node /app\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -Rv node:node /app\nCOPY --chown=node:node . .\n"
            "RUN mkdir x && chown -v node:node /app/x\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN mkdir x && chown --recursive node:node /app\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && chown --recursive node:node /app\nCOPY --chown=node:node . .\n"
            "RUN mkdir x && chown node:node /app/x\n"
        ),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN set -e && cd /app && npm ci\nRUN useradd app\nRUN chown -R app:app /app\n",
        "FROM node:20\nWORKDIR /app\nRUN set -e && cd /app && npm ci && useradd app && chown -R app:app /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN umask 7 && apt-get install -y x && npm ci\nRUN chown -R x:x /app\n",
        "FROM node:20\nWORKDIR /app\nRUN umask 7 && apt-get install -y x && npm ci && chown -R x:x /app\n",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY --from=b /a .\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --from=b --chown=node:node /a .\n",
    ),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\n# why\nRUN chown -R node:node /app\n",
        "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node:node /app\nCOPY --chown=node:node . .\n",
        "the comment above it would go with it",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nCOPY --from=b /a .\nRUN chown -R node /app\n",
        (
            "FROM node:20\nWORKDIR /app\nRUN npm ci && chown -R node /app\nCOPY --chown=node:root . .\n"
            "COPY --from=b --chown=node:root /a .\n"
        ),
        "what comes from another stage may have another group",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM node:20\nWORKDIR /app\nRUN npm ci\nRUN chown -R node:node /app; b\n", ("/app; b", "/app")),
    ("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app\n", ("COPY", "RUN make\nCOPY")),
    (
        "FROM node:20\nWORKDIR /app\nRUN apt-get install -y x\nRUN chown -R node:node /app\n",
        ("apt-get install -y x", "make"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nUSER node\nUSER root\nRUN chown -R node:node /app\n",
        ("USER node\nUSER root\nRUN", "RUN"),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN apt-get install -y x && chown -R x /app\n",
        "its RUN may make the user",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN umask 7 && npm ci\nCOPY . .\nRUN useradd app && chown -R app:app /app\n",
        "`umask` may matter to `useradd`",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY --chown=node . .\nRUN chown -R node:node /app\n",
        (" --chown=node", ""),
    ),
    ("FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chown -R $U /app\n", ("$U", "1000")),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nVOLUME /app\nCOPY . .\nRUN chown -R node:node /app\n",
        ("VOLUME /app\n", ""),
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nRUN rm -r node_modules\nRUN chown -R node:node /app\n",
        ("rm -r node_modules\nRUN chown", "chown"),
    ),
    ("FROM node:20\nWORKDIR /app\nRUN npm ci\nRUN chown -R node:node /app && rm -r /app/node_modules\n", (" rm", "")),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY . .\nRUN chmod -R 775 . && chown -R node:node /app\n",
        ("chmod -R 775 . && chown", "chown"),
    ),
    ("FROM node:20\nWORKDIR /app\nRUN git pull\nRUN chown -R node:node /app\n", ("git pull", "make")),
    (
        ("FROM node:20\nWORKDIR /app\nRUN chown -R node:node /app && npm ci\nCOPY . .\nRUN chown -R node:node /app\n"),
        "its RUN gives the directory an owner already",
    ),
    (
        "FROM node:20\nWORKDIR /app\nVOLUME /app/data\nRUN npm ci\nCOPY . .\nRUN chown -R node:node /app\n",
        ("VOLUME /app/data\n", ""),
    ),
    (
        (
            "FROM node:20 AS a\n"
            "WORKDIR /app\n"
            "RUN npm ci\n"
            "COPY . .\n"
            "RUN chown -R node:node /app\n"
            "FROM node:20\n"
            "COPY --from=a /app /b\n"
        ),
        (" AS a", ""),
    ),
    (
        (
            "FROM node:20\n"
            "WORKDIR /app\n"
            "RUN npm ci && chown -R node:node /app && mkdir /x\n"
            "COPY . .\n"
            "RUN chown -R node:node /app\n"
        ),
        "its RUN gives the directory an owner already",
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci\nCOPY login.defs /etc/\nRUN useradd app\nRUN chown -R app:app /app\n",
        "line 4 stands between `useradd` and it",
    ),
)

# what is said of them
SAYS = (
    (
        (
            "FROM node:20-slim\n"
            "WORKDIR /app\n"
            "COPY package.json package-lock.json ./\n"
            "RUN npm ci\n"
            "COPY . .\n"
            "RUN chown -R node:node /app\n"
            "USER node\n"
        ),
        [Said("chown -R node:node /app", "chown stores what line 4 wrote to /app a second time")],
    ),
    (
        "FROM node:20\nWORKDIR /app\nRUN npm ci && cp -r /y /srv/x/\nRUN chown -R node:node /app /srv/x\n",
        [Said("chown -R node:node /app /srv/x", "chown stores what line 3 wrote to /app a second time")],
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
