"""What a container starts is read: the words of CMD and the like, and the scripts that they lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.runtime import Piece, started_at_run_time, started_on_top
from dfopt.optimizer.facts.stages import Facts

WANTED = b"/opt/seed"


def facts(text: str, directory: Path | None = None) -> Facts:
    return Facts(Document.parse(text.encode()), Context(str(directory)) if directory else None)


def pieces(text: str, directory: Path | None = None) -> tuple[Piece, ...]:
    return started_at_run_time(facts(text, directory).stages[-1])


def names(text: str, directory: Path | None = None) -> bool:
    return any(WANTED in piece.text for piece in pieces(text, directory))


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "run.sh").write_text("#!/bin/sh\ncat /opt/seed\n")
    (tmp_path / "bin/reset").write_text("#!/bin/sh\ncat /opt/seed\n")
    (tmp_path / "app.py").write_text("open('/opt/seed')\n")
    (tmp_path / "outer.sh").write_text('#!/bin/bash\n. "$(dirname "$0")/run.sh"\n')
    (tmp_path / "by_variable.sh").write_text('exec "$HERE/run.sh"\n')
    (tmp_path / "loop.sh").write_text("exec /loop.sh\n")
    (tmp_path / "binary").write_bytes(b"\x7fELF\0\0")
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        'CMD ["cat", "/opt/seed"]',
        "CMD cat /opt/seed",
        "HEALTHCHECK CMD test -e /opt/seed",
        "ENTRYPOINT cat \\\n  /opt/seed",
        'ENV SEED=/opt/seed\nCMD ["app"]',
        "ONBUILD RUN cat /opt/seed",
        'COPY run.sh /\nCMD ["/run.sh"]',
        'COPY run.sh /\nCMD ["sh", "-c", "exec /run.sh"]',
        'COPY run.sh /start\nENTRYPOINT ["/start"]',
        'COPY bin/reset /usr/local/bin/\nCMD ["reset"]',
        'COPY bin/ /usr/local/bin/\nCMD ["reset"]',
        'COPY bin /usr/local/bin\nCMD ["reset"]',
        'ENV PATH=/tools:$PATH\nCOPY bin /tools\nCMD ["reset"]',
        "WORKDIR /app\nCOPY . .\nCMD ./run.sh",
        'WORKDIR /app\nCOPY . /app\nCMD ["python", "app.py"]',
        'COPY *.sh /\nCMD ["/run.sh"]',
        'COPY outer.sh run.sh /app/\nCMD ["/app/outer.sh"]',
        'COPY by_variable.sh run.sh /app/\nCMD ["/app/by_variable.sh"]',
        'COPY run.sh /tmp/\nRUN mv /tmp/run.sh /start\nCMD ["/start"]',
        'COPY run.sh /tmp/\nRUN install -m 755 /tmp/run.sh /usr/bin/\nCMD ["run.sh"]',
        'COPY run.sh /tmp/\nRUN ln -s /tmp/run.sh /start\nCMD ["/start"]',
        "COPY <<EOF /start\ncat /opt/seed\nEOF\nCMD /start",
        'RUN printf "#!/bin/sh\\ncat /opt/seed\\n" > /start && chmod +x /start\nCMD /start',
        "RUN cat > /start <<'EOF'\ncat /opt/seed\nEOF\nCMD /start",
        'RUN echo "cat /opt/seed" | tee /start\nCMD /start',
    ],
)
def test_what_is_started_is_found(text: str, context: Path) -> None:
    assert names(f"FROM debian:12\n{text}\n", context)


@pytest.mark.parametrize(
    "text",
    [
        'COPY run.sh /\nCMD ["/other.sh"]',
        "RUN cat /opt/seed\nCMD true",
        'COPY run.sh /tmp/\nCMD ["/run.sh"]',
        "CMD cat /opt/seed\nCMD true",
    ],
)
def test_what_is_not_started_is_left_out(text: str, context: Path) -> None:
    assert not names(f"FROM debian:12\n{text}\n", context)


def test_of_another_stage(context: Path) -> None:
    assert names(
        'FROM debian:12 AS a\nCOPY run.sh /\nFROM debian:12\nCOPY --from=a /run.sh /\nCMD ["/run.sh"]\n', context
    )
    assert names('FROM debian:12 AS a\nCOPY run.sh /\nFROM a\nCMD ["/run.sh"]\n', context)
    assert names("FROM debian:12 AS a\nCMD cat /opt/seed\nFROM a\n", context)
    assert not names("FROM debian:12 AS a\nCMD cat /opt/seed\nFROM a\nCMD true\n", context)


def test_of_the_stages_on_top() -> None:
    first, _ = facts("FROM debian:12 AS a\nCMD true\nFROM a\nCMD cat /opt/seed\n").stages
    assert not any(WANTED in piece.text for piece in started_at_run_time(first))
    assert any(WANTED in piece.text for piece in started_on_top(first))


def test_what_is_not_shown_is_said(context: Path) -> None:
    def unread(text: str, directory: Path | None) -> list[str]:
        return [piece.unread for piece in pieces(f"FROM debian:12\n{text}\n", directory) if piece.unread]

    assert unread('COPY binary /\nCMD ["/binary"]', context) == ["/binary cannot be read"]
    assert unread('COPY run.sh /\nCMD ["/run.sh"]', None) == ["/run.sh is not shown"]
    assert not unread('COPY run.sh /\nCMD ["/run.sh"]', context)
    assert not unread('CMD ["nginx"]', None)


def test_a_script_that_starts_itself_is_read_once(context: Path) -> None:
    assert [piece.path for piece in pieces('FROM debian:12\nCOPY loop.sh /\nCMD ["/loop.sh"]\n', context)] == [
        "",
        "/loop.sh",
    ]


def test_each_piece_has_the_line_that_brings_it(context: Path) -> None:
    assert [piece.line for piece in pieces('FROM debian:12\nCOPY run.sh /\nCMD ["/run.sh"]\n', context)] == [3, 2]
