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
        ("(cd /x && A=b)", "make"),
        ("apt-get purge -y a", "apt-get purge -y b"),
        ("ln -s /a /b", "chmod 1 /a"),
        ("A=b make", "echo $A"),
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
        ("cd /x", "rm y", "`cd` in the first would reach the second"),
        ("service nginx start", "rm /x", "`service` in the first may leave something running"),
        ("nohup make", "rm /x", "`make` in the first may leave something running"),
        ("dnsmasq --port 5399", "rm /x", "`dnsmasq` in the first may leave something running"),
        ("./serve", "./serve", "`serve` in the first may leave something running"),
        (
            "apt-get install -y cmake && cmake . && pip install cmake && apt-get purge -y cmake",
            "cmake .",
            "the shell of the first would remember where `cmake` was",
        ),
        ("ln /a /b", "chmod 1 /a", "a change of one hard link is one of all, until a layer comes between"),
        ("cp -al /a /b", "sed -i s/x/y/ /a/f", "a change of one hard link is one of all, until a layer comes between"),
    ],
)
def test_may_not(first: str, second: str, why: str) -> None:
    assert reason(first, second) == why
