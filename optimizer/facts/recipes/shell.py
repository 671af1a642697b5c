"""Scripts: started by their path, handed to a shell, or sourced; and what a shell is told by ``-c``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...dockerfile.commands import Command, Word
from .base import Recipe, arguments, place, spelled

_SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "zsh"))
_SHEBANG = re.compile(rb"#![ \t]*([^\n]*)")


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add what a script, a shell, ``.``, ``eval`` or ``run-parts`` runs."""
    name = command.name
    words = command.argv[1:]
    if name == "busybox":
        if not words or words[0].value not in ("sh", "ash"):
            return False
        _shell("sh", words[1:], recipe)
    elif "/" in command.program and recipe.read(place(command.program, recipe.directory)) is not None:
        _file(command.program, recipe)
    elif name in _SHELLS:
        _shell(name, words, recipe)
    elif name == "eval":
        recipe.shell(" ".join(word.value or word.raw.decode("utf-8", "replace") for word in words).encode())
        if any(word.value is None for word in words):
            recipe.doubt("what `eval` runs is not known before")
    elif command.program in (".", "source"):
        if words:
            _file(spelled(words[0]), recipe, sourced=True)
    elif name == "run-parts":
        recipe.doubt(f"`run-parts` runs what lies in {arguments(command)[-1] if words else 'a directory'}")
    else:
        _file(command.program, recipe)
    return True


def _shell(name: str, words: tuple[Word, ...], recipe: Recipe) -> None:
    at = 0
    text = False
    while at < len(words) and (option := spelled(words[at]))[:1] in ("-", "+") and option not in ("-", "--"):
        if option.startswith("--"):
            if option.startswith(("--rcfile", "--init-file")):
                recipe.doubt(f"`{name}` reads another file first")
        else:
            text = text or (option[0] == "-" and "c" in option)
            if "s" in option[1:]:
                recipe.doubt(f"`{name}` runs what it is fed")
            if "o" in option[1:].lower():
                at += 1
        at += 1
    if at < len(words) and words[at].raw in (b"--", b"-"):
        at += 1
    if at >= len(words):
        recipe.doubt(f"`{name}` runs what it is fed")
    elif text:
        word = words[at]
        recipe.shell((word.value or _inside(word)).encode())
        if word.value is None and not _only_variables(word):
            recipe.doubt(f"what `{name} -c` runs is not known before")
    else:
        _file(spelled(words[at]), recipe, by=name)


def _inside(word: Word) -> str:
    """What stands between the double quotes of a word, where the outer shell still expands variables."""
    text = word.raw.decode("utf-8", "replace")
    quoted = text[:1] == text[-1:] == '"' and len(text) > 1
    return re.sub(r'\\(["\\`$])', r"\1", text[1:-1]) if quoted else text


def _only_variables(word: Word) -> bool:
    """Whether the word is one in double quotes, that starts with a plain word and holds no command to expand."""
    return bool(re.match(rb'"[ \t\n]*[\w./-]+[ \t]', word.raw)) and b"`" not in word.raw and b"$(" not in word.raw


def _file(name: str, recipe: Recipe, by: str = "", *, sourced: bool = False) -> None:
    path = place(name, recipe.directory)
    text = recipe.read(path)
    if path is None or text is None:
        recipe.doubt(f"{path or name} is not shown")
        return
    script(path, text, recipe, by=by or ("sh" if sourced else ""))


def script(path: str, text: bytes, recipe: Recipe, by: str = "") -> None:
    """Add the script `text` of the file at `path`, which runs by itself or is handed to the shell `by`."""
    if b"\0" in text:
        recipe.doubt(f"{path} is no script")
        return
    text = text.replace(b"\r\n", b"\n")
    shebang = _SHEBANG.match(text)
    interpreter = "" if by else interpreter_of(shebang[1].decode("utf-8", "replace") if shebang else "")
    if interpreter in ("make", "just", "task"):
        recipe.doubt(f"{path} is run by `{interpreter}`")
        recipe.code(text, path)
    elif interpreter and interpreter not in _SHELLS and interpreter not in ("busybox", "sh"):
        recipe.code(text, path)
        if interpreter not in _LANGUAGES:
            recipe.doubt(f"{path} is run by `{interpreter}`")
    else:
        recipe.shell(text, path)


_LANGUAGES = frozenset(
    ("python", "node", "nodejs", "perl", "ruby", "php", "deno", "bun", "awk", "gawk", "lua", "tclsh", "tsx", "pypy")
)


def interpreter_of(line: str) -> str:
    """The name of the program behind ``#!``, without the number of its version; empty where there is none."""
    words = line.split()
    if words and words[0].endswith("/env"):
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    name = words[0].rsplit("/", 1)[-1] if words else ""
    return name.rstrip("0123456789.-") or name
