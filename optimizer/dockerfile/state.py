"""What a script does to the shell that runs it, and what it redirects, from the tree that tree-sitter-bash makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tree_sitter import Node

    from .commands import Command


class Redirected(Record):
    """A redirection, by offsets into the script: of the statement that it belongs to, and of its target."""

    start: int
    end: int
    last: bool  # it belongs to the last command of that statement alone
    operator: str
    target_start: int
    target_end: int


# What runs in a process of its own, whose state is gone when it ends. A pipeline is such in sh, dash, ash and bash
# (POSIX, 2.12), which take the last of its commands for no exception.
_APART = frozenset(("subshell", "command_substitution", "process_substitution", "pipeline"))
_ASSIGNS = frozenset(("variable_assignment", "declaration_command", "unset_command", "function_definition"))
_LOOPS = frozenset(("for_statement", "c_style_for_statement", "select_statement"))
# Builtins that leave something behind in their shell (POSIX, 2.14; bash(1), *Shell builtin commands*).
STATE_COMMANDS = frozenset(
    (
        "cd", "pushd", "popd", "set", "umask", "source", ".", "alias", "unalias", "shopt", "ulimit", "trap", "exec",
        "eval", "read", "hash", "exit", "return", "export", "declare", "local", "readonly", "typeset", "unset",
        "getopts", "shift", "wait", "let", "mapfile", "readarray", "enable", "coproc", "bind", "complete", "disown",
    )
)  # fmt: skip
# Builtins before which an assignment stays (POSIX, 2.14, *special built-in utilities*).
_KEEPS_ASSIGNMENTS = frozenset((":", "break", "continue", "times"))
# Commands that only say how another one is to be run, in this very shell.
_HIDES = frozenset(("builtin", "command", "time"))
# What a shell tells of what it has done so far, which is nothing at its start (POSIX, 2.5; bash(1), *Shell Variables*).
_MEMORIES = frozenset(
    (
        "?", "!", "_", "SECONDS", "LINENO", "OLDPWD", "OPTARG", "OPTIND", "PIPESTATUS", "BASH_REMATCH", "REPLY",
        "MAPFILE", "COPROC", "DIRSTACK", "FUNCNAME", "BASH_ALIASES", "BASH_CMDS",
    )
)  # fmt: skip
_VARIABLES = frozenset(("variable_name", "special_variable_name"))
_COMPARES = frozenset((b"-eq", b"-ne", b"-lt", b"-le", b"-gt", b"-ge"))
_CALCULATES = frozenset(
    "+ - * / % ** == != < > <= >= && || ! ~ & | ^ << >> ? : ( ) (( )) $(( $[ ] , ".split()
)  # fmt: skip


def walk(root: Node, skipped: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Every node of the tree in the order of the text, without those below what is `skipped`."""
    todo = [root]
    while todo:
        node = todo.pop()
        if node.type not in skipped:
            yield node
            todo.extend(reversed(node.children))


def state_changes(root: Node, code: bytes) -> tuple[str, ...]:
    """Names of what changes the shell itself, wherever it stands: ``cd``, ``export``, ``NAME=`` …"""
    found: list[str] = []
    for node in walk(root, _APART):
        kind = node.type
        if kind in _ASSIGNS:
            temporary = kind == "variable_assignment" and node.parent is not None and node.parent.type == "command"
            if not temporary or _name(node.parent, code) in _KEEPS_ASSIGNMENTS:
                found.append(_spelled(node, code))
        elif kind in _LOOPS:
            found.append(_spelled(node, code))
        elif kind == "command":
            name = _name(node, code)
            if name in STATE_COMMANDS or (name == "printf" and re.search(_SETS, code[node.start_byte : node.end_byte])):
                found.append(name)
            elif not name:
                found.append(_spelled(node, code))
        elif (
            (kind == "expansion" and any(child.type in ("=", ":=") for child in node.children))
            or (kind == "arithmetic_expansion" and _assigns(node))
            or (kind == "compound_statement" and node.children[0].type == "((" and _assigns(node))
            or (kind == "subscript" and re.search(_ASSIGNS_INSIDE, code[node.start_byte : node.end_byte]))
            or (kind == "test_command" and _calculates_and_assigns(node, code))
            or (kind == "file_redirect" and re.search(_NAMES_DESCRIPTOR, code[: node.start_byte]))
        ):
            found.append(_spelled(node, code))
    return tuple(found)


_SETS = rb"printf[\"'\\]*\s+[\"'\\]*(?:-[\"'\\]*v|[$`])"  # or may, where an expansion comes first
_ASSIGNS_INSIDE = rb"[^\s=!<>]=(?![=~\s])|\+\+|--"
_NAMES_DESCRIPTOR = rb"\{\w+\}\Z"


def _calculates_and_assigns(node: Node, code: bytes) -> bool:
    """Whether a ``[[ … ]]`` compares numbers, which it calculates, and one of them may be an assignment."""
    operators = (code[one.start_byte : one.end_byte] for one in walk(node) if one.type == "test_operator")
    return not _COMPARES.isdisjoint(operators) and bool(
        re.search(_ASSIGNS_INSIDE, code[node.start_byte : node.end_byte])
    )


def remembered(root: Node, code: bytes) -> str:
    """What it asks its shell of what was done before, such as ``$?``; empty where it asks nothing of the kind."""
    for node in walk(root):
        if node.type in _VARIABLES and (name := code[node.start_byte : node.end_byte].decode()) in _MEMORIES:
            return f"${name}"
    return ""


def _assigns(node: Node) -> bool:
    """Whether arithmetic does more than to calculate."""
    return any(not one.is_named and one.type not in _CALCULATES for one in walk(node) if not one.children)


def plain_state_changes(commands: Iterable[Command]) -> tuple[str, ...]:
    """The same for a script of plain words."""
    names = ((_named([word.raw for word in command.words]), command) for command in commands)
    return tuple(
        name
        for name, command in names
        if name in STATE_COMMANDS
        or (name == "printf" and re.search(_SETS, b" ".join(word.raw for word in command.words)))
    )


def _name(node: Node | None, code: bytes) -> str:
    """The name of the command that runs; empty where an expansion that may be anything gives it."""
    if node is None:
        return ""
    words = (child for child in node.children if child.type not in ("variable_assignment", "file_redirect"))
    return _named(code[word.start_byte : word.end_byte] for word in words)


def _named(words: Iterable[bytes]) -> str:
    for at, word in enumerate(words):
        text = _QUOTES.sub("", word.decode("utf-8", "replace"))
        name = text.rsplit("/", 1)[-1]
        if "/" in text:  # no builtin
            return name or text
        if "$" in text or "`" in text:
            return ""
        if name not in _HIDES and not (at and name.startswith("-")):
            return name
    return ":"


_QUOTES = re.compile(r"[\"'\\]")


def _spelled(node: Node, code: bytes) -> str:
    text = code[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if node.type == "variable_assignment":
        return text.partition("=")[0].rstrip("+") + "="
    words = text.split()
    return words[0] if words else text


def redirections(root: Node) -> Iterator[Redirected]:
    """Every redirection to or from a file, or of a text, in the order of the text."""
    for node in walk(root):
        if node.type not in ("file_redirect", "herestring_redirect", "heredoc_redirect"):
            continue
        owner = node.parent
        if owner is None or not node.children:
            continue
        operator = next((child.type for child in node.children if not child.is_named), node.children[0].type)
        start, end = _target(node)
        body = owner.children[0] if owner.type == "redirected_statement" else owner
        # tree-sitter-bash hangs `a && b >f` as `(a && b) >f`; the shell redirects b alone.
        last = body.type in ("list", "pipeline")
        yield Redirected(body.start_byte, body.end_byte, last, operator, start, end)


def _target(node: Node) -> tuple[int, int]:
    """Where the word behind a redirection's operator starts and ends.

    tree-sitter-bash takes what the command is given behind it for more targets, and ends a word at the second ``-$``.
    """
    words = [child for child in node.children if child.is_named and child.type != "file_descriptor"]
    first, *others = words if node.type == "file_redirect" and words else [node.children[-1]]
    end = first.end_byte
    for word in others:
        end = word.end_byte if word.start_byte == end else end
    return first.start_byte, end
