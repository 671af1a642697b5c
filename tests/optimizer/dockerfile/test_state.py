"""What a script leaves in its shell, and what it redirects."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.shell import Script, read_script


def script(text: str) -> Script:
    found = read_script(Document.parse(f"FROM x\nRUN {text}\n".encode()).instructions[1])
    assert found is not None
    assert not found.opaque
    return found


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("cd /x && make", ("cd",)),
        ("builtin cd /x", ("cd",)),
        ("command -p cd /x", ("cd",)),
        ("export A=b", ("export", "A=")),
        ("A=b", ("A=",)),
        ("A=b && c", ("A=",)),
        ("{ A=b; c; }", ("A=",)),
        ("if a; then B=c; fi", ("B=",)),
        ("while a; do B=c; done", ("B=",)),
        ("case x in y) A=b;; esac", ("A=",)),
        ("for i in a b; do c; done", ("for",)),
        ("echo ${A:=b}", ("${A:=b}",)),
        ("echo $((A=1))", ("$((A=1))",)),
        ("echo $((A++))", ("$((A++))",)),
        ("(( A = 1 ))", ("((",)),
        ("printf -v A b", ("printf",)),
        ("printf '-v' A b", ("printf",)),
        ('printf "$OPTION" A b', ("printf",)),
        ("\\cd /x", ("cd",)),
        ('c"d" /x', ("cd",)),
        ("time cd /x", ("cd",)),
        ("echo ${A[B=1]}", ("A[B=1]",)),
        ("[[ A=1 -eq 1 ]]", ("[[",)),
        ("echo {A}> /f", (">",)),
        ("f() { a; }", ("f()",)),
        ("$TOOL install", ("$TOOL",)),
        ("umask 077 && set -e", ("umask", "set")),
        # What is gone when its process ends, or never was of the shell.
        ("A=b make", ()),
        ("(cd /x && A=b)", ()),
        ("a=1 b | read c", ()),
        ("echo $(cd /x; pwd)", ()),
        ("$HOME/bin/tool", ()),
        ("echo $((1 + 2 * 3)) ${A:-b}", ()),
        ("[ $((A + 1)) -gt 2 ]", ()),
        ("a && b || c", ()),
        ("printf '%s -v' a", ()),
        ("[[ $A = b && 1 -eq 1 ]]", ()),
        ("echo ${A[1]}", ()),
        ("mv a.{b,c} /d > /e", ()),
    ],
)
def test_state_changes(text: str, changes: tuple[str, ...]) -> None:
    assert script(text).state_changes == changes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > f", {"a": [(">", b"f")]}),
        ("a 2>&1 >> f && b", {"a": [(">&", b"1"), (">>", b"f")], "b": []}),
        ("a && b > f", {"a": [], "b": [(">", b"f")]}),
        ("{ a; b; } > f", {"a": [(">", b"f")], "b": [(">", b"f")]}),
        ("if a; then b; fi < f", {"a": [("<", b"f")], "b": [("<", b"f")]}),
        ("a | b > f", {"a": [], "b": [(">", b"f")]}),
        ('a <<< "x"', {"a": [("<<<", b'"x"')]}),
        ("a '>' f", {"a": []}),
    ],
)
def test_redirections(text: str, expected: dict[str, list[tuple[str, bytes]]]) -> None:
    found = {c.name: [(one.operator, one.target.raw) for one in c.redirections] for c in script(text).commands}
    assert found == expected


@pytest.mark.parametrize(
    ("text", "writes"),
    [("a > f", True), ("a >> f", True), ("a &> f", True), ("a 2>&1", False), ("a < f", False), ("a '>' f", False)],
)
def test_what_writes_files(text: str, writes: bool) -> None:
    assert script(text).writes_files is writes


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("find / -name x -exec chmod 644 {} + -exec rm {} ';'", [b"chmod 644", b"rm"]),
        (r"find . -exec sh -c 'x' \;", [b"sh -c 'x'"]),
        ("xargs -n 1 -I {} rm -f {}", [b"rm -f"]),
        ("xargs", []),
        ("find / -delete", []),
        ("echo -exec rm", []),
    ],
)
def test_commands_that_commands_start(text: str, started: list[bytes]) -> None:
    (command,) = script(text).commands
    assert [one.normal for one in command.started()] == started


def test_operands_and_options() -> None:
    (command,) = script("cp -a --target-directory=/x -S .bak one -- -two").commands
    assert [word.raw for word in command.operands({"-S"})] == [b"one", b"-two"]
    assert command.has_option("a")
    assert command.has_option("target-directory")
    assert not command.has_option("two", "w")


@pytest.mark.parametrize("text", ["chmod -x /a /b", "chmod -v /a -x /b", "chmod -R -x -- /a /b", "/bin/chmod /a /b -x"])
def test_a_mode_is_no_option(text: str) -> None:
    (command,) = script(text).commands
    assert [word.raw for word in command.operands({"-x"})] == [b"-x", b"/a", b"/b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo $?", "$?"),
        ('a && echo "$_"', "$_"),
        ("kill $!", "$!"),
        ("cd $OLDPWD", "$OLDPWD"),
        ("echo ${PIPESTATUS[0]}", "$PIPESTATUS"),
        ("echo $SECONDS $LINENO", "$SECONDS"),
        ("echo $HOME $1 $# $$ '$?'", ""),
        ("echo a", ""),
    ],
)
def test_what_a_script_asks_of_its_shell(text: str, expected: str) -> None:
    assert script(text).remembered == expected
