from __future__ import annotations

import pytest
from asking import ask

ECHO = b"all: one two\n\techo all\none:\n\t@echo one\ntwo: one\n\t-+@echo two\nthree:\n\techo three\n"


def texts(command: str, makefile: bytes, **files: bytes) -> set[str]:
    found = ask(command, {"/app/Makefile": makefile, **{f"/app/{name}": text for name, text in files.items()}})
    assert found is not None
    assert not found.unread, found.unread
    return {one.text.decode() for one in found.shells}


@pytest.mark.parametrize(
    ("command", "makefile", "expected"),
    [
        ("make", ECHO, {"echo all", "echo one", "echo two"}),
        ("make three", ECHO, {"echo three"}),
        ("make -j4 two", ECHO, {"echo one", "echo two"}),
        ("make -j $(nproc) three", ECHO, {"echo three"}),
        ("make three V=1", b"three:\n\techo $(V)\n", {"echo 1"}),
        ("make missing", ECHO, {"echo all", "echo one", "echo two", "echo three"}),
        ('make "$GOAL"', ECHO, {"echo all", "echo one", "echo two", "echo three"}),
        ("make", b"a:\r\n\techo a\r\n", {"echo a"}),
        ("make", b"\xef\xbb\xbfa:\n\techo a\n", {"echo a"}),
        ("make", b"a: ; echo a\n", {"echo a"}),
        ("make", b"a:\n\techo \\\n\t  b\n", {"echo \\\n  b"}),
        ("make", b".ONESHELL:\na:\n\t@cd x\n\techo b\n", {"cd x\necho b"}),
        ("make", b".RECIPEPREFIX = >\na:\n>echo b\n", {"echo b"}),
        ("make", b".DEFAULT_GOAL := b\na:\n\techo a\nb:\n\techo b\n", {"echo b"}),
        ("make", b"X := $(shell git describe)\na:\n\techo b\n", {"git describe", "echo b"}),
        ("make", b"a:\n\techo $$HOME $(shell date)\n", {"echo $HOME $(date)"}),
        ("make X=1 a", b"a:\n\t$(MAKE) -C sub b\n", {"make 'X=1' -C sub b"}),
        (
            "make a.o",
            b"%.o: %.c gen\n\t$(CC) -c $<\ngen:\n\tapk add jq\n",
            {"cc -c ${prerequisite}", "apk add jq", "cc -c a.c"},
        ),
        ("make", b"ifeq ($(A),b)\nT = x\nelse\nT = y\nendif\na:\n\techo $(T)\n", {"echo x", "echo y"}),
        ("make", b"define say\necho $(1)\napk add $(2)\nendef\na:\n\t$(call say,b,c)\n", {"echo b", "apk add c"}),
        ("make", b"a:\n\t$(if $(X),apk add jq)\n", {"apk add jq"}),
        ("make", b"X = a\nX += b\na:\n\techo $(X)\n", {"echo a b"}),
        ("make", b"X := $(X) b\na:\n\techo $(X)\n", {"echo ${X} b"}),
        ("make", b"a: X = 1\na:\n\techo $(X)\n", {"echo 1", "echo ${X}"}),
        ("make", b"ifdef A\nX = 1\nendif\na:\n\techo $(X)\n", {"echo 1", "echo ${X}"}),
        ("make", b"ifdef A\nX = 1\nelse ifdef B\nX = 2\nendif\na:\n\techo $(X)\n", {"echo 1", "echo 2", "echo ${X}"}),
        ("make", b"a: x*.c\n\techo $^\n", {"echo ${prerequisites}"}),
        ("make", b"a:\n\techo '\\#'\n", {"echo '\\#'"}),
        ("make a", b"$(GOALS): b\n\techo 1\nb:\n\techo 2\na:\n\techo 3\n", {"echo 1", "echo 2", "echo 3"}),
        ("make", b"a:: b\n\techo 1\na::\n\techo 2\nb:\n", {"echo 1", "echo 2"}),
        ("make", b"a:\n\tpython3 - <<X\n", {"python3 - <<X"}),
    ],
)
def test_recipes(command: str, makefile: bytes, expected: set[str]) -> None:
    assert texts(command, makefile) == expected


def test_an_included_file_that_is_shown_is_read() -> None:
    assert texts("make b", b"include sub/x.mk\n", **{"sub/x.mk": b"b:\n\techo b\n"}) == {"echo b"}


def test_directories_and_files() -> None:
    found = ask("make -C x -C y -f z.mk", {"/app/x/y/z.mk": b"a:\n\techo a\n"})
    assert found is not None
    assert [(one.text, one.directory, one.path) for one in found.shells] == [(b"echo a", "/app/x/y", "/app/x/y/z.mk")]
    assert found.reads == ("/app/x/y/z.mk",)


def test_a_shell_of_another_language() -> None:
    found = ask("make", {"/app/Makefile": b"SHELL := python3\na:\n\timport os\n"})
    assert found is not None
    assert [one.text for one in found.codes] == [b"import os"]


@pytest.mark.parametrize(
    ("command", "makefile", "reason"),
    [
        ("make -C sub", b"", "a Makefile in /app/sub that is not shown"),
        ("make -f -", b"", "which is not shown"),
        ("make", b"include config.mk\na:\n", "/app/Makefile includes config.mk, which is not shown"),
        ("make", b"-include $(wildcard *.mk)\na:\n", "/app/Makefile includes $(wildcard *.mk), which is not shown"),
        ("make -C $DIR", b"", "`make` runs in a directory that is not known"),
        ("MAKEFILES=x.mk make", b"a:\n", "MAKEFILES changes what `make` reads"),
        ("make --eval=x:", b"a:\n", "`make --eval` is told a rule"),
        ("make", b"X = $(X)\na:\n\techo $(X)\n", "a variable of the Makefile is too long"),
    ],
)
def test_unread(command: str, makefile: bytes, reason: str) -> None:
    found = ask(command, {"/app/Makefile": makefile})
    assert found is not None
    assert reason in found.unread


def test_dependencies_noted_by_a_compiler_are_no_recipes() -> None:
    assert texts("make", b"-include main.d\na:\n\techo a\n") == {"echo a"}
