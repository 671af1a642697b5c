"""COPY's flags against chmod and chown, in real builds: the same files, and one layer less that holds them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from docker_images import proof

CASES = {
    "octal": "COPY blob.bin /usr/local/bin/\nRUN chmod 700 /usr/local/bin/blob.bin\n",
    "plus x": "COPY blob.bin /blob.bin\nRUN chmod +x /blob.bin\n",
    "u+x into a WORKDIR": "WORKDIR /app\nCOPY blob.bin ./tool.bin\nRUN chmod u+x tool.bin\n",
    "a new directory": "COPY blob.bin /new/deep/blob.bin\nRUN chmod 755 /new/deep/blob.bin\n",
    "a made directory, no x": "RUN mkdir -p /made\nCOPY blob.bin /made/blob.bin\nRUN chmod 640 /made/blob.bin\n",
    "owner by name and group": "RUN useradd app\nCOPY blob.bin /opt/blob.bin\nRUN chown app:adm /opt/blob.bin\n",
    "owner by name alone": "RUN useradd app\nCOPY blob.bin /opt/blob.bin\nRUN chown app /opt/blob.bin\n",
    "owner by number alone": "COPY blob.bin /opt/blob.bin\nRUN chown 4711 /opt/blob.bin\n",
    "both": "COPY blob.bin /opt/blob.bin\nRUN chown 1:2 /opt/blob.bin && chmod 600 /opt/blob.bin\n",
    "a heredoc": "COPY <<EOF /x.sh\nls\nEOF\nCOPY blob.bin /b.bin\nRUN chmod +x /x.sh /b.bin\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_same_files_half_the_bytes(tmp_path: Path, name: str) -> None:
    (tmp_path / "blob.bin").write_bytes(os.urandom(1_000_000))
    (tmp_path / "blob.bin").chmod(0o644)
    text = f"FROM debian:bookworm\n{CASES[name]}"
    chosen = Settings(select=frozenset(("chmod-after-copy", "chown-after-copy")))
    result = optimize(text, context=Context(str(tmp_path)), settings=chosen)
    assert "RUN ch" not in result.text
    found = proof(tmp_path, result)
    assert not found.comparison.undeclared
    assert not found.comparison.declared
    assert found.before.size - found.after.size >= 1_000_000
