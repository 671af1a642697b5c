"""A recursive chown folded into what wrote the files: every owner as chown means it, and only where bytes are won."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

RULES = Settings(select=frozenset(("tree-chowned-after-copy", "tree-chowned-in-later-layer")))
NODE = "FROM node:20\nWORKDIR /app\n"


def fix(text: str, *, unsafe: bool = False) -> str:
    return optimize(text, settings=RULES._replace(unsafe=unsafe)).text


OWNERS = {
    "node:node": "node:node",
    "node": "node:root",
    "node:": "node",
    "33": "33:0",
    "33:44": "33:44",
    "www-data.www-data": "www-data:www-data",
}


@pytest.mark.parametrize("owner", OWNERS)
def test_owners(owner: str) -> None:
    before = f"{NODE}COPY . .\nRUN chown -R {owner} /app\n"
    assert fix(before) == f"{NODE}COPY --chown={OWNERS[owner]} . .\nRUN chown {owner} /app\n"


@pytest.mark.parametrize("owner", ["33:", ":node", "a.b", "--reference=/x"])
def test_owners_that_copy_cannot_tell(owner: str) -> None:
    text = f"{NODE}COPY . .\nRUN chown -R {owner} /app\n"
    assert fix(text) == text


def test_root_needs_no_flag() -> None:
    assert fix(f"{NODE}COPY . .\nRUN chown -R root:root .\n") == f"{NODE}COPY . .\nRUN chown root:root .\n"


@pytest.mark.parametrize(
    ("options", "left"), [("-Rf", " -f"), ("-vR", " -v"), ("--recursive", ""), ("-R", "")]
)  # fmt: skip
def test_options(options: str, left: str) -> None:
    before = f"{NODE}COPY . .\nRUN chown {options} node:node /app && x\n"
    assert fix(before) == f"{NODE}COPY --chown=node:node . .\nRUN chown{left} node:node /app && x\n"


def test_what_goes_away_or_gets_a_mode_is_no_matter() -> None:
    between = "RUN rm -r docs\nRUN chmod +x run.sh && rm /app/x\nRUN mkdir -p /data && chown node:node /data\n"
    before = f"{NODE}COPY . .\n{between}RUN chown -R node:node /app\n"
    assert fix(before) == f"{NODE}COPY --chown=node:node . .\n{between}RUN chown node:node /app\n"


def test_what_is_moved_out_stays_with_root() -> None:
    before = f"{NODE}COPY . .\nRUN mv site /srv/site\nRUN chown -R node:node /app\n"
    after = f"{NODE}COPY --chown=node:node . .\nRUN chown -R root:root site && mv site /srv/site\nRUN chown node:node /app\n"
    assert fix(before) == after


@pytest.mark.parametrize(
    ("base", "directory", "safe"),
    [
        ("node:20", "/app", True),
        ("python:3.12-slim", "/home/app", True),
        ("node:20", "/home/node/app", False),
        ("python:2-onbuild", "/usr/src/app", False),
        ("ubuntu", "/home/ubuntu", False),
        ("example.org/node:20", "/app", False),
        ("php:8-apache", "/var/www/html", False),
        ("python:3", "/app/web", False),  # COPY would make /app, and give it away
    ],
)
def test_what_the_base_image_may_have(base: str, directory: str, *, safe: bool) -> None:
    before = f"FROM {base}\nCOPY . {directory}\nRUN chown -R 7:7 {directory}\n"
    assert (fix(before) != before) == safe
    assert fix(before, unsafe=True) != before


def test_an_installer_gives_away_what_it_wrote() -> None:
    before = (
        f"{NODE}COPY p.json .\nRUN npm ci\nCOPY . .\nCOPY x /y\nCOPY --from=z /b lib/\nRUN chown -R node: . && ls\n"
    )
    assert fix(before) == (
        f"{NODE}COPY p.json .\nRUN npm ci && chown -R node: /app\n"
        "COPY --chown=node . .\nCOPY x /y\nCOPY --from=z --chown=node /b lib/\nRUN ls\n"
    )


def test_an_owner_that_is_there_already_is_enough() -> None:
    before = f"{NODE}RUN npm ci && chown -R node /app\nCOPY . .\nRUN chown -R node /app\n"
    assert fix(before) == f"{NODE}RUN npm ci && chown -R node /app\nCOPY --chown=node:root . .\n"


def test_a_comment_is_not_lost() -> None:
    before = f"{NODE}RUN npm ci\nCOPY . .\n# for the uploads\nRUN chown -R node /app\n"
    assert fix(before) == before
    assert fix(before, unsafe=True) != before
