"""What is read without the parser is what the parser makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile import shell
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.shell import Script, read_script


def script(code: str) -> Script:
    read = read_script(Document.parse(f"FROM debian\nRUN {code}\n".encode()).instructions[-1])
    assert read is not None
    return read


def _nothing(*_: object) -> None:
    return None


def parsed(code: str) -> Script:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shell, "read_plain", _nothing)
        return script(code)


def said(one: Script) -> object:
    commands = [
        (each.start, each.end, each.words, each.argv, each.name, each.assignments, each.guards, each.redirections)
        for each in one.commands
    ]
    return one.opaque, one.units, commands, one.trailer, one.comments, one.state_changes, one.remembered


WORDS = (
    "apt-get install -y curl rm -rf /var/lib/apt/lists/* cd /app pip set -e make CC=gcc A=b if then fi for in do done "
    "case esac time ! export unset local builtin command printf -v -- - * 2 1 : . source env sudo [ ] & && ; || exec "
    "function declare read test +x @ % =a , ./run.sh"
).split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
def test_as_the_parser_does(code: str) -> None:
    plain = shell.read_plain(code.encode(), 0)
    if plain is not None:
        assert said(script(code)) == said(parsed(code))


@pytest.mark.parametrize(
    "code",
    [
        "make",
        "apt-get update && apt-get install -y curl;",
        "cd /app; ./configure --prefix=/usr && make -j4",
        "command -p cd /x",
        "builtin printf -v a b && set -eux",
        "rm -rf /var/lib/apt/lists/* \\\n    /tmp/*",
    ],
)
def test_needs_no_parser(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = said(parsed(code))
    monkeypatch.setattr("dfopt.optimizer.dockerfile.syntax_tree.load_parser", None)
    assert said(script(code)) == expected


@pytest.mark.parametrize(
    "code",
    [
        "a 'b'",
        "a $B",
        "A=b c",
        "a || b",
        "a & b",
        "a > b",
        "( a )",
        "if a; then b; fi",
        "a;;b",
        "&& a",
        "a &&",
        "a # b",
    ],
)
def test_needs_the_parser(code: str) -> None:
    assert shell.read_plain(code.encode(), 0) is None
