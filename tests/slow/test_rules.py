"""Every rule that removes bytes, alone, in a real build: how many, and that nothing else differs."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.registry import RULES
from docker_images import proof

BYTES = 1_000_000  # of what is copied, downloaded and installed here; random, so that nothing packs it
DEBIAN, CURL = "FROM debian:bookworm\n", "RUN apt-get update && apt-get install -y --no-install-recommends curl\n"

# Rule: the Dockerfile, and the least that must be saved, in bytes. The package lists are about 19 MB.
CASES = {
    "cleanup-in-later-layer": (f"{DEBIAN}{CURL}RUN rm -rf /var/lib/apt/lists/*\n", 10 * BYTES),
    "index-shared-by-layers": (f"{DEBIAN}{CURL}RUN apt-get install -y --no-install-recommends tree\n", 10 * BYTES),
    "index-refreshed-alone": (
        f"{DEBIAN}RUN apt-get update\nRUN apt-get install -y --no-install-recommends tree && rm -rf /var/lib/apt/lists/*\n",
        10 * BYTES,
    ),
    "package-index-kept": (f"{DEBIAN}{CURL}", 10 * BYTES),
    "index-read-in-later-layer": (
        f"{DEBIAN}{CURL}WORKDIR /srv/app\nCOPY blob .\n"
        "RUN <<E\nset -e\napt-get install -y --no-install-recommends tree\ntree\nE\n",
        10 * BYTES,
    ),
    "cache-cleared-in-later-layer": (
        "FROM python:3.11-slim\nRUN pip install --index-url {index} --trusted-host 127.0.0.1 bulky==1.0\n"
        "WORKDIR /srv\nRUN pip cache purge\n",
        BYTES,
    ),
    "download-cache-kept": (
        "FROM python:3.11-slim\nRUN pip install --index-url {index} --trusted-host 127.0.0.1 bulky==1.0\n",
        BYTES,
    ),
    "package-cache-kept": ("FROM node:18-slim\nRUN npm install -g semver@7.6.0\n", 20_000),
    "documentation-installed": ("FROM fedora:40\nRUN dnf install -y metrics-tools && dnf clean all\n", BYTES),
    "gem-documentation-installed": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*\n"
        "COPY demo /srv/demo\nRUN cd /srv/demo && SOURCE_DATE_EPOCH=1 gem build demo.gemspec && gem install --local demo-1.0.gem\n",
        5_000,
    ),
    "archive-copied": (
        f"{DEBIAN}COPY bulky.tar.gz /tmp/\nRUN tar -xzf /tmp/bulky.tar.gz -C /srv\nRUN rm /tmp/bulky.tar.gz\n",
        BYTES,
    ),
    "cleanup-after-copy": (
        f"{DEBIAN[:-1]} AS parts\nCOPY . /opt/parts\nRUN mkdir /srv/parts\n{DEBIAN}COPY --from=parts /opt/parts /srv/parts\n"
        "RUN find /srv/parts -name '*.gz' -delete && rm -rf /srv/parts/go && chmod -R g+w /srv/parts/node\n",
        BYTES,
    ),
    "wheels-copied": (
        "FROM python:3.11-slim AS build\n"
        "RUN pip wheel --index-url {index} --trusted-host 127.0.0.1 --no-cache-dir -w /wheels bulky==1.0\n"
        "FROM python:3.11-slim\nCOPY --from=build /wheels /wheels\nRUN pip install --no-cache-dir /wheels/*.whl\n"
        'CMD ["python3"]\n',
        BYTES,
    ),
    "input-copied": (
        f"{DEBIAN}COPY . /tmp/parts\nRUN cp /tmp/parts/blob /srv/ && chmod 700 /tmp/parts/node && rm -rf /tmp/parts\n",
        2 * BYTES,
    ),
    "archive-kept": (
        f"{DEBIAN}{CURL}COPY bulky.tar.gz /opt/\n"
        "RUN curl -sO file:///opt/bulky.tar.gz && tar -xzf bulky.tar.gz -C /srv && test -e /srv/blob\n",
        BYTES,
    ),
    "archive-used-in-later-layer": (
        f"{DEBIAN}{CURL}COPY bulky.tar.gz /opt/\nENV V=1\nRUN curl -so /tmp/b-$V.tar.gz file:///opt/bulky.tar.gz\n"
        "RUN cd /srv && tar -xzf /tmp/b-${V}.tar.gz && test -e blob\n",
        BYTES,
    ),
    "git-history-kept": (
        "FROM golang:1.22\nCOPY blob /opt/repo/\n"
        "RUN cd /opt/repo && git init -q && git add blob && git -c user.name=a -c user.email=a commit -qm a\n"
        "RUN git clone -q file:///opt/repo /srv/clone && git -C /srv/clone log && rm /srv/clone/blob\n",
        BYTES,
    ),
    "file-changed-in-later-layer": (
        f"{DEBIAN}{CURL}COPY blob /opt/blob\n"
        "RUN cd /opt && curl -so /usr/local/bin/tool file:///opt/blob\n"
        "RUN chmod 755 /usr/local/bin/tool\nRUN mv /usr/local/bin/tool /usr/bin/tool\n",
        2 * BYTES,
    ),
    "chmod-after-copy": (f"{DEBIAN}COPY blob /usr/local/bin/\nRUN chmod 755 /usr/local/bin/blob\n", BYTES),
    "chown-after-copy": (f"{DEBIAN}COPY blob /opt/blob.bin\nRUN chown 7:7 /opt/blob.bin\n", BYTES),
    "tree-chmodded-after-copy": (
        f"{DEBIAN}COPY node /opt/one\nCOPY . /opt/two\nRUN chmod -R 755 /opt/one\nRUN chmod -R g+rwX /opt/two\n",
        BYTES,
    ),
    "tree-chowned-after-copy": (
        f"{DEBIAN}RUN mkdir /srv/app\nWORKDIR /srv/app\nCOPY . .\nRUN chown -R games:games /srv/app\n",
        BYTES,
    ),
    "tree-chowned-in-later-layer": (
        f"{DEBIAN}WORKDIR /srv/app\nCOPY bulky.tar.gz /opt/\nRUN tar -xzf /opt/bulky.tar.gz\nCOPY . .\n"
        "RUN chown -R games /srv/app\n",
        2 * BYTES,
    ),
    "packages-removed-in-later-layer": (
        f"{DEBIAN}{CURL}COPY node/package.json /srv/app/\nRUN cp /srv/app/package.json /srv/copy.json && curl --version\n"
        "COPY blob /srv/app/\nRUN apt-get purge -y --auto-remove curl\n",
        BYTES,
    ),
    "packages-removed-after-copy": (
        "FROM node:18-slim\nWORKDIR /app\nCOPY node/package.json node/package-lock.json ./\nRUN npm ci\nCOPY blob .\n"
        "RUN npm ls semver && npm prune --omit=dev && npm cache clean --force\n",
        50_000,
    ),
    "index-not-mounted": (f"{DEBIAN}{CURL}", 10 * BYTES),
    "cache-not-mounted": (
        "FROM python:3.11-slim\nRUN pip install --index-url {index} --trusted-host 127.0.0.1 bulky==1.0\n",
        BYTES,
    ),
    "build-cache-kept": (
        "FROM golang:1.22\nWORKDIR /src\nCOPY go .\nCOPY proxy /proxy\n"
        'RUN GOPROXY=file:///proxy GONOSUMDB=example.org go build -trimpath -o /usr/local/bin/demo .\nCMD ["demo"]\n',
        BYTES,
    ),
    "package-database-rewritten": (
        f"{DEBIAN}{CURL[:-1]} && rm -rf /var/lib/apt/lists/*\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends tree && rm -rf /var/lib/apt/lists/*\n",
        100_000,
    ),
    "packages-installed-apart": (
        f"{DEBIAN}{CURL[:-1]} && rm -rf /var/lib/apt/lists/*\nWORKDIR /srv/app\nCOPY blob .\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends tree && tree && rm -rf /var/lib/apt/lists/*\n",
        100_000,
    ),
    "merge-runs": (f"{DEBIAN}COPY blob /opt/\nRUN cat /opt/blob >/srv/blob\nRUN echo end >>/srv/blob\n", BYTES),
    "move-after-copy": (f"{DEBIAN}COPY blob /tmp/\nRUN mv /tmp/blob /srv/blob.bin\n", BYTES),
    "remove-after-copy": (f"{DEBIAN}COPY blob /opt/blob.bin\nRUN rm /opt/blob.bin\n", BYTES),
    "apt-documentation-installed": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*\n",
        10_000,
    ),
    "development-dependencies-installed": (
        "FROM node:18-slim\nWORKDIR /app\nCOPY node/package.json .\nRUN npm install && npm cache clean --force\n",
        10_000,
    ),
    "pip-upgraded": ("FROM python:3.11-slim\nRUN pip install --no-cache-dir --upgrade pip\n", 5 * BYTES),
    "recommended-packages-installed": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        10_000,
    ),
}

# What one of the many tools of a rule leaves: the tool, its Dockerfile, and the least that must be saved, in bytes.
TOOLS = {
    "apt-get": (
        f"{DEBIAN}RUN rm /etc/apt/apt.conf.d/docker-clean\n{CURL[:-1]} && rm -rf /var/lib/apt/lists/*\n",
        10 * BYTES,
    ),
    "npm": (
        "FROM node:18-slim\nRUN useradd -m svc\nUSER svc\nWORKDIR /home/svc\n"
        "RUN --mount=type=cache,target=/root/.npm npm install semver@7.6.0\n",
        20_000,
    ),
    "gem": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*\n"
        "COPY demo /srv/demo\nRUN cd /srv/demo && SOURCE_DATE_EPOCH=1 gem build demo.gemspec\n"
        "RUN gem install --local --no-document /srv/demo/demo-1.0.gem\n",
        500,
    ),
    "cpanm": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends cpanminus make"
        " && rm -rf /var/lib/apt/lists/*\nCOPY Demo-1.0.tar.gz /srv/\nRUN cpanm --notest /srv/Demo-1.0.tar.gz\n",
        BYTES,
    ),
    "pnpm": (
        "FROM node:18-slim\nRUN npm install -g pnpm@9 && npm cache clean --force\n"
        "WORKDIR /app\nCOPY node/package.json .\nRUN pnpm install\n",
        5_000,
    ),
    "pipx": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends pipx && rm -rf /var/lib/apt/lists/*\n"
        "RUN pipx install --pip-args='--index-url={index} --trusted-host=127.0.0.1' bulky\n",
        BYTES,
    ),
}


class _Index(BaseHTTPRequestHandler):
    """A package index with one wheel, whose answers may be cached."""

    wheel: bytes

    def do_GET(self) -> None:
        name = "bulky-1.0-py3-none-any.whl"
        page = f'<a href="/{name}#sha256={hashlib.sha256(self.wheel).hexdigest()}">{name}</a>'.encode()
        body, kind = (self.wheel, "application/zip") if self.path.endswith(".whl") else (page, "text/html")
        self.send_response(200)
        for key, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "max-age=600"),
        ):
            self.send_header(key, value)
        self.send_header("Date", self.date_time_string())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as wheel:
        wheel.writestr("bulky/__init__.py", "def main(): pass\n")
        wheel.writestr("bulky-1.0.dist-info/entry_points.txt", "[console_scripts]\nbulky = bulky:main\n")
        wheel.writestr("bulky/blob", os.urandom(BYTES))
        wheel.writestr("bulky-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: bulky\nVersion: 1.0\n")
        wheel.writestr("bulky-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("bulky-1.0.dist-info/RECORD", "")
    _Index.wheel = packed.getvalue()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("context")
    (directory / "blob").write_bytes(os.urandom(BYTES))
    with tarfile.open(directory / "bulky.tar.gz", "w:gz") as archive:
        archive.add(directory / "blob", "blob")
    with tarfile.open(directory / "Demo-1.0.tar.gz", "w:gz") as archive:
        for name, text in (
            ("Makefile.PL", "use ExtUtils::MakeMaker; WriteMakefile(NAME => 'Demo', VERSION => '1.0');\n"),
            ("lib/Demo.pm", "package Demo; our $VERSION = '1.0'; 1;\n"),
            ("MANIFEST", "Makefile.PL\nlib/Demo.pm\nblob\n"),
        ):
            entry = tarfile.TarInfo(f"Demo-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
        archive.add(directory / "blob", "Demo-1.0/blob")
    for path in directory.iterdir():
        path.chmod(0o644)
    (directory / "node").mkdir()
    project = {"name": "demo", "dependencies": {"is-number": "7.0.0"}, "devDependencies": {"semver": "7.6.0"}}
    locked = {
        "": project,
        "node_modules/is-number": {"version": "7.0.0"},
        "node_modules/lru-cache": {"version": "6.0.0", "dev": True, "dependencies": {"yallist": "4.0.0"}},
        "node_modules/semver": {"version": "7.6.0", "dev": True, "dependencies": {"lru-cache": "6.0.0"}},
        "node_modules/yallist": {"version": "4.0.0", "dev": True},
    }
    (directory / "node" / "package.json").write_text(json.dumps(project))
    (directory / "node" / "package-lock.json").write_text(
        json.dumps({"name": "demo", "lockfileVersion": 3, "packages": locked})
    )
    make_go_module(directory)
    (directory / "demo").mkdir()
    methods = "".join(f"  # Says it {number} times.\n  def say{number}; end\n" for number in range(200))
    (directory / "demo" / "demo.rb").write_text(f"# A demonstration.\nclass Demo\n{methods}end\n")
    (directory / "demo" / "demo.gemspec").write_text(
        "Gem::Specification.new { |s| s.name = 'demo'; s.version = '1.0'; s.summary = s.authors = 'Demo'\n"
        "s.files = ['demo.rb']; s.require_paths = ['.']; s.date = '2024-01-01' }\n"
    )
    return directory


def make_go_module(directory: Path) -> None:
    """A program in go/, and what it needs in proxy/, laid out as Go's module proxies are (Go Modules Reference)."""
    versions = directory / "proxy" / "example.org" / "dep" / "@v"
    versions.mkdir(parents=True)
    module = b"module example.org/dep\n"
    files = {"go.mod": module, "dep.go": b'package dep\n\nconst Name = "dep"\n', "blob": os.urandom(BYTES)}
    (versions / "v1.0.0.mod").write_bytes(module)
    (versions / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    with zipfile.ZipFile(versions / "v1.0.0.zip", "w") as packed:
        for name, data in files.items():
            packed.writestr(f"example.org/dep@v1.0.0/{name}", data)
    program = directory / "go"
    program.mkdir()
    (program / "main.go").write_text('package main\n\nimport "example.org/dep"\n\nfunc main() { println(dep.Name) }\n')
    (program / "go.mod").write_text("module demo\n\ngo 1.21\n\nrequire example.org/dep v1.0.0\n")
    sums = {
        "v1.0.0": go_sum({f"example.org/dep@v1.0.0/{name}": data for name, data in files.items()}),
        "v1.0.0/go.mod": go_sum({"go.mod": module}),
    }
    (program / "go.sum").write_text("".join(f"example.org/dep {what} {value}\n" for what, value in sums.items()))


def go_sum(files: dict[str, bytes]) -> str:
    """The hash of go.sum, Go's dirhash.Hash1."""
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


@pytest.mark.slow
@pytest.mark.parametrize("rule", CASES)
def test_the_rule_alone_saves_bytes_and_changes_nothing_else(
    rule: str, context: Path, index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, least = CASES[rule]
    settings = Settings(select=frozenset((rule,)), unsafe=True)
    result = optimize(text.replace("{index}", index), context=Context(str(context)), settings=settings)
    assert {item.finding.rule for item in result.applied} == {rule}
    found = proof(context, result)
    before, after = found.before.size, found.after.size
    with capsys.disabled():
        print(f"\n{rule}: {before:,} -> {after:,} bytes, {before - after:,} saved")
    assert not found.comparison.undeclared
    assert before - after >= least


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_what_the_tool_leaves_is_cleared(
    tool: str, context: Path, index: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, least = TOOLS[tool]
    settings = Settings(select=frozenset(("package-cache-kept",)))
    result = optimize(text.replace("{index}", index), settings=settings)
    assert result.changed
    found = proof(context, result, control=True)  # installers note the time
    saved = found.before.size - found.after.size
    with capsys.disabled():
        print(f"\n{tool}: {saved:,} bytes saved")
    assert not found.comparison.undeclared
    assert saved >= least


# Shapes that several rules, or a wider condition of one, make small: the Dockerfile, and the least that must be saved.
SHAPES = {
    "directory-and-variable-before-purge": (
        f"{DEBIAN}{CURL}WORKDIR /opt/alert\nENV APP_PORT=80\n"
        "RUN curl --version && apt-get purge -y --auto-remove curl && rm -rf /var/lib/apt/lists/*\n",
        10 * BYTES,
    ),
    "script-between-installs": (
        f"{DEBIAN}{CURL}RUN curl -so /s.sh file:///etc/default/useradd\nRUN bash /s.sh\n"
        "RUN apt-get install -y --no-install-recommends tree\n",
        10 * BYTES,
    ),
    "everything-between-install-and-purge": (
        "FROM python:3.11-slim\n"
        "RUN set -ex; apt-get update; apt-get install -y --no-install-recommends make; rm -rf /var/lib/apt/lists/*\n"
        "WORKDIR /srv/mill\nLABEL a=b\nRUN python3 -m venv /opt/venv\nENV PATH=/opt/venv/bin:$PATH\nRUN useradd -r mill\n"
        "RUN which python3 >which && echo 'all: ; test -e which' >Makefile && make\nCOPY blob /etc/mill.conf\n"
        "RUN rm nothing || true\nRUN apt-get purge -y --auto-remove make\nUSER mill\n",
        BYTES,
    ),
    "failures-that-are-ignored": (
        f"{DEBIAN}RUN apt-get update && apt-get install -y --no-install-recommends make || true\n"
        "RUN apt-get install -y --no-install-recommends nothing-of-that-name || echo none >/srv/none\n"
        "RUN apt-get purge -y make || true\n",
        BYTES,
    ),
    "pruned-after-a-build": (
        "FROM node:18-slim\nWORKDIR /app\nCOPY node .\nRUN npm ci\nRUN npm ls semver >/srv/list\n"
        "ENV NODE_ENV=production\nRUN npm prune && npm cache clean --force\n",
        50_000,
    ),
    "every-install-before-one-purge": (
        "FROM python:3.11-slim\nENV PIP_INDEX_URL={index} PIP_TRUSTED_HOST=127.0.0.1\nRUN pip install bulky==1.0\n"
        "RUN pip install --target /srv/bulky bulky==1.0 && pip cache purge\n",
        BYTES,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_is_made_small(shape: str, context: Path, index: str, capsys: pytest.CaptureFixture[str]) -> None:
    text, least = SHAPES[shape]
    result = optimize(text.replace("{index}", index), context=Context(str(context)))
    found = proof(context, result)
    saved = found.before.size - found.after.size
    with capsys.disabled():
        print(f"\n{shape}: {saved:,} bytes saved")
    assert not found.comparison.undeclared
    assert saved >= least


# What needs a base image that cannot be made of Debian's packages, Alpine's apk, or a newer frontend than the engine has.
WITHOUT_A_BASE = {"apk-index-kept", "added-archive-kept", "rust-documentation-installed"}


def test_every_rule_has_its_build() -> None:
    assert set(CASES) | WITHOUT_A_BASE == {
        rule.name for rule in RULES if rule.removes and rule.applicability != "manual"
    }
