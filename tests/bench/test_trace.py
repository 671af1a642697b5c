"""The tracing comparison sees what it is there to see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
import trace as bench_trace

import explain

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or not shutil.which("unshare")
    or subprocess.run(
        ["unshare", "--pid", "--fork", "--net", "--mount", "true"], capture_output=True, check=False
    ).returncode
    != 0,
    reason="needs root and unshare(1)",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("root")
    bench_trace.make_root(directory)
    return directory


def unexplained(root: Path, before: str, after: str, declared: explain.Declared = explain.NOTHING) -> list[str]:
    texts = (f"FROM debian:12\n{before}\n".encode(), f"FROM debian:12\n{after}\n".encode())
    functions = bench_trace.prepare(root, texts)
    old, new = map(bench_trace.program, texts)
    clean = [bench_trace.trace(root, functions, text) for text in (old, new)]
    pairs = [
        (bench_trace.trace(root, functions, old, text), bench_trace.trace(root, functions, new, text))
        for text in ["", *bench_trace.failing(*clean)]
    ]
    return [
        problem for one, other in pairs if (problem := bench_trace.compare(one, other, piped=False, declared=declared))
    ]


GOOD = [
    (
        "RUN apt-get update\nRUN apt-get install -y a",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*",
    ),
    ("RUN pip install a; b", "RUN pip install --no-cache-dir a; b"),
    ("RUN apk update && apk add -U a", "RUN apk add --no-cache a"),
    ("COPY a /a\nRUN chmod 755 /a && b", "COPY --chmod=755 a /a\nRUN b"),
    ("WORKDIR /a\nCOPY . .\nRUN chown -R u /a && b", "WORKDIR /a\nCOPY --chown=u:root . .\nRUN chown u /a && b"),
    (
        "WORKDIR /a\nRUN npm ci\nCOPY . .\nRUN chown -R u:u . && b",
        "WORKDIR /a\nRUN npm ci && chown -R u:u /a\nCOPY --chown=u:u . .\nRUN b",
    ),
    ("COPY a /tmp/\nRUN mv /tmp/a /b && c", "COPY a /b\nRUN c"),
    ("COPY a /\nRUN chmod 755 /a && b", "COPY --chmod=755 a /\nRUN b"),
    ("COPY a.sh /tmp/\nRUN b && rm /tmp/a.sh", "RUN b"),
    ("WORKDIR /a\nCOPY a.sh .\nRUN rm -f a.sh c.sh && b", "WORKDIR /a\nRUN rm -f c.sh && b"),
    ("RUN yum install -y a; b", "RUN yum install -y --setopt=tsflags=nodocs a; b && yum clean all"),
    (
        "WORKDIR /a\nRUN apk add g\nCOPY r.txt .\nRUN pip install -r r.txt\nCOPY . .\nRUN apk del g",
        "WORKDIR /a\nCOPY r.txt .\nRUN apk add g && pip install -r r.txt && apk del g\nCOPY . .",
    ),
    (
        "WORKDIR /a\nCOPY s .\nRUN chmod a+x t s\nWORKDIR /b\nCOPY s .\nRUN c && chmod a+x s",
        "WORKDIR /a\nCOPY s .\nRUN chmod a+x t s\nWORKDIR /b\nCOPY --chmod=755 s .\nRUN c",
    ),
    (
        "COPY k /root/.ssh/\nRUN chmod 700 /root/.ssh && chmod 600 /root/.ssh/k",
        "COPY --chmod=600 k /root/.ssh/\nRUN chmod 700 /root/.ssh",
    ),
    ("RUN apk add g\nLABEL a=b\nRUN make\nRUN apk del g", "RUN apk add g && make && apk del g\nLABEL a=b"),
    ("RUN apk add g\nWORKDIR /a\nRUN make && apk del g", "WORKDIR /a\nRUN apk add g && make && apk del g"),
]

WRONG = {
    "the mode of another file of that name": (
        "WORKDIR /a\nCOPY s .\nRUN chmod a+x s\nWORKDIR /b\nCOPY s .",
        "WORKDIR /a\nCOPY s .\nRUN true\nWORKDIR /b\nCOPY --chmod=755 s .",
    ),
    "a COPY above what reads it": (
        "RUN pip install -r r.txt\nCOPY . .\nRUN b",
        "COPY . .\nRUN pip install -r r.txt && b",
    ),
    "a COPY above what removes it": ("RUN rm -rf /a/*\nCOPY b /a/b\nRUN c", "COPY b /a/b\nRUN rm -rf /a/* && c"),
    "a COPY below what reads it": ("COPY b /a/b\nRUN c", "RUN c\nCOPY b /a/b"),
    "a label that is lost": ("RUN a\nLABEL a=b\nRUN b", "RUN a && b"),
    "labels in another order": ("RUN a\nLABEL a=b\nLABEL a=c\nRUN b", "RUN a && b\nLABEL a=c\nLABEL a=b"),
    "a directory for what ran elsewhere": ("RUN make\nWORKDIR /a\nRUN c", "WORKDIR /a\nRUN make && c"),
    "a dropped package": ("RUN apt-get install -y a b", "RUN apt-get install -y a"),
    "a lost connector": ("RUN a && b", "RUN a\nRUN true; b && c"),
    "a hidden failure": ("RUN apt-get install -y a", "RUN apt-get install -y a; rm -rf /var/lib/apt/lists/*"),
    "a failure that now counts": ("RUN a; b", "RUN a && b"),
    "a leaked directory": ("RUN cd /x && a\nRUN b", "RUN cd /x && a && b"),
    "another user": ("RUN a\nUSER u\nRUN b", "RUN a && b\nUSER u"),
    "another order": ("RUN a && b", "RUN b && a"),
    "a lost environment": ("RUN A=1 && echo_ $A", "RUN A=1; echo_ $B"),
    "an option in a quoted string": ("RUN sh -c 'pip install a'", "RUN sh -c 'pip install --force a'"),
    "an index cleared too early": (
        "RUN apt-get update && apt-get install -y a\nRUN apt-get install -y b",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y b",
    ),
    "a COPY that keeps its owner": (
        "WORKDIR /a\nRUN npm ci\nCOPY . .\nRUN chown -R u:u /a",
        "WORKDIR /a\nRUN npm ci && chown -R u:u /a\nCOPY . .",
    ),
    "a build whose files keep their owner": (
        "WORKDIR /a\nCOPY . .\nRUN npm ci\nRUN chown -R u:u /a",
        "WORKDIR /a\nCOPY --chown=u:u . .\nRUN npm ci\nRUN chown u:u /a",
    ),
    "another group": ("WORKDIR /a\nCOPY . .\nRUN chown -R u /a", "WORKDIR /a\nCOPY --chown=u:u . .\nRUN chown u /a"),
    "a file that is moved elsewhere": ("COPY a /tmp/\nRUN mv /tmp/a /b", "COPY a /c"),
    "a COPY over what a base image may have": (
        "WORKDIR /etc/n\nCOPY a.conf .\nRUN rm a.conf && b",
        "WORKDIR /etc/n\nRUN b",
    ),
    "a COPY that is read before it goes": ("COPY a.sh /\nRUN cp /a.sh /b.sh && rm /a.sh", "RUN cp /a.sh /b.sh"),
    "a lost COPY": ("COPY a /a\nRUN b", "RUN b"),
    "errexit switched off": ("RUN set -e; (a; b)", "RUN set -e; (a; b) && true"),
}

# Wrong only by what the commands need or leave: the same words run in the same order, but for what a rewrite may add.
NEEDS = {
    "apt's index": (
        "RUN apt-get update && apt-get install -y a\nRUN apt-get purge -y b",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN apt-get purge -y b",
    ),
    "apt's index, of another front end": (
        "RUN apt-get update\nRUN nala install -y a",
        "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN nala install -y a",
    ),
    "apt's downloads": (
        "RUN apt-get update && apt-get install -yd a\nRUN dpkg -i /var/cache/apt/archives/*.deb",
        "RUN apt-get update && apt-get install -yd a && apt-get clean\nRUN dpkg -i /var/cache/apt/archives/*.deb",
    ),
    "dnf's cache": (
        "RUN dnf install -y a\nRUN dnf -C install -y b",
        "RUN dnf install -y a && dnf clean all\nRUN dnf -C install -y b",
    ),
    "zypper's metadata": (
        "RUN zypper -n in a\nRUN zypper -n --no-refresh in b",
        "RUN zypper -n in a && zypper clean -a\nRUN zypper -n --no-refresh in b",
    ),
    "pacman's database": (
        "RUN pacman -Sy --noconfirm a\nRUN pacman -S --noconfirm b",
        "RUN pacman -Sy --noconfirm a && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/*\n"
        "RUN pacman -S --noconfirm b",
    ),
    "npm's cache": (
        "RUN npm ci\nRUN npm ci --offline",
        "RUN npm ci && npm cache clean --force\nRUN npm ci --offline",
    ),
    "an index that a stage copies": (
        "RUN apt-get update && apt-get install -y a\nFROM debian:12\nCOPY --from=0 / /\nRUN apt-get install -y b",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
        "FROM debian:12\nCOPY --from=0 / /\nRUN apt-get install -y b",
    ),
    "the right to clean up": (
        "USER 1000\nRUN sudo apt-get update && sudo apt-get install -y a",
        "USER 1000\nRUN sudo apt-get update && sudo apt-get install -y a && rm -rf /var/lib/apt/lists/*",
    ),
    "a user": ("COPY a.sh /\nRUN useradd u && chown u /a.sh", "COPY --chown=u:root a.sh /\nRUN useradd u"),
    "a user that a package may make": (
        "COPY a.sh /\nRUN apt-get install -y redis\nRUN chown redis:redis /a.sh",
        "COPY --chown=redis:redis a.sh /\nRUN apt-get install -y redis",
    ),
    "a mode": ("COPY a.sh /\nRUN chmod 750 /a.sh && b", "COPY --chmod=755 a.sh /\nRUN b"),
    "a mode that changes in between": (
        "COPY a.sh /x/\nRUN chmod -R 700 /x\nRUN chmod +x /x/a.sh",
        "COPY --chmod=755 a.sh /x/\nRUN chmod -R 700 /x",
    ),
    "the order of two that bring a path": (
        "COPY a.conf /tmp/a.conf\nCOPY b.conf /etc/a.conf\nRUN mv /tmp/a.conf /etc/a.conf && c",
        "COPY a.conf /etc/a.conf\nCOPY b.conf /etc/a.conf\nRUN c",
    ),
    "an archive that is read again": (
        "RUN wget http://h/a.tgz && tar xzf a.tgz && tar tzf a.tgz",
        "RUN wget http://h/a.tgz && tar xzf a.tgz && rm a.tgz && tar tzf a.tgz",
    ),
    "a link that is read": (
        "RUN wget http://h/a.tgz && ln -s /a.tgz /l.tgz && tar xzf a.tgz\nRUN cp /l.tgz /b.tgz",
        "RUN wget http://h/a.tgz && ln -s /a.tgz /l.tgz && tar xzf a.tgz && rm a.tgz\nRUN cp /l.tgz /b.tgz",
    ),
    "a file that stays": ("COPY a.sh /x.sh\nCOPY b.sh /x.sh\nRUN rm /x.sh", "COPY a.sh /x.sh\nRUN true"),
    "a folder that is there already": (
        "RUN mkdir /x && touch /x/a\nCOPY t.sh /x/t\nRUN rm -rf /x\nRUN mkdir /x",
        "RUN mkdir /x && touch /x/a\nCOPY t.sh /x/t\nRUN true\nRUN mkdir /x",
    ),
    "the owner of a folder": (
        "WORKDIR /x\nCOPY . .\nWORKDIR /x/data\nRUN chown -R 7:7 /x",
        "WORKDIR /x\nCOPY --chown=7:7 . .\nWORKDIR /x/data\nRUN chown 7:7 /x",
    ),
    "a cache that a mount hides": (
        "RUN npm ci\nRUN npm ci --offline",
        "RUN --mount=type=cache,target=/root/.npm npm ci\nRUN npm ci --offline",
    ),
}
MET = [
    (
        "RUN apt-get update && apt-get install -y a\nRUN apt-get purge -y a",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN apt-get purge -y a",
    ),
    ("RUN apk add a\nRUN apk add b", "RUN apk add --no-cache a\nRUN apk add --no-cache b"),
    ("RUN useradd u\nCOPY a.sh /\nRUN chown u:u /a.sh", "RUN useradd u\nCOPY --chown=u:u a.sh /\nRUN true"),
    (
        "RUN wget http://h/a.tgz && tar xzf a.tgz\nRUN b",
        "RUN wget http://h/a.tgz && tar xzf a.tgz && rm a.tgz\nRUN b",
    ),
    ("COPY a.sh /\nRUN npm ci\nRUN chown u /a.sh", "COPY --chown=u:root a.sh /\nRUN npm ci\nRUN true"),
    (
        "USER 1000\nRUN sudo apt-get update && sudo apt-get install -y a",
        "USER 1000\nRUN sudo apt-get update && sudo apt-get install -y a && sudo rm -rf /var/lib/apt/lists/*",
    ),
]


@pytest.mark.parametrize("name", NEEDS)
def test_knows_what_a_command_needs(root: Path, name: str) -> None:
    texts = [f"FROM debian:12\n{text}\n".encode() for text in NEEDS[name]]
    functions = bench_trace.prepare(root, (texts[0], texts[1]))
    before, after = (bench_trace.trace(root, functions, bench_trace.program(text)) for text in texts)
    assert bench_trace.compare(before, after, piped=False)
    assert explain.needs(before, after, explain.NOTHING)
    assert not explain.needs(before, before, explain.NOTHING)


@pytest.mark.parametrize(("before", "after"), MET)
def test_knows_when_a_need_is_met(root: Path, before: str, after: str) -> None:
    declared = explain.Declared(removes=("/**/a.tgz",))
    assert unexplained(root, before.replace("RUN true", ""), after.replace("\nRUN true", ""), declared) == []


@pytest.mark.parametrize(("before", "after"), GOOD)
def test_explains(root: Path, before: str, after: str) -> None:
    assert unexplained(root, before, after) == []


@pytest.mark.parametrize("name", WRONG)
def test_catches(root: Path, name: str) -> None:
    assert unexplained(root, *WRONG[name])


def test_a_script_reaches_nothing_outside(root: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("alive")
    texts = (f"FROM a\nRUN echo x > {victim}; rm -rf {victim}; kill -9 -1; builtin kill -9 -1\n".encode(),)
    bench_trace.trace(root, bench_trace.prepare(root, texts), bench_trace.program(texts[0]))
    assert victim.read_text() == "alive"
