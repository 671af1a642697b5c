"""COPY's flags against chmod and chown, in real builds: the same files, and one layer less that holds them."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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
    "two sources": "COPY blob.bin second.bin /usr/local/bin/\nRUN chmod +x /usr/local/bin/blob.bin /usr/local/bin/second.bin\n",
    "a place that an ARG says": "ARG TO=/usr/local/bin\nCOPY blob.bin ${TO}/\nRUN chmod 755 $TO/blob.bin\n",
    "a place that ENV says": "ENV TO=/new\nWORKDIR $TO\nCOPY blob.bin .\nRUN chmod 700 $TO/blob.bin\n",
    "from the network": "ADD {server}/blob.bin /usr/local/bin/a.bin\nADD {server}/blob.bin /opt/\nRUN chmod +x /usr/local/bin/a.bin && chmod 640 /opt/blob.bin\n",
    "a user who is made later": "COPY blob.bin /opt/blob.bin\nRUN groupadd -r a && useradd -r -g a a && chown a:a /opt/blob.bin\n",
    "a heredoc": "COPY <<EOF /x.sh\nls\nEOF\nCOPY blob.bin /b.bin\nRUN chmod +x /x.sh /b.bin\n",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_same_files_half_the_bytes(tmp_path: Path, name: str, server: str) -> None:
    for file in ("blob.bin", "second.bin"):
        (tmp_path / file).write_bytes(os.urandom(1_000_000))
        (tmp_path / file).chmod(0o644)
    text = f"FROM debian:bookworm\n{CASES[name].replace('{server}', server)}"
    chosen = Settings(select=frozenset(("chmod-after-copy", "chown-after-copy")))
    result = optimize(text, context=Context(str(tmp_path)), settings=chosen)
    assert not re.search(r"RUN.*\bch(mod|own)", result.text)
    found = proof(tmp_path, result)
    assert not found.comparison.undeclared
    assert not found.comparison.declared
    assert found.before.size - found.after.size >= 1_000_000


# Trees that are given away, get modes or are inputs: a Dockerfile, and what of it has to go.
TREES = {
    "a user who is made behind several trees": (
        "WORKDIR /srv/app\nCOPY tree .\nCOPY tree /opt/tree\nRUN mkdir -p logs/old /data && touch /srv/app/db && groupadd -r svc"
        " && useradd -r -g svc -m -d /home/svc svc && chown -R svc:svc /srv/app /opt/tree /data\nUSER svc\n",
        "chown -R svc:svc /srv/app",
    ),
    "a home that WORKDIR makes": (
        "ENV H=/home/svc\nWORKDIR $H\nCOPY tree .\nRUN useradd -m -d $H svc && chown -R svc:svc $H\n",
        "chown -R",
    ),
    "octal and symbolic modes": (
        "WORKDIR /app\nCOPY tree .\nCOPY tree /opt/tree\nRUN chmod -R 750 /opt/tree\nRUN chmod -R g=u,o-w .\n",
        "RUN chmod -R",
    ),
    "what another stage brings": (
        "COPY tree /out\nRUN chown -R 7:9 /out/sub\nFROM debian:bookworm\nCOPY --from=a /out /srv/out\nCOPY --from=0 /out /w\n"
        "RUN cp /w/blob.bin /opt/x && chmod 700 /w/sub && mv /w/sub /opt/ && rm -rf /w\n",
        "rm -rf /w",
    ),
    "a chown behind what filled the tree": (
        "RUN cd /opt && mkdir t && head -c 1000000 /dev/zero >t/big\nRUN cd /opt && cp -r /usr/share/doc/apt t/doc\n"
        "RUN groupadd -r svc && useradd -r -g svc svc\nRUN chown -R svc:svc /opt/t\nRUN chmod -R g+w /opt/t\n",
        "\nRUN chown -R",
    ),
    "sources that are unpacked, built and removed": (
        "COPY tree /opt/tree-1.0\nRUN cd /opt && tar czf /srv/tree-1.0.tar.gz tree-1.0\nWORKDIR /build\n"
        "RUN tar xzf /srv/tree-1.0.tar.gz\nWORKDIR tree-1.0\nRUN cp -r sub /opt/\nRUN cp tool.sh /opt/ && ls >/opt/where\n"
        "WORKDIR /app\nRUN rm -rf /build/tree-1.0\n",
        "WORKDIR tree-1.0",
    ),
    "an input of two RUNs": (
        "COPY tree /tmp/in\nRUN cp /tmp/in/tool.sh /opt/\nRUN cp -r /tmp/in/sub /opt/ && ls /tmp/in >/opt/l\n"
        "RUN rm -rf /tmp/in\n",
        "RUN rm",
    ),
    "what is fetched, used and removed": (
        "WORKDIR /srv\nCOPY tree /opt/tree-1.0\nRUN cd /opt && cp -r tree-1.0 sources\n"
        "RUN cp /opt/sources/tool.sh .\nRUN cd /opt && rm -rf sources\n",
        "RUN cd /opt && rm -rf",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TREES)
def test_same_trees_fewer_bytes(tmp_path: Path, name: str) -> None:
    tree = tmp_path / "tree"
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "blob.bin").write_bytes(os.urandom(1_000_000))
    for path, mode in (("tool.sh", 0o755), ("sub/secret", 0o600), (".hidden", 0o664)):
        (tree / path).write_text(path)
        (tree / path).chmod(mode)
    (tree / "sub" / "deep").chmod(0o700)
    (tree / "link").symlink_to("tool.sh")
    (tree / "directory").symlink_to("sub")
    text, gone = TREES[name]
    result = optimize(f"FROM debian:bookworm{' AS a' * ('FROM' in text)}\n{text}", context=Context(str(tmp_path)))
    assert gone in text
    assert gone not in result.text
    found = proof(tmp_path, result)
    assert not found.comparison.undeclared
    assert found.before.size - found.after.size >= 900_000


# What is copied, what is built of it, and a chown of all.
BUILT = {
    "a user who is made behind it": (
        "COPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n"
        "RUN python manage.py collectstatic\nRUN useradd -m app && chown -R app:app /srv/app\nUSER app\n"
    ),
    "in the RUN that builds": (
        "COPY . .\nRUN python manage.py collectstatic && chown -R games /srv/app && touch /opt/x\nUSER games\n"
    ),
    "several directories": (
        "COPY . .\nCOPY tree /opt/tree\nRUN mkdir -p /data && python manage.py collectstatic\nRUN mkdir logs\n"
        "RUN chown -R games:games /data /opt/tree /srv/app\n"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("base", ["python:3.11-slim"])
@pytest.mark.parametrize("name", BUILT)
def test_what_is_built_of_what_is_copied(tmp_path: Path, name: str, base: str) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "blob.bin").write_bytes(os.urandom(1_000_000))
    (tmp_path / "tree" / "link").symlink_to("blob.bin")
    (tmp_path / "requirements.txt").write_text("# none\n")
    (tmp_path / "manage.py").write_text("import shutil; shutil.copytree('tree', 'static', symlinks=True)\n")
    result = optimize(f"FROM {base}\nWORKDIR /srv/app\n{BUILT[name]}", context=Context(str(tmp_path)))
    assert "COPY --chown" in result.text
    assert "chown -R --from=root" in result.text
    found = proof(tmp_path, result)
    assert not found.comparison.undeclared
    assert found.before.size - found.after.size >= 1_900_000 - 1_000_000 * ("in the RUN" in name)
