"""What the rules on copies leave alone: the result would be another owner, mode or file without a word of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context

RULES = Settings(
    select=frozenset(
        ("chmod-after-copy", "chown-after-copy", "move-after-copy", "tree-chowned-after-copy", "archive-copied")
    )
)
BASE = "FROM debian:12\n"
CHMOD = "COPY run.sh /srv/run.sh\nRUN chmod 755 /srv/run.sh\n"
CONF = "COPY a.conf /srv/a.conf\n"
CHOWN = "RUN chown app /srv/a.conf\n"
USER = "RUN useradd -u 1500 app\n"


def changed(text: str) -> bool:
    return optimize(text, settings=RULES).changed


@pytest.mark.parametrize(
    "name",
    [
        "docker/dockerfile:1.0",
        "docker/dockerfile:1.1",
        "docker/dockerfile:1.1.7",
        "docker/dockerfile:1.1-experimental",
        "docker/dockerfile:0.9",
        "docker.io/docker/dockerfile:1.0",
        "docker/dockerfile@sha256:aa",
        "docker/dockerfile:1.0@sha256:aa",
        "example.com/frontend:1",
    ],
)
def test_a_frontend_that_may_not_know_the_flag(name: str) -> None:
    assert not changed(f"# syntax={name}\n{BASE}{CHMOD}")
    assert not changed(f"# syntax={name}\n{BASE}COPY a.tgz /tmp/\nRUN tar xzf /tmp/a.tgz -C /srv\n")


@pytest.mark.parametrize("tag", ["", ":1", ":1.2", ":1.10", ":1.7-labs", ":1-labs", ":latest", ":1.4@sha256:aa"])
def test_a_frontend_that_knows_it(tag: str) -> None:
    assert changed(f"# syntax=docker/dockerfile{tag}\n{BASE}{CHMOD}")


@pytest.mark.parametrize(
    "between",
    [
        "COPY passwd /etc/passwd\n",
        "COPY passwd group /etc/\n",
        "COPY rootfs /\n",
        "COPY etc /etc\n",
        "RUN echo app:x:1:1::/:/bin/sh >> /etc/passwd\n",
        "RUN sed -i s/1500/1700/ /etc/passwd\n",
        "RUN echo app:x:1: >> /etc/group\n",
    ],
)
def test_names_that_are_written_between(between: str) -> None:
    assert not changed(f"{BASE}{USER}{CONF}{between}{CHOWN}")
    assert changed(f"{BASE}{USER}{between}{CONF}{CHOWN}")


def test_a_file_in_etc_is_no_account() -> None:
    assert changed(f"{BASE}{USER}{CONF}COPY b.conf /etc/\n{CHOWN}")


def test_a_linked_copy_resolves_no_names() -> None:
    linked = f"{BASE}{USER}{CONF.replace('COPY', 'COPY --link')}"
    assert not changed(linked + CHOWN)
    assert not changed(linked + "RUN chown 1500:app /srv/a.conf\n")
    assert changed(linked + "RUN chown 1500:1500 /srv/a.conf\n")
    assert changed(linked + "RUN chown 1500 /srv/a.conf\n")


@pytest.mark.parametrize(
    "link", ["ln -s /srv/t /etc/a.conf", "ln -sf /dev/null /etc/a.conf", "ln -s /srv/t $T", "ln -s /srv/a.conf /etc/"]
)
def test_a_link_that_mv_replaces(link: str) -> None:
    assert not changed(f"{BASE}RUN {link}\nCOPY a.conf /tmp/\nRUN mv /tmp/a.conf /etc/a.conf\n")


@pytest.mark.parametrize("place", ["/etc/nginx/sites-enabled/default.conf", "/etc/fonts/conf.d/a.conf"])
def test_a_place_where_packages_make_links(place: str) -> None:
    made = f"{BASE}RUN mkdir -p {place.rpartition('/')[0]}\n"
    assert not changed(f"{made}COPY a.conf /tmp/\nRUN mv /tmp/a.conf {place}\n")


def test_a_directory_of_the_name_of_the_source() -> None:
    assert not changed(f"{BASE}COPY games /usr/games\nRUN chmod 700 /usr/games\n")


def test_a_setuid_file_of_the_context_in_a_tree(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t/tool").write_text("")
    text = f"{BASE}{USER}RUN mkdir /srv/t\nCOPY t /srv/t/\nRUN chown -R app:app /srv/t\n"
    assert optimize(text, context=Context(str(tmp_path)), settings=RULES).changed
    (tmp_path / "t/tool").chmod(0o4755)
    assert not optimize(text, context=Context(str(tmp_path)), settings=RULES).changed
