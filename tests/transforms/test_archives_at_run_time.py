"""What is brought for one RUN may be looked for again, by a container, or by another stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context

SELECT = Settings(select=frozenset(("archive-copied",)))
COPIED = "FROM debian:12 AS a\nCOPY a.tgz /opt/dist/\nRUN mkdir -p /srv/x && tar xzf /opt/dist/a.tgz -C /srv/x\n"
BEFORE = COPIED.replace("COPY", "RUN mkdir /opt/dist\nCOPY")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    (tmp_path / "a.tgz").write_bytes(b"\x1f\x8b\0")
    (tmp_path / "names.sh").write_text("#!/bin/sh\ntar xzf /opt/dist/a.tgz\n")
    (tmp_path / "lists.sh").write_text("#!/bin/sh\nls /opt/dist\n")
    (tmp_path / "pattern.sh").write_text("#!/bin/sh\nfor f in /opt/dist/*; do cat $f; done\n")
    (tmp_path / "plain.sh").write_text('#!/bin/sh\nexec "$@"\n')
    (tmp_path / "binary").write_bytes(b"\x7fELF\0")
    return Context(str(tmp_path))


def changed(text: str, context: Context, settings: Settings = SELECT) -> bool:
    return optimize(text, context=context, settings=settings).changed


@pytest.mark.parametrize("script", ["names.sh", "lists.sh", "pattern.sh", "binary"])
def test_a_started_script_may_look_for_it(script: str, context: Context) -> None:
    assert not changed(f'{BEFORE}COPY {script} /start\nENTRYPOINT ["/start"]\n', context)
    assert not changed(f'{BEFORE}FROM a\nCOPY {script} /start\nENTRYPOINT ["/start"]\n', context)


@pytest.mark.parametrize(
    "end",
    [
        "ENV DIST=/opt/dist\n",
        "CMD ls /opt/dist\n",
        "FROM debian:12\nCOPY --from=a /opt/dist /d\n",
        "FROM debian:12\nCOPY --from=a opt /d\n",
        "FROM debian:12\nCOPY --from=0 / /d\n",
        "FROM debian:12\nCOPY --from=a /opt/d* /d/\n",
        "FROM debian:12\nRUN --mount=type=bind,from=a,source=/opt,target=/d ls /d\n",
        "FROM debian:12\nRUN --mount=from=a,target=/d ls /d\n",
    ],
)
def test_it_is_taken_along(end: str, context: Context) -> None:
    settings = Settings(select=frozenset(("archive-copied",)), all_stages=True)
    assert not changed(BEFORE + end, context, settings)


def test_a_script_that_has_nothing_to_do_with_it(context: Context) -> None:
    assert changed(f'{BEFORE}COPY plain.sh /start\nENTRYPOINT ["/start"]\nCMD ["nginx"]\n', context)


def test_documentation_that_a_script_reads(tmp_path: Path) -> None:
    (tmp_path / "start.sh").write_text("#!/bin/sh\ncat /usr/share/doc/zabbix/create.sql\n")
    (tmp_path / "plain.sh").write_text("#!/bin/sh\ncat /etc/hosts\n")
    settings = Settings(select=frozenset(("documentation-installed",)))
    text = "FROM fedora:40\nRUN dnf install -y zabbix\nCOPY {0} /{0}\n"
    for end in ('ENTRYPOINT ["/{0}"]\n', "RUN /{0}\n", "RUN sh /{0}\n"):
        written = (text + end).replace("{0}", "{name}")
        assert not changed(written.format(name="start.sh"), Context(str(tmp_path)), settings)
        assert changed(written.format(name="plain.sh"), Context(str(tmp_path)), settings)
