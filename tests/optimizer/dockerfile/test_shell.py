from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.shell import Script, keep_scripts, read_script


def script(text: str) -> Script:
    found = read_script(Document.parse(f"FROM a\nRUN {text}\n".encode()).instructions[1])
    assert found is not None
    return found


def test_offsets_are_offsets_into_the_source() -> None:
    text = b"FROM a\nRUN x && \\\n# c\n\n  apt-get install 'y z'\n"
    found = read_script(Document.parse(text).instructions[1])
    assert found is not None
    command = found.commands[1]
    assert text[command.start : command.end] == b"apt-get install 'y z'"
    assert [word.value for word in command.words] == ["apt-get", "install", "y z"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("a && b || c; d", [b"", b"&&", b"||", b";"]),
        ("a && b > x 2>&1 && c", [b"", b"&&", b"&&"]),
        ("a && b | c > x", [b"", b"&&"]),
        ("a; if b; then c; fi && ( d; e )", [b"", b";", b"&&"]),
    ],
)
def test_units(text: str, units: list[bytes]) -> None:
    found = script(text)
    assert found.opaque is None
    assert [unit.connector for unit in found.units] == units


def test_a_redirection_belongs_to_the_last_command_alone() -> None:
    text = "a && b > x"
    found = script(text)
    assert [text.encode()[unit.start - 11 : unit.end - 11] for unit in found.units] == [b"a", b"b > x"]


@pytest.mark.parametrize(
    ("text", "name", "guards"),
    [
        ("if x; then apt-get install y; fi", "apt-get", ("if_statement",)),
        ("x || apt-get install y", "apt-get", ()),
        ("(apt-get install y)", "apt-get", ("subshell",)),
        ("x | apt-get install y", "apt-get", ("pipeline",)),
        ("echo $(apt-get install y)", "apt-get", ("word", "command_substitution")),
        ("for i in 1; do apt-get install y; done", "apt-get", ("for_statement",)),
    ],
)
def test_guards(text: str, name: str, guards: tuple[str, ...]) -> None:
    (command,) = [item for item in script(text).commands if item.name == name]
    assert command.guards == guards


@pytest.mark.parametrize(
    ("text", "name", "wrappers"),
    [
        ("sudo -E apt-get install y", "apt-get", 2),
        ("sudo -u root -H pip install y", "pip", 4),
        ("env A=b C=d pip install y", "pip", 3),
        ("A=b time pip install y", "pip", 1),
        ("nice -n 5 timeout 10 /usr/bin/pip3.11 install y", "pip3.11", 5),
        ("sudo $X pip install y", "sudo", 0),
        ("$X install y", "", 0),
        ("'apt-get' install y", "apt-get", 0),
    ],
)
def test_wrappers(text: str, name: str, wrappers: int) -> None:
    command = script(text).commands[0]
    assert (command.name, len(command.wrappers)) == (name, wrappers)


@pytest.mark.parametrize(
    "text", ['x "unclosed', "a & b", "(a &) && b", "{ a & } && b", "b $(a & c)", "hel\\\nlo", "x |", "{{ template }} ("]
)
def test_opaque(text: str) -> None:
    assert script(text).opaque


@pytest.mark.parametrize("text", ["a && b", "a 2>&1", "a &> f", "a |& b", "a >& f", "a '&' b", r"a \& b", "a 'b & c'"])
def test_nothing_runs_in_the_background(text: str) -> None:
    assert not script(text).opaque


@pytest.mark.parametrize(
    "text",
    [
        "RUN <<EOF python3\nprint(1)\nEOF", "RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF", "RUN cat <<EOF > /x\na\nEOF",
        "RUN <<A <<B\na\nA\nb\nB", "RUN python3 <<EOF\nx\nEOF",
    ],
)  # fmt: skip
def test_heredocs_that_are_no_shell_script(text: str) -> None:
    found = read_script(Document.parse(f"FROM a\n{text}\n".encode()).instructions[1])
    assert found is not None
    assert found.opaque


@pytest.mark.parametrize(
    "text", ["RUN <<EOF\na && b\nEOF", "RUN <<'EOF'\n#!/bin/bash\na\nb\nEOF", "RUN <<-EOF\n\ta\n\tb\n\tEOF"]
)
def test_heredocs_that_are_scripts(text: str) -> None:
    found = read_script(Document.parse(f"FROM a\n{text}\n".encode()).instructions[1])
    assert found is not None
    assert (found.opaque, len(found.commands)) == (None, 2)


@pytest.mark.parametrize("text", ['RUN ["a", "b"]', "COPY a b", "ONBUILD RUN a", "CMD a"])
def test_no_script(text: str) -> None:
    assert read_script(Document.parse(f"FROM a\n{text}\n".encode()).instructions[1]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", False), ("set -e; a", True), ("set -ex && a", True), ("set -o errexit; a", True), ("set -x; a", False),
        ("set -e; set +e; a", None), ("if x; then set -e; fi", None), ("set $FLAGS; a", None), ("set -o pipefail; a", False),
    ],
)  # fmt: skip
def test_errexit(text: str, expected: bool | None) -> None:
    assert script(text).errexit() is expected


def test_what_a_place_is_in() -> None:
    found = script("a && (b; c) || d")
    at = {command.name: command for command in found.commands}
    assert [found.unit_at(at[name].start) for name in "abcd"] == [0, 1, 1, 2]
    assert found.unit_at(at["b"].start - 2) is None
    assert found.unit_of(at["a"]) == found.units[0]
    assert found.unit_of(at["b"]) is None
    assert found.commands_between(at["b"].start, at["d"].start) == (at["b"], at["c"])


@pytest.mark.parametrize(("text", "last"), [("a && b", 0), ("a; b && c", 1), ("a || b; c", 2), ("a", 0)])
def test_the_last_break(text: str, last: int) -> None:
    assert script(text).last_break == last


@pytest.mark.parametrize("depth", [50, 200])
def test_what_is_nested_too_deep_is_opaque(depth: int) -> None:
    found = script("if a; then " * depth + "b" + "; fi" * depth)
    assert found.opaque == (None if depth == 50 else "its commands are nested too deep")
    assert script("a " + "$(b " * depth + ")" * depth).opaque == found.opaque


def test_a_word_with_a_continuation_in_it_has_no_value() -> None:
    found = script("a 'b  c' \\\n  'd \\\n  e' 'f  g'")
    assert [word.value for word in found.commands[0].words] == ["a", "b  c", None, "f  g"]


@pytest.mark.parametrize("word", ["a/$V/b-$V.gz", "a-${V}-$W.gz", "/d/$A/b-$B.c-$D.e", '"$A"-x-$B.z'])
def test_a_word_of_several_variables_is_one(word: str) -> None:
    found = script(f"tar {word} x > {word} && rm {word}")
    assert [[one.raw.decode() for one in command.words] for command in found.commands] == [
        ["tar", word, "x"],
        ["rm", word],
    ]
    assert [one.value for one in found.commands[1].words] == ["rm", None]
    assert [one.target.raw.decode() for one in found.commands[0].redirections] == [word]


def test_what_stands_behind_the_target_of_a_redirection_is_no_target() -> None:
    found = script("echo >/etc/f 'some text' 2>&1 more")
    assert [one.target.raw for one in found.commands[0].redirections] == [b"/etc/f", b"1"]


def test_lists_in_lists_keep_their_order() -> None:
    found = script("a && b >c || d && e 2>f; g")
    assert [command.name for command in found.commands] == list("abdeg")
    text = found.instruction.source.data
    assert [text[unit.start : unit.end] for unit in found.units] == [b"a", b"b >c", b"d", b"e 2>f", b"g"]


@pytest.mark.parametrize("text", ["a", "a && b; c > f", "! a", "A=b c", "export A=b"])
def test_a_list_of_simple_commands_is_plain(text: str) -> None:
    assert script(text).is_plain


@pytest.mark.parametrize(
    "text",
    [
        "(a)",
        "{ a; }",
        "if [ -e f ]; then a; fi",
        "for i in a; do b; done",
        "f() { a; }",
        "a | b && A=c",
        "a $(b)",
        "[ -e f ]",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert not script(text).is_plain


@given(
    st.lists(
        st.sampled_from(["RUN a > b && c 'd e' \\\n # x\n ; f", "RUN <<E\ng; h >> i\nE", "COPY a b", "RUN ! j || k"])
    )
)
def test_a_script_that_is_kept_is_the_one_that_would_be_read(lines: list[str]) -> None:
    def shown(document: Document) -> list[object]:
        scripts = [read_script(instruction) for instruction in document.instructions]
        return [
            (
                one.start,
                one.end,
                one.units,
                one.comments,
                [(c.start, c.end, c.words, c.wrappers, c.redirections) for c in one.commands],
            )
            for one in scripts
            if one
        ]

    before = Document.parse(("FROM a\n" + "".join(f"{line}\n" for line in lines)).encode())
    shown(before)
    text = ("FROM aaa\nRUN new\n" + "".join(f"{line}\n" for line in lines)).encode()
    after, fresh = Document.parse(text), Document.parse(text)
    keep_scripts(before, after)
    assert shown(after) == shown(fresh)
