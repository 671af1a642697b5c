"""The builders against real shells: what is appended, prepended or joined must not change what fails."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.edits import EditSet
from dfopt.optimizer.facts.stages import Facts, Run
from dfopt.optimizer.fixes.joining import join_runs
from dfopt.optimizer.fixes.scripts import Refusal, append_commands, delete_run, insert_behind, prepend_command
from dfopt.optimizer.rules.finding import Fix

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
# Each command says its name and succeeds (yes) or fails (no).
PRELUDE = "exec 3>&1; say() { echo $1 >&3; }; yes() { say $1; }; no() { say $1; false; }; "


def runs(text: str) -> tuple[Document, list[Run]]:
    document = Document.parse(text.encode())
    return document, [run for stage in Facts(document).stages for run in stage.runs]


def applied(document: Document, fix: Fix) -> list[str]:
    """The scripts of the document's RUNs once `fix` is made."""
    after = Document.parse(EditSet(fix.edits).apply(document.source.data))
    return [item.code[4:].decode() for item in after.instructions if item.keyword == "RUN"]


def trace(shell: str, script: str) -> tuple[bool, list[str]]:
    """Whether the script succeeds, and the names it said."""
    done = subprocess.run([shell, "-c", PRELUDE + script], capture_output=True, text=True, timeout=10, check=False)
    assert "yntax" not in done.stderr, script
    return done.returncode == 0, done.stdout.split()


def simple() -> st.SearchStrategy[str]:
    return st.builds(lambda name, word: f"{name} {word}", st.sampled_from(("yes", "no")), st.sampled_from("abcdef"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.builds(
        lambda first, rest: first + "".join(rest),
        inner,
        st.lists(
            st.builds(lambda sign, item: sign + item, st.sampled_from((" && ", " && ", " || ", "; ")), inner),
            max_size=3,
        ),
    )
    return st.one_of(
        joined,
        st.builds("( {} )".format, joined),
        st.builds("{{ {}; }}".format, joined),
        st.builds("if {}; then {}; fi".format, inner, joined),
        st.builds("for i in 1 2; do {}; done".format, joined),
        st.builds("! {}".format, simple()),
        st.builds("{} | cat".format, inner),
    )


SCRIPTS: st.SearchStrategy[str] = st.builds(
    lambda head, body: head + body,
    st.sampled_from(("", "", "set -e; ", "set -ex; ", "set -e && ")),
    st.recursive(simple(), compound, max_leaves=8),
)


# Commands and compounds in one list, with and without `set -e`.
FLAT: st.SearchStrategy[str] = st.builds(
    lambda head, first, rest: head + first + "".join(rest),
    st.sampled_from(("", "set -e; ", "set -e && ")),
    simple(),
    st.lists(
        st.builds(
            lambda sign, item: sign + item,
            st.sampled_from((" && ", "; ", " || ")),
            st.one_of(simple(), simple(), st.builds("( {} )".format, simple()), st.builds("! {}".format, simple())),
        ),
        min_size=1,
        max_size=4,
    ),
)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=150, deadline=None)
@given(script=SCRIPTS)
def test_append_keeps_the_status(shell: str, script: str) -> None:
    document, (run,) = runs(f"FROM a\nRUN {script}\n")
    if run.script is None:
        return
    try:
        fix = append_commands(run, [b"yes z"])
    except Refusal:
        return
    (after,) = applied(document, fix)
    succeeded, said = trace(shell, script)
    now, says = trace(shell, after)
    assert now == succeeded, after
    assert [word for word in says if word != "z"] == said, after
    assert not succeeded or says[-1] == "z"


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=150, deadline=None)
@given(script=FLAT, number=st.integers(0, 3))
def test_what_is_put_behind_a_command_keeps_the_status(shell: str, script: str, number: int) -> None:
    document, (run,) = runs(f"FROM a\nRUN {script}\n")
    assert run.script
    plain = [command for command in run.script.commands if not command.guards and command.name in ("yes", "no")]
    if not plain:
        return
    try:
        fix = insert_behind(run, plain[number % len(plain)], b"yes z")
    except Refusal:
        return
    (after,) = applied(document, fix)
    succeeded, said = trace(shell, script)
    now, says = trace(shell, after)
    assert now == succeeded, after
    assert [word for word in says if word != "z"] == said, after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN a && b", "RUN a && z && b"),
        ("RUN a; b", "RUN a && z; b"),
        ("RUN a \\\n  && b", "RUN a \\\n  && z \\\n  && b"),
        ("RUN a && \\\n\tb && c", "RUN a && \\\n\tz && \\\n\tb && c"),
        ("RUN a && b \\\n  && c", "RUN a && z && b \\\n  && c"),
        ("RUN set -e; a; b", "RUN set -e; a; z; b"),
        ("RUN <<EOF\nset -e\na\nb\nEOF\n", "RUN <<EOF\nset -e\na\nz\nb\nEOF\n"),
    ],
)
def test_put_behind_in_the_neighbours_style(before: str, after: str) -> None:
    document, (run,) = runs("FROM x\n" + before)
    assert run.script
    command = next(command for command in run.script.commands if command.name == "a")
    edits = insert_behind(run, command, b"z").edits
    assert EditSet(edits).apply(document.source.data).decode() == "FROM x\n" + after


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=150, deadline=None)
@given(first=SCRIPTS, second=SCRIPTS)
def test_joined_runs_stop_where_two_runs_stop(shell: str, first: str, second: str) -> None:
    document, both = runs(f"FROM a\nRUN {first}\n# why\nRUN {second}\n")
    if any(run.script is None for run in both):
        return
    try:
        fix = join_runs(document, both)
    except Refusal:
        return
    (after,) = applied(document, fix)
    succeeded, said = trace(shell, first)
    if succeeded:
        succeeded, more = trace(shell, second)
        said += more
    assert trace(shell, after) == (succeeded, said), after


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=100, deadline=None)
@given(first=simple(), script=SCRIPTS)
def test_prepended_command_fails_the_run(shell: str, first: str, script: str) -> None:
    document, (run,) = runs(f"FROM a\nRUN {script}\n")
    if run.script is None:
        return
    try:
        fix = prepend_command(run, first.encode())
    except Refusal:
        return
    (after,) = applied(document, fix)
    succeeded, said = trace(shell, first)
    if succeeded:
        succeeded, more = trace(shell, script)
        said += more
    assert trace(shell, after) == (succeeded, said), after


def append(text: str, command: str = "clean") -> str:
    document, found = runs(text)
    return EditSet(append_commands(found[-1], [command.encode()]).edits).apply(document.source.data).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN a && b", "RUN a && b && clean"),
        ("RUN a \\\n    && b", "RUN a \\\n    && b \\\n    && clean"),
        ("RUN a && \\\n\tb", "RUN a && \\\n\tb && \\\n\tclean"),
        ("RUN a && \\\r\n  b\r\n", "RUN a && \\\r\n  b && \\\r\n  clean\r\n"),
        ("RUN a x \\\n      y \\\n", "RUN a x \\\n      y \\\n      && clean \\\n"),
        ("RUN set -e; \\\n  a; \\\n  b", "RUN set -e; \\\n  a; \\\n  b; \\\n  clean"),
        ("RUN set -e; a; for i in 1; do b; done", "RUN set -e; a; for i in 1; do b; done; clean"),
        ("RUN a; b;", "RUN a; b && clean;"),
        ("RUN a; for i in 1; do b; done", "RUN a; for i in 1; do b; done && clean"),
        ("RUN a > x 2>&1", "RUN a > x 2>&1 && clean"),
        ("RUN a && \\\n# why\n  b", "RUN a && \\\n# why\n  b && \\\n  clean"),
        ("RUN <<EOF\na\nb\nEOF\n", "RUN <<EOF\na\nb && clean\nEOF\n"),
        ("RUN <<EOF\nset -e\na\nb\nEOF\n", "RUN <<EOF\nset -e\na\nb\nclean\nEOF\n"),
        ("RUN <<-EOF\n\tset -e\n\ta\n\tEOF\n", "RUN <<-EOF\n\tset -e\n\ta\n\tclean\n\tEOF\n"),
        ("RUN <<EOF\n#!/bin/bash -e\na\nb\nEOF\n", "RUN <<EOF\n#!/bin/bash -e\na\nb\nclean\nEOF\n"),
        ('SHELL ["/bin/bash", "-e", "-c"]\nRUN a; b', 'SHELL ["/bin/bash", "-e", "-c"]\nRUN a; b; clean'),
        ("RUN " + "a" * 95, "RUN " + "a" * 95 + " \\\n    && clean"),
    ],
)
def test_append_style(before: str, after: str) -> None:
    assert append("FROM x\n" + before) == "FROM x\n" + after


def test_append_with_another_escape() -> None:
    assert append("# escape=`\nFROM x\nRUN a `\n  && b\n") == "# escape=`\nFROM x\nRUN a `\n  && b `\n  && clean\n"


@pytest.mark.parametrize(
    "script",
    [
        "a || true", "a && b || c", "exec a", "a; exit 0", "a & b", "a # note", "a &", "set -e; a && (b; c)", "set +e; a",
        "if x; then set -e; fi; a", "trap 'x' EXIT; a", 'RUN "unclosed', "f() { a; }; set -e; f",
        "hel\\\nlo && a",
    ],
)  # fmt: skip
def test_append_refuses(script: str) -> None:
    _, (run,) = runs(f"FROM x\nRUN {script}\n")
    with pytest.raises(Refusal):
        append_commands(run, [b"clean"])


@pytest.mark.parametrize(
    "text",
    [
        "RUN cd /x\nRUN b", "RUN cd /x && a\nRUN rm /y\nRUN chmod 755 z", "RUN cd /x && a\nRUN rm y", "RUN cd /x\nRUN rm /y > z",
        "RUN service mysql start && a\nRUN b", "RUN /etc/init.d/x start\nRUN b", "RUN pg_ctl start\nRUN b",
        "RUN pushd /x\nRUN cd y && b", "RUN cd /x\nRUN apt-get install ./y.deb", "RUN --mount=type=cache,target=/c a\nRUN b",
        "RUN --mount=type=bind,source=a,target=/tmp/a b\nRUN rm -rf /tmp/*", "RUN export A=b\nRUN b", "RUN A=b\nRUN c", "RUN set -x && a\nRUN b", "RUN umask 077 && a\nRUN b",
        "RUN . ./env && a\nRUN b", "RUN a\nRUN b; c", "RUN a || true\nRUN b", "RUN a &\nRUN b", "RUN a\nENV A=b\nRUN b",
        "RUN --mount=type=cache,target=/x a\nRUN b", "RUN --network=none a\nRUN --network=none b", "RUN a\nRUN <<EOF\nb\nEOF",
        'RUN a\nSHELL ["bash", "-c"]\nRUN b', "RUN a\n# hadolint ignore=DL3008\nRUN b", "RUN a # note\nRUN b",
        'RUN ["a"]\nRUN b', "RUN a\nFROM y\nRUN b", "RUN f() { a; }\nRUN b", "RUN a;\nRUN b", "RUN alias a=b\nRUN c",
        "RUN a\n# RUN x && \\\nRUN b",
    ],
)  # fmt: skip
def test_join_refuses(text: str) -> None:
    document, found = runs("FROM x\n" + text + "\n")
    with pytest.raises(Refusal):
        join_runs(document, found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN cd /x && make\nRUN rm /y", "RUN cd /x && make \\\n    && rm /y"),
        ("RUN cd /x && make\nRUN cd /y && npm ci", "RUN cd /x && make \\\n    && cd /y && npm ci"),
        ("RUN cd /x && make\nRUN apt-get purge -y gcc", "RUN cd /x && make \\\n    && cd / && apt-get purge -y gcc"),
        (
            "RUN cd /x && make\nRUN rm /y\nRUN apk del gcc",
            "RUN cd /x && make \\\n    && rm /y \\\n    && cd / && apk del gcc",
        ),
        (
            "RUN cd /x && make\nRUN apt-get purge -y b\nRUN apt-get purge -y c\nRUN cd /y && npm ci\nRUN apk del e",
            "RUN cd /x && make \\\n    && cd / && apt-get purge -y b \\\n    && apt-get purge -y c \\\n    && cd /y && npm ci"
            " \\\n    && cd / && apk del e",
        ),
        (
            "RUN make\nRUN --mount=type=bind,source=s,target=/t/s git",
            "RUN --mount=type=bind,source=s,target=/t/s \\\n    make && git",
        ),
        (
            "RUN --mount=type=bind,source=s,target=/t/s git\nRUN make",
            "RUN --mount=type=bind,source=s,target=/t/s git && make",
        ),
    ],
)
def test_join(before: str, after: str) -> None:
    document, found = runs("FROM x\n" + before + "\n")
    assert EditSet(join_runs(document, found).edits).apply(document.source.data).decode() == f"FROM x\n{after}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM x\nRUN a\nUSER u\n", "FROM x\nUSER u\n"),
        ("FROM x\n\nRUN a\n\nUSER u\n", "FROM x\n\nUSER u\n"),
        ("FROM x\nRUN a", "FROM x"),
        ("FROM x\r\nRUN a", "FROM x"),
        ("FROM x\nRUN a \\\n  b\nUSER u", "FROM x\nUSER u"),
        ("FROM x\n# note\nRUN a\nUSER u\n", "FROM x\nUSER u\n"),
    ],
)
def test_delete(before: str, after: str) -> None:
    document, (run,) = runs(before)
    assert EditSet(delete_run(document, run).edits).apply(document.source.data).decode() == after
