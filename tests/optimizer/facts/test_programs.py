"""Scripts that a COPY brings are read, where nothing may have made them others."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.commands import Effects
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.effects import of_run
from dfopt.optimizer.facts.stages import Facts

SCRIPT = "#!/bin/sh -e\ncd /srv\ntouch made\ncurl -o /opt/tool http://e.org/$VERSION\n"


def effects(text: str, directory: Path | None = None) -> Effects:
    context = Context(str(directory)) if directory else None
    return of_run(Facts(Document.parse(text.encode()), context).stages[-1].runs[-1])


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "setup.sh").write_text(SCRIPT)
    (tmp_path / "unknown.sh").write_text("touch /a\n./configure\n")
    (tmp_path / "background.sh").write_text("touch /a &\n")
    (tmp_path / "program.py").write_text("#!/usr/bin/env python3\nopen('/a', 'w')\n")
    (tmp_path / "windows.sh").write_bytes(b"touch /a\r\n")
    return tmp_path


@pytest.mark.parametrize(
    "run",
    [
        "/tmp/setup.sh",
        "sh /tmp/setup.sh",
        "bash -eux /tmp/setup.sh here",
        "cd /tmp && ./setup.sh",
        "chmod +x /tmp/setup.sh && /tmp/setup.sh",
    ],
)
def test_a_script_of_the_context_is_read(run: str, context: Path) -> None:
    found = effects(f"FROM debian:12\nCOPY setup.sh /tmp/\nRUN chmod 755 /tmp/setup.sh\nRUN {run}\n", context)
    assert not found.writes.unknown
    assert found.touches("/srv/made")
    assert found.touches("/opt/tool")
    assert found.touches("/tmp/setup.sh")
    assert not found.touches("/usr/local/bin/other")
    assert "VERSION" in found.names
    assert found.network


@pytest.mark.parametrize(
    ("source", "run"),
    [
        ("setup.sh", "sudo /tmp/setup.sh"),
        ("setup.sh", "A=b /tmp/setup.sh"),
        ("setup.sh", "sh -c /tmp/setup.sh"),
        ("setup.sh", "python /tmp/setup.sh"),
        ("setup.sh", "sed -i s/srv/etc/ /tmp/setup.sh && /tmp/setup.sh"),
        ("setup.sh", "echo touch /b >> /tmp/setup.sh && /tmp/setup.sh"),
        ("setup.sh", "make && /tmp/setup.sh"),
        ("setup.sh", "setup.sh"),
        ("unknown.sh", "/tmp/unknown.sh"),
        ("background.sh", "/tmp/background.sh"),
        ("program.py", "/tmp/program.py"),
        ("windows.sh", "/tmp/windows.sh"),
        ("missing.sh", "/tmp/missing.sh"),
    ],
)
def test_what_is_not_shown_may_do_anything(source: str, run: str, context: Path) -> None:
    found = effects(f"FROM debian:12\nCOPY {source} /tmp/\nRUN {run}\n", context)
    assert found.writes.unknown


@pytest.mark.parametrize("between", ["RUN ./unknown", "COPY other /tmp/", "RUN mv /x /tmp/setup.sh", 'RUN ["x"]'])
def test_what_stands_between_may_make_it_another(between: str, context: Path) -> None:
    text = f"FROM debian:12\nCOPY setup.sh /tmp/\n{between}\nRUN /tmp/setup.sh\n"
    assert effects(text, context).writes.unknown


def test_a_mount_may_hide_it(context: Path) -> None:
    text = "FROM debian:12\nCOPY setup.sh /tmp/\nRUN --mount=type=bind,source=x,target=/tmp /tmp/setup.sh\n"
    assert effects(text, context).writes.unknown


def test_a_heredoc_is_read() -> None:
    text = "FROM debian:12\nCOPY <<'EOF' /tmp/setup.sh\ntouch /opt/$A\nEOF\nRUN sh /tmp/setup.sh\n"
    assert effects(text).touches("/opt/x")
    assert not effects(text).writes.unknown
    assert effects(text.replace("'EOF'", "EOF", 1)).writes.unknown  # BuildKit puts what A holds in its place
