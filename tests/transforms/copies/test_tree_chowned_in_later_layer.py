"""What `tree-chowned-in-later-layer` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.facts.context import Context
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, context_of, findings, only, said

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


_APP = {
    "package.json": 0o644, "package-lock.json": 0o644, "src/a.ts": 0o644, "requirements.txt": 0o644, "manage.py": 0o644,
}  # fmt: skip
_SCRIPTS = '{"scripts": {"build": "tsc && vite build", "node": "node x.js", "sudo": "sudo -u node tsc", "git": "git log", "own": "chown 7 src"}}'
N20, N20A, PY = (
    "FROM node:20\nWORKDIR /app\n",
    "FROM node:20-alpine\nWORKDIR /app\n",
    "FROM python:3.12\nWORKDIR /app\n",
)
_PIP = "RUN pip install -r requirements.txt\n"
_COLLECT = "RUN python manage.py collectstatic --noinput\n"
_FROM_ROOT = " && chown -R --from=root "

# What is copied, installed and built, and a chown of all: before and after.
IN_EACH = (
    (
        N20 + "COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nRUN chown -R node:node /app\n",
        (
            N20 + f"COPY --chown=node:node package*.json ./\nRUN npm ci{_FROM_ROOT}node:node /app\n"
            f"COPY --chown=node:node . .\nRUN npm run build{_FROM_ROOT}node:node /app\n"
        ),
    ),
    (
        N20A + "COPY . .\nRUN npm ci\nRUN npm run build\nRUN chown -R node /app\n",
        (
            N20A + "COPY --chown=node:root . .\nRUN npm ci && find /app -user root -exec chown -h node {} +\n"
            "RUN npm run build && find /app -user root -exec chown -h node {} +\n"
        ),
    ),
    # What was there before is not: the first RUN gives all away.
    (
        N20 + "RUN npm install left-pad\nCOPY . .\nRUN npm run build\nCOPY src src\nRUN chown -R node:node .\n",
        (
            N20 + "RUN npm install left-pad && chown -R node:node /app\nCOPY --chown=node:node . .\n"
            f"RUN npm run build{_FROM_ROOT}node:node /app\nCOPY --chown=node:node src src\n"
        ),
    ),
    # In the RUN that builds.
    (
        N20 + "COPY . .\nRUN npm ci && npm run build && chown -R node:node /app && ls\n",
        N20 + f"COPY --chown=node:node . .\nRUN npm ci && npm run build{_FROM_ROOT}node:node /app && ls\n",
    ),
    (
        N20A + "COPY . .\nRUN npm ci && chown --recursive node:node .\n",
        N20A + "COPY --chown=node:node . .\nRUN npm ci && find /app -user root -exec chown -h node:node {} +\n",
    ),
    # The user goes above all of it; a RUN that does not fill the directory is left alone.
    (
        PY + f"COPY requirements.txt .\n{_PIP}COPY . .\n{_COLLECT}RUN useradd app && chown -R app:app /app\n",
        (
            PY + f"RUN useradd app\nCOPY --chown=app:app requirements.txt .\n{_PIP}COPY --chown=app:app . .\n"
            f"{_COLLECT[:-1]}{_FROM_ROOT}app:app /app\n"
        ),
    ),
    (
        PY + f"COPY . .\n{_COLLECT}RUN mkdir -p logs\nRUN chown -R games:games /data /app\n",
        (
            PY + f"COPY --chown=games:games . .\n{_COLLECT[:-1]}{_FROM_ROOT}games:games /app\nRUN mkdir -p logs\n"
            "RUN chown -R games:games /data /app/logs\n"
        ),
    ),
    (
        PY + "COPY . .\nRUN git clone h://e/x\nRUN chown -R games:games /app\n",
        PY + f"COPY --chown=games:games . .\nRUN git clone h://e/x{_FROM_ROOT}games:games /app\n",
    ),
)

# What runs in between, and why it may ask whose the files are.
ASKS = (
    (N20, "npm run node", "`node` may ask whose the files are"),
    (N20, "npm run sudo", "`tsc` may ask whose the files are"),
    (N20, "npm run own", "`chown` in a script of it may give files another owner or mode"),
    (N20, "npm run git", "`git` may ask whose the files are"),
    (N20, "git rev-parse HEAD > v", "`git` may ask whose the files are"),
    (N20, "tar cf x.tar src", "`tar` may ask whose the files are"),
    (N20, "cp -a src lib", "`cp` may ask whose the files are"),
    (N20, "yarn run sudo", "`tsc` may ask whose the files are"),
    (
        "FROM node:16\nWORKDIR /app\n",
        "npm run build",
        "npm before version 9 runs scripts as the owner of their directory",
    ),
    (PY, "npm ci", "npm before version 9 runs scripts as the owner of their directory"),
    ("FROM node:20\nWORKDIR /srv/x\nWORKDIR /\n", "cd /srv/x/app && npm run build", "/srv/x would get that owner too"),
    ("FROM ruby\nWORKDIR /usr/local/x\n", "bundle install", "files that the base image has in /usr/local/x"),
)


def _context(directory: Path) -> Context:
    context = context_of(directory, _APP)
    (directory / "package.json").write_text(_SCRIPTS)
    return context


@pytest.mark.parametrize(("before", "after"), IN_EACH)
def test_given_in_each(before: str, after: str, tmp_path: Path) -> None:
    result = only(RULE, before, context=_context(tmp_path))
    assert result.text == after
    assert not only(RULE, after, context=_context(tmp_path)).changed


@pytest.mark.parametrize(("base", "command", "why"), ASKS)
def test_who_asks(base: str, command: str, why: str, tmp_path: Path) -> None:
    place = {N20: "/app", PY: "/app"}.get(base, "/srv/x/app" if "srv" in base else base.rsplit(maxsplit=1)[-1])
    text = f"{base}COPY . {place}\nRUN {command} && chown -R games:games {place}\n"
    result = only(RULE, text, context=_context(tmp_path))
    assert not result.changed
    assert any(why in finding.reason and finding.fix for finding in findings(result))
    assert "--from=root" in only(RULE, text, context=_context(tmp_path), unsafe=True).text


def test_what_comes_before_is_asked_too(tmp_path: Path) -> None:
    text = f"{PY}RUN ./setup\nCOPY . .\n{_COLLECT}RUN chown -R games /app\n"
    found = findings(only(RULE, text, context=_context(tmp_path)))
    assert [one.reason for one in found] == ["`setup` may ask whose the files are"]
    assert only(RULE, text.replace("./setup", "pip install -r x"), context=_context(tmp_path)).changed


def test_a_repository_is_not_given_away(tmp_path: Path) -> None:
    text = f"{PY}COPY . .\n{_COLLECT}RUN chown -R games /app\n"
    assert only(RULE, text, context=_context(tmp_path)).changed
    (tmp_path / ".git").mkdir()
    for context in (Context(str(tmp_path)), None):
        assert [one.reason for one in findings(only(RULE, text, context=context))] == [
            "git would refuse to work on a .git that is not root's"
        ]
    (tmp_path / ".dockerignore").write_text(".git\n")
    assert only(RULE, text, context=Context(str(tmp_path))).changed


@pytest.mark.parametrize(
    ("text", "with_more"),
    [
        (N20 + "COPY . .\nRUN chown 7 src && npm ci && chown -R node:node /app\n", ("chown 7 src && ", "")),
        (N20 + "COPY . .\nRUN install -o games /x . && npm ci && chown -R node:node /app\n", ("-o games ", "")),
        (N20 + "COPY . .\nRUN chmod u+s src && npm ci && chown -R node:node /app\n", ("u+s", "u+x")),
        (N20 + "COPY . .\nRUN setcap a+ep src && npm ci && chown -R node:node /app\n", ("setcap a+ep", "rm")),
        (N20 + "COPY . .\nUSER node\nRUN npm ci && chown -R node:node /app\n", ("USER node\n", "")),
        (
            N20 + "COPY . .\nUSER node\nUSER root\nRUN npm ci && chown -R node:node /app\n",
            ("USER node\nUSER root\n", ""),
        ),
        (N20 + "COPY --chown=7 . .\nRUN npm ci && chown -R node:node /app\n", ("--chown=7 ", "")),
        (
            N20 + "COPY requirements.txt LICENSE ./\nRUN npm ci && chown -R node:node /app\n",
            ("requirements.txt LICENSE", "."),
        ),
        (N20 + "COPY . /srv\nRUN npm ci && chown -R node:node /app\n", ("/srv", ".")),
        (N20 + "COPY . .\nVOLUME /app\nRUN npm ci && chown -R node:node /app\n", ("VOLUME /app\n", "")),
        (N20 + "COPY . .\nRUN npm ci && chown -R root:root /app\n", ("root:root", "node:node")),
    ],
)
def test_nothing_is_certain(text: str, with_more: tuple[str, str], tmp_path: Path) -> None:
    assert not findings(only(RULE, text, context=_context(tmp_path)))
    assert "--from=root" in only(RULE, text.replace(*with_more, 1), context=_context(tmp_path)).text


def test_whose_chown_it_is_has_to_be_known(tmp_path: Path) -> None:
    text = "FROM acme\nUSER root\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt && chown -R games /app\n"
    result = only(RULE, text, context=_context(tmp_path), unsafe=True)
    assert [one.reason for one in findings(result)] == ["whether its chown knows --from is not certain"]
