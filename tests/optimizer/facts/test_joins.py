"""Which RUNs may become one: what would cross from the first to the second."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.joins import may_join
from dfopt.optimizer.facts.stages import Facts


def reason(first: str, second: str, base: str = "debian:12") -> str | None:
    runs = Facts(Document.parse(f"FROM {base}\nRUN {first}\nRUN {second}\n".encode())).stages[0].runs
    return may_join(runs[0], runs[1])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("make", "make install"),
        ("curl -o /t http://e.org/t", "chmod +x /t"),
        ("./configure && ./unknown", "rm -rf /x"),  # nothing that could meet what goes on running
        ("apt-get update && apt-get install -y a", "apt-get install -y b"),
        ("cd /x && make", "cd /y && make"),
        ("cd /x && make", "rm /y"),
        ("set -eux; make", "make install"),
        ("set -eo pipefail && make", "make a || make b"),
        ("set -o errexit; make", "make $A"),
        ("(cd /x && A=b)", "make"),
        ("cd /x", "rm y"),
        ("apt-get purge -y a", "apt-get purge -y b"),
        ("ln -s /a /b", "chmod 1 /a"),
        ("A=b make", "echo $A"),
        ("gpg --import k", "rm k"),
        ("make test", "./run"),
        ("gradle --no-daemon build", "rm -rf /x"),
        ("git clone http://e.org/start", "git clone http://e.org/b"),
        # It has no other name.
        ("tar xf /a.tgz -C /opt && mkdir /data", "chown 1 /data"),
        ("tar xf /a.tgz && curl -o /b http://e.org/b", "chmod 1 /b"),
        ("tar xf /a.tgz", "cp /b /c && chmod 1 /c"),
        ("tar xf /a.tgz && echo a > /b", "chmod 1 /b"),
        ("tar xf /a.tgz -C /opt", "rm /opt/a"),
        # The same program is found again.
        ("pip install a", "pip install b"),
        ("apt-get update && apt-get install -y apt", "apt-get install -y b"),
        ("make && make install", "make"),
        ("curl -o /x http://e.org/curl", "curl -o /y http://e.org/y"),
    ],
)
def test_may(first: str, second: str) -> None:
    assert reason(first, second) is None


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("{ A=b; }", "echo $A", "`A=` in the first would reach the second"),
        ("while x; do A=b; done", "echo $A", "`A=` in the first would reach the second"),
        ("printf -v A b", "echo $A", "`printf` in the first would reach the second"),
        ("builtin cd /x", "rm y", "`cd` in the first would reach the second"),
        ("service nginx start", "rm /x", "`service` in the first may leave something running"),
        ("nohup make", "rm /x", "`make` in the first may leave something running"),
        ("dnsmasq --port 5399", "rm /x", "`dnsmasq` in the first may leave something running"),
        ("./serve", "./serve", "`serve` in the first may leave something running"),
        (
            "apt-get install -y cmake && cmake . && pip install cmake && apt-get purge -y cmake",
            "cmake .",
            "the shell of the first would remember where `cmake` was",
        ),
        ("make start-db", "./unknown", "`make` in the first may leave something running"),
        ("npm run serve", "npm run serve", "`npm` in the first may leave something running"),
        ("git daemon --detach", "git daemon --detach", "`git` in the first may leave something running"),
        ("gpg --recv-keys 1", "gpg --recv-keys 2", "`gpg` in the first may leave something running"),
        ("./gradlew build", "rm -rf /root/.gradle", "`gradlew` in the first may leave something running"),
        ("python a.py && ./setup", "python b.py", "the shell of the first would remember where `python` was"),
        ("pip -V && pip install -U pip", "pip install a", "the shell of the first would remember where `pip` was"),
        ("npm i a && npm install -g npm@6", "npm i b", "the shell of the first would remember where `npm` was"),
        (
            "curl -O http://e.org/a && tar xf curl-7.80.0.tgz && make install",
            "curl -o /x http://e.org/x",
            "the shell of the first would remember where `curl` was",
        ),
        ("true", "echo $?", "`$?` in the second would tell of the first"),
        (
            "tar xf /a.tgz -C /opt",
            "chmod 1 /opt/a",
            "a change of one hard link is one of all, until a layer comes between",
        ),
        ("./setup", "chown -R 1 /srv", "a change of one hard link is one of all, until a layer comes between"),
        (
            "tar xf /a.tgz && cp /b /c",
            "chmod 1 /b",
            "a change of one hard link is one of all, until a layer comes between",
        ),
        ("ln /a /b", "echo c >> /a", "a change of one hard link is one of all, until a layer comes between"),
        ("ln /a /b", "chmod 1 /a", "a change of one hard link is one of all, until a layer comes between"),
        ("cp -al /a /b", "sed -i s/x/y/ /a/f", "a change of one hard link is one of all, until a layer comes between"),
    ],
)
def test_may_not(first: str, second: str, why: str) -> None:
    assert reason(first, second) == why


_ANEW = "the second reads a start-up file first, which the first may have changed"


@pytest.mark.parametrize(
    "first",
    [
        "nvm use 12",
        "curl http://e.org/install.sh | bash",
        "echo 'export A=b' >> ~/.bashrc",
        "apt-get install -y modules",
    ],
)
@pytest.mark.parametrize("shell", ['["/bin/bash", "-lc"]', '["bash", "--login", "-c"]', '["bash", "-i", "-c"]'])
def test_a_shell_that_reads_a_start_up_file(shell: str, first: str) -> None:
    text = "FROM debian:12\nSHELL {}\nRUN {}\nRUN node -v\n"
    runs = Facts(Document.parse(text.format(shell, first).encode())).stages[0].runs
    assert may_join(*runs) == _ANEW
    runs = Facts(Document.parse(text.format('["bash", "-ec"]', first).encode())).stages[0].runs
    assert may_join(*runs) is None
    runs = Facts(Document.parse(text.format(shell, "mkdir /srv/app").encode())).stages[0].runs
    assert may_join(*runs) is None


def test_bash_reads_a_file_that_the_environment_names() -> None:
    text = b"FROM debian:12\nENV BASH_ENV=/etc/functions\nRUN load gcc\nRUN make\n"
    assert may_join(*Facts(Document.parse(text)).stages[0].runs) == _ANEW


@pytest.mark.parametrize(
    ("first", "what"),
    [
        ("echo 1.2.3.4 deb.debian.org >> /etc/hosts", "/etc/hosts"),
        ("sed -i s/a/b/ /etc/resolv.conf", "/etc/resolv.conf"),
        ("touch /dev/shm/a", "/dev/shm"),
        ("mknod /dev/fuse c 10 229", "/dev/fuse"),
        ("mount -t tmpfs none /tmp", "mount -"),
        ("sysctl -w kernel.x=1", "sysctl -"),
        ("echo 5 > /proc/self/oom_score_adj", "/proc/self"),
    ],
)
def test_what_the_builder_takes_away(first: str, what: str) -> None:
    assert reason(first, "make") == f"what the first does to {what} is gone when the second begins"


@pytest.mark.parametrize(
    "first", ["make > /dev/null", "cat /dev/urandom > /a", "pip install a", "a 2>/dev/stderr", "df"]
)
def test_what_stays(first: str) -> None:
    assert reason(first, "rm /b") is None


@pytest.mark.parametrize(
    ("head", "second"),
    [
        ("FROM a/b", "rm y"),  # where it begins
        ("FROM debian:12\nWORKDIR /srv\nUSER app", "rm y"),  # who may not go there
        ("FROM debian:12\nWORKDIR /srv", "cd .. && rm y"),
        ("FROM debian:12\nWORKDIR /srv", "make -C $(pwd)"),
        ("FROM debian:12\nWORKDIR '/a b'", "rm y"),
        ("FROM debian:12", "cd $HOME/x && rm y"),
        ("FROM debian:12", "cd - && rm y"),
        ("FROM debian:12", "dirs && rm y"),
    ],
)
def test_no_way_back(head: str, second: str) -> None:
    runs = Facts(Document.parse(f"{head}\nRUN cd /x && make\nRUN {second}\n".encode())).stages[0].runs
    assert may_join(*runs) == "`cd` in the first would reach the second"


@pytest.mark.parametrize(
    ("head", "second"),
    [
        ("FROM debian:12\nUSER app", "rm y"),
        ("FROM debian:12\nWORKDIR /srv", "make"),
        ("FROM debian:12\nENV D=/srv", "cd $D/x && rm y"),
        ("FROM a/b\nWORKDIR /srv\nUSER root", "cd y && make"),
    ],
)
def test_a_way_back(head: str, second: str) -> None:
    runs = Facts(Document.parse(f"{head}\nRUN cd /x && make\nRUN {second}\n".encode())).stages[0].runs
    assert may_join(*runs) is None
