"""What tree-sitter-bash makes of shell code, as commands and members of lists.

No walk over a tree recurses: a list of many commands is a tree as deep.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from .commands import Command, Unit, Word
from .document import Instruction
from .plain import PLAIN_WORD

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_parser: Parser | None = None


def load_parser() -> Parser:
    """tree-sitter's parser for bash.

    The grammar's extension module is loaded without the package's ``__init__``, which imports
    importlib.resources for query files that are not needed here, at a third of the cold start.
    """
    global _parser  # noqa: PLW0603
    if _parser is None:
        from importlib.machinery import PathFinder
        from importlib.util import module_from_spec

        from tree_sitter import Language, Parser

        package = PathFinder.find_spec("tree_sitter_bash")
        if package is None:
            raise ImportError("tree_sitter_bash is not installed")
        spec = PathFinder.find_spec("tree_sitter_bash._binding", list(package.submodule_search_locations or ()))
        if spec is None or spec.loader is None:
            raise ImportError("tree_sitter_bash has no grammar for this platform")
        grammar: Any = module_from_spec(spec)
        spec.loader.exec_module(grammar)
        capsule: object = grammar.language()
        _parser = Parser(Language(capsule))
    return _parser


_LITERAL = frozenset(("word", "number"))
# How many things may stand around a command. Every one of its commands names them all.
_DEEPEST = 100


class Reader:
    """One walk over a tree."""

    def __init__(self, base: int, code: bytes, instruction: Instruction) -> None:
        self.base = base
        self.code = code
        self.commands: list[Command] = []
        self.comments: list[int] = []
        self.too_deep = False
        self.holes = [(start - base, end - base) for start, end in instruction.holes if start >= base]

    def flatten(self, node: Node, connector: bytes, operator: int, units: list[Unit]) -> None:
        """Add the members of an and-or list; ``&&`` and ``||`` bind alike and to the left (POSIX, 2.9.3)."""
        todo: list[tuple[Node, bytes, int]] = [(node, connector, operator)]
        redirections: list[tuple[int, Node]] = []  # of the last member of a list, by how much is to be done behind it
        while todo:
            node, connector, operator = todo.pop()
            if node.type == "list":
                left, sign, right = (child for child in node.children if child.type != "comment")
                todo += ((right, sign.type.encode(), self.base + sign.start_byte), (left, connector, operator))
            elif node.type == "redirected_statement" and node.children[0].type == "list":
                # tree-sitter-bash hangs `a && b >f` as `(a && b) >f`; the shell redirects b alone.
                redirections.append((len(todo), node))
                todo.append((node.children[0], connector, operator))
            else:
                units.append(self.unit(node, connector, operator))
                self.walk(node)
            while redirections and redirections[-1][0] == len(todo):
                _, redirected = redirections.pop()
                units[-1] = units[-1]._replace(end=self.base + redirected.end_byte)
                for child in redirected.children[1:]:
                    self.walk(child)

    def unit(self, node: Node, connector: bytes, operator: int) -> Unit:
        inner = node.children[0] if node.type == "redirected_statement" else node
        # `! a | b` negates the pipeline (POSIX, 2.9.2); tree-sitter-bash hangs the `!` on its first command.
        negated = self.code.startswith(b"!", node.start_byte)
        name = "negated_command" if negated else inner.type
        return Unit(self.base + node.start_byte, self.base + node.end_byte, name, connector, operator)

    def walk(self, node: Node) -> None:
        """Collect the simple commands below `node`."""
        todo: list[tuple[Node, tuple[str, ...]]] = [(node, ())]
        while todo:
            node, guards = todo.pop()
            kind = node.type
            if kind == "command":
                todo += self.command(node, guards)
                continue
            if kind == "comment":
                self.comments.append(self.base + node.start_byte)
                continue
            if kind == "list" and any(child.type == "||" for child in node.children):
                guards = (*guards, "||")
            elif kind in _GUARDS:
                guards = (*guards, kind)
            if kind == "declaration_command":
                self.plain(node, guards)
            if len(guards) > _DEEPEST:
                self.too_deep = True
                return
            todo += ((child, guards) for child in node.named_children)

    def plain(self, node: Node, guards: tuple[str, ...]) -> None:
        """``export A=b`` and its like, as commands of literal words."""
        words = [self.word(child) for child in node.children]
        self.commands.append(Command(self.base + node.start_byte, self.base + node.end_byte, tuple(words), (), guards))

    def command(self, node: Node, guards: tuple[str, ...]) -> list[tuple[Node, tuple[str, ...]]]:
        """Add a simple command. Returns the nodes in which there may be more, each with what stands around it."""
        words: list[Word] = []
        assignments: list[bytes] = []
        inside: list[Node] = []
        for child in node.children:
            kind = child.type
            if kind == "command_name":
                name = child.children[0] if child.children else child
                words.append(self.word(name))
                if child.children and name.type not in _LITERAL:
                    inside.append(name)
            elif kind == "variable_assignment":
                assignments.append(self.code[child.start_byte : child.end_byte])
                inside.append(child)
            elif kind in ("file_redirect", "herestring_redirect", "heredoc_redirect"):
                inside.append(child)
            else:
                word = self.word(child)
                if words and words[-1].end == word.start:
                    # tree-sitter-bash ends a word at the second `-$`: `a/$V/b-$V.gz` is two to it, and one to a shell.
                    words[-1] = self.glued(words[-1], word)
                else:
                    words.append(word)
                if kind not in _LITERAL:
                    inside.append(child)
        start, end = self.base + node.start_byte, self.base + node.end_byte
        self.commands.append(Command(start, end, tuple(words), tuple(assignments), guards))
        guards = (*guards, "word")
        return [(child, guards) for child in inside]

    def word(self, node: Node) -> Word:
        start, end = node.start_byte, node.end_byte
        raw = self.code[start:end]
        if PLAIN_WORD.fullmatch(raw):
            return Word(self.base + start, self.base + end, raw, raw.decode())
        value = None
        # Blanks in a word are quoted, escaped, or a continuation that was blanked: then its text is not known.
        if b"  " not in raw or not self.has_hole(start, end):
            literal = self.literal(node)
            value = None if literal is None else literal.decode("utf-8", "surrogateescape")
        return Word(self.base + start, self.base + end, raw, value)

    def glued(self, first: Word, second: Word) -> Word:
        """Two words with nothing between them as the one that they are, which is not known."""
        raw = self.code[first.start - self.base : second.end - self.base]
        return Word(first.start, second.end, raw, None)

    def has_hole(self, start: int, end: int) -> bool:
        """Whether a hole lies in the code from `start` to `end`."""
        at = bisect_left(self.holes, (end,)) - 1
        return at >= 0 and self.holes[at][1] > start

    def literal(self, node: Node) -> bytes | None:
        if node.type == "concatenation":
            parts = [self.part(child) for child in node.children]
            return None if any(part is None for part in parts) else b"".join(part for part in parts if part)
        return self.part(node)

    def part(self, node: Node) -> bytes | None:
        kind = node.type
        raw = self.code[node.start_byte : node.end_byte]
        if kind in _LITERAL or not node.is_named:
            return None if b"\\" in raw or b"$" in raw else raw
        if kind == "raw_string":
            return None if b"*" in raw or b"?" in raw else raw[1:-1]
        if kind == "string":
            if any(child.type != "string_content" for child in node.named_children) or b"\\" in raw or b"*" in raw:
                return None
            return raw[1:-1]
        return None


_GUARDS = frozenset(
    (
        "if_statement", "for_statement", "c_style_for_statement", "while_statement", "case_statement", "subshell",
        "compound_statement", "pipeline", "negated_command", "function_definition", "command_substitution",
        "process_substitution", "elif_clause", "else_clause",
    )
)  # fmt: skip
