"""The words of a program in any language that may name a file, a command or a line for a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .base import Code, Shell

_MOST = 20_000
_QUOTED = re.compile(
    r'"""(.*?)"""'
    r"|'''(.*?)'''"
    r'|"((?:[^"\\\n]|\\.)*)"'
    r"|'((?:[^'\\\n]|\\.)*)'"
    r"|`((?:[^`\\]|\\.)*)`"
    r"|%[wWqQixI]?([\[({<|!/])(.{0,2000}?)[\])}>|!/]"
    r"|\bq[qwx]?\s*([{(\[/|])(.{0,2000}?)[})\]/|]",
    re.DOTALL,
)
_HEREDOC = re.compile(r"<<[-~]?[ \t]*(['\"`]?)([A-Za-z_]\w*)\1[^\n]*\n")
_ARRAY = re.compile(r"[\[(]\s*((?:(?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')\s*,?\s*){2,})")
_WORD = re.compile(r"[\w@%+=:,./~${}*?-]*[./][\w@%+=:,./~${}*?-]*")


def literals(code: Code) -> Iterator[str]:
    """What stands between quotes of any kind, and every run of characters that may be a path; each of them once.

    Words of a list of literals, as ``["apt-get", "install"]``, come also as one line.
    """
    text = code.text.decode("utf-8", "replace")
    seen: set[str] = set()
    for one in _every(text):
        if one and one not in seen:
            seen.add(one)
            yield one
            if len(seen) >= _MOST:
                return


def _every(text: str) -> Iterator[str]:
    # Where quotes do not pair up, as in comments and regular expressions, each line is read on its own too.
    for part in (text, *text.split("\n")):
        for match in _QUOTED.finditer(part):
            groups = [group for group in match.groups() if group is not None]
            yield _unescaped(groups[-1]) if groups else ""
    yield from _heredocs(text)
    for match in _ARRAY.finditer(text):
        words = re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", match[1])
        yield " ".join(_unescaped(one or other) for one, other in words)
    for match in _WORD.finditer(text):
        yield match[0]


def _heredocs(text: str) -> Iterator[str]:
    open_ended: set[str] = set()  # what ends nowhere in the rest of the text
    for match in _HEREDOC.finditer(text):
        name = match[2]
        end = None if name in open_ended else re.compile(rf"^[ \t]*{name}\b", re.MULTILINE).search(text, match.end())
        if end is None:
            open_ended.add(name)
        else:
            yield text[match.end() : end.start()]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match[1], match[1]), text, flags=re.DOTALL)


def shells_in(code: Code) -> Iterator[Shell]:
    """The literals that may be a line for a shell: they begin with a word and hold another, or stand in a list."""
    for one in literals(code):
        if re.match(r"\s*[\w./$@{(-][^\n]*[ \t\n]\S", one) and not one.isspace():
            yield Shell(one.encode("utf-8", "replace"), code.directory, code.path)
