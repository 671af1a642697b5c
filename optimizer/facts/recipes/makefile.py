"""The lines of a Makefile as rules and variables, and the text that they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from .base import Recipe, place

_MOST_DEPTH = 12
_MOST_TEXT = 1 << 16
_MOST_STEPS = 200_000  # expansions in one Makefile
_MOST_READINGS = 64
_MOST_VALUES = 16

_ASSIGN = re.compile(r"(?:(?:export|override|private|unexport)[ \t]+)*([^\s:#=!?+]+)[ \t]*(::?:?=|\?=|\+=|!=|=)(.*)", re.DOTALL)  # fmt: skip # noqa: E501
_DEFINE = re.compile(r"(?:(?:export|override|private)[ \t]+)*define[ \t]+(\S+?)[ \t]*(?:::?:?=|\?=|\+=|!=|=)?[ \t]*$")
_REFERENCE = re.compile(r"\$[({](?:call[ \t]+)?([\w.-]+)")
_INCLUDE = re.compile(r"(-include|sinclude|include)[ \t]+(.*)", re.DOTALL)
_CONDITIONAL = re.compile(r"(?:ifeq|ifneq|ifdef|ifndef|else|endif)\b(.*)", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)#.*", re.DOTALL)

#: What make sets by itself.
_BUILT_IN = {
    "CC": "cc", "CXX": "g++", "AR": "ar", "AS": "as", "CPP": "cc -E", "LD": "ld", "FC": "f77", "RM": "rm -f",
    "LEX": "lex", "YACC": "yacc", "ARFLAGS": "-rv", "SHELL": "/bin/sh", "MAKE": "make", "MAKEFLAGS": "",
    "COMPILE.c": "cc -c", "LINK.c": "cc", "COMPILE.cc": "g++ -c", "LINK.cc": "g++",
}  # fmt: skip
#: Functions whose value is a list of words out of their operands; what they come to is not followed.
_BRANCHES = frozenset(("if", "or", "and", "foreach", "let", "strip", "sort", "intcmp"))
#: Functions of file names and words that are worked out.
_WORDS = frozenset(("strip", "firstword", "lastword", "dir", "notdir", "abspath", "realpath"))
_SILENT = frozenset(("info", "warning", "error"))

_UNKNOWN = "${made}"


class Rule(NamedTuple):
    """A rule, with the lines of its recipe as they stand; `path` is the file."""

    targets: list[str]
    prerequisites: list[str]
    lines: list[str]
    path: str


class Makefile:
    """What is read of a Makefile and of the files that it includes."""

    def __init__(self, recipe: Recipe, environment: Mapping[str, str], overrides: Mapping[str, str]) -> None:
        self.recipe = recipe
        self.rules: list[Rule] = []
        self.included: list[str] = []
        self.include_directories: list[str] = []
        self.computed = False  # whether a rule may be there that is not read as one
        self._environment = environment
        self._overrides = overrides
        self._values: dict[str, list[str]] = {}
        self._defined: list[str] = []
        self._defined_names: set[str] = set()
        self._asked: list[tuple[str, str]] = []  # texts with functions that run when they are read, and their file
        self._prefix = "\t"
        self._one_shell = False
        self._conditions: list[list[set[str]]] = []  # of each that is open, what its branches set
        self._certain: set[str] = set()  # variables that are set whatever the conditions come to
        self._steps = 0
        self._path = ""
        self._file = ""  # the one that it starts with
        self._several: dict[str, int] = {}
        self._depends: dict[str, frozenset[str]] = {}
        self._choice: dict[str, int] = {}

    def add(self, path: str, text: bytes, depth: int = 0) -> None:
        """Read a file into it."""
        self._file = self._file or path
        self.included.append(path.rsplit("/", 1)[-1])  # make looks for a rule that makes it
        lines = _lines(text.replace(b"\r\n", b"\n").decode("utf-8", "replace"))
        rule: Rule | None = None
        for line in lines:
            if rule is not None and line.startswith(self._prefix):
                rule.lines.append(line[1:].replace("\\\n" + self._prefix, "\\\n"))
                continue
            joined = " ".join(part.strip(" \t") for part in line.split("\\\n"))
            logical = _COMMENT.sub("", joined).strip().replace("\\#", "#")
            if not logical:
                continue
            define = _DEFINE.match(logical)
            if define:
                self._define(define[1], lines)
                continue
            conditional = _CONDITIONAL.match(logical)
            if conditional:
                self._condition(logical)
                self._asked.append((conditional[1], path))
                continue
            include = _INCLUDE.match(logical)
            if include:
                self._include(include[2], path, depth, optional=include[1] != "include")
                continue
            if self._assign(logical, path):
                continue
            rule = self._rule(logical, path) or rule

    def _define(self, name: str, lines: Iterator[str]) -> None:
        body: list[str] = []
        depth = 1
        for line in lines:
            word = line.strip()
            depth += bool(_DEFINE.match(word)) - bool(re.match(r"endef\b", word))
            if not depth:
                break
            body.append(line)
        self._values.setdefault(name, []).append("\n".join(body))
        self._defined.append("\n".join(body))
        self._defined_names.add(name)

    def _condition(self, logical: str) -> None:
        """Note where a conditional begins, has another branch, or ends."""
        if logical.startswith("if"):
            self._conditions.append([set(), set()])  # the first set is what no branch at all would set
        elif self._conditions and logical.startswith("else"):
            branches = self._conditions[-1]
            if re.fullmatch(r"else\s*", logical):
                del branches[0]
            branches.append(set())
        elif self._conditions:
            both = set[str].intersection(*self._conditions.pop())
            (self._conditions[-1][-1] if self._conditions else self._certain).update(both)

    def _include(self, names: str, path: str, depth: int, *, optional: bool) -> None:
        self._asked.append((names, path))
        self._settle()
        for name in self.expand(names).split():
            if optional and re.search(r"\.d(?:ep|eps)?$", name):
                continue  # what a compiler notes of headers
            self.included.append(name)
            places = [place(name, self.recipe.directory)]
            places += [place(f"{one}/{name}", self.recipe.directory) for one in self.include_directories]
            found = next(((at, text) for at in places if at and (text := self.recipe.read(at)) is not None), None)
            if found is None or depth >= _MOST_DEPTH:
                if not (optional and _UNKNOWN in name and re.search(r"\.d\b|:\.o=|dep", names)):
                    self.recipe.doubt(f"{path} includes {name if '$' not in name else names}, which is not shown")
                    self.computed = self.computed or not optional
            elif found[0] != path and found[0] not in self.recipe.entered:
                self.recipe.entered.add(found[0])
                self.add(found[0], found[1], depth + 1)

    def _assign(self, logical: str, path: str, *, special: bool = False) -> bool:
        match = _ASSIGN.fullmatch(logical)
        if not match:
            if re.match(r"(?:export|unexport|override|vpath|undefine|load|-load)\b[^:=]*$", logical):
                if re.match(r"-?load\b", logical):
                    self.recipe.doubt(f"{path} loads a library into make")
                return True
            return False
        name, operator, value = match[1], match[2], match[3].strip()
        if "$" in name and "(" in name:
            self.recipe.doubt(f"{path} computes the name of a variable")
        if name == ".RECIPEPREFIX" and value:
            self._prefix = value[0]
        if operator == "!=":
            value = f"$(shell {value})"
        if not special:
            (self._conditions[-1][-1] if self._conditions else self._certain).add(name)
        values = self._values.setdefault(name, [])
        if operator in (":=", "::=", ":::="):  # it may hold what it was
            before = values[-1] if values else f"$${{{name}}}"
            value = before.join(re.split(rf"\$\({re.escape(name)}\)|\$\{{{re.escape(name)}\}}", value))
        if operator == "+=" and values:
            longer = [f"{one} {value}" for one in values]
            values[:] = list(dict.fromkeys([*values, *longer] if self._conditions else longer))[:_MOST_VALUES]
        elif value not in values and len(values) < _MOST_VALUES:
            values.append(value)
        if "$" in value:
            self._asked.append((value, path))
        return True

    def _rule(self, logical: str, path: str) -> Rule | None:
        if re.match(r"\$[({]\s*(?:eval|foreach|call|if)\b", logical):
            self.computed = True
            self._asked.append((logical, path))
            return None
        head, body = _split(logical)
        if body is None:
            self._asked.append((logical, path))
            self.computed = self.computed or "$" in logical
            return None
        body = body.removeprefix(":").removeprefix(":")
        if _ASSIGN.fullmatch(body.strip()) and self._assign(
            body.strip(), path, special=True
        ):  # a variable of the target's
            return None
        prerequisites, semicolon, first = body.partition(";")
        self._asked.append((head, path))
        self._asked.append((prerequisites, path))
        rule = Rule([head], [prerequisites], [first.strip()] if semicolon else [], path)
        self.rules.append(rule)
        return rule

    def _settle(self) -> None:
        self._several = {
            name: len(values)
            for name, values in self._values.items()
            if len(values) > 1 and name not in self._overrides
        }

    def finish(self) -> None:
        """Expand what the rules are called, once everything has been read."""
        for name, values in self._values.items():
            if name not in self._certain and name not in self._defined_names and not name.startswith("."):
                other = self._environment.get(name, _BUILT_IN.get(name, f"$${{{name}}}"))
                values += [other] if other not in values else []
        self._settle()
        settled: list[Rule] = []
        for rule in self.rules:
            head, prerequisites = rule.targets[0], rule.prerequisites[0]
            targets = self._all(head)
            needed = self._all(prerequisites.replace("$$", "$")).replace("|", " ")
            if ".SECONDEXPANSION" in targets:
                self.computed = True
            _, colon, last = needed.rpartition(":")
            if colon:  # a static pattern: which of the names it is for does not matter
                needed = last.replace("%", _UNKNOWN) + " "
            if colon or "$" in targets or "$" in needed:
                self.computed = True
            if ".ONESHELL" in targets:
                self._one_shell = True
            settled.append(Rule(targets.split(), needed.split(), rule.lines, rule.path))
        self.rules = settled
        for text, path in self._asked:
            self._run_functions(text, path)
        if self.computed or any("$(eval" in text or "${eval" in text for text, _ in self._asked):
            self.computed = True
            for body in self._defined:
                for line in _lines(body.replace("$$", "$")):
                    if line.startswith(self._prefix):
                        self._lines([line[1:]], "", {})

    def _all(self, text: str) -> str:
        """What `text` comes to by any of the values that its variables have."""
        texts: dict[str, None] = {}
        for _ in self._readings(text):
            texts[self.expand(text)] = None
        return " ".join(texts)

    def default_goals(self) -> list[str]:
        """What is made where no goal is named; empty where that is not certain."""
        named = self._values.get(".DEFAULT_GOAL")
        if named:
            goals = [self.expand(value) for value in named]
            return [] if any(_UNKNOWN in goal for goal in goals) else goals
        for rule in self.rules:
            for target in rule.targets:
                if "%" not in target and (not target.startswith(".") or "/" in target):
                    return [target]
        return []

    def emit(self, rule: Rule) -> None:
        """Add the shell texts of the rule's recipe."""
        automatic = {"@": rule.targets[0] if len(rule.targets) == 1 and "%" not in rule.targets[0] else "${target}"}
        known = rule.prerequisites if not any(re.search(r"[%$*?\[]", one) for one in rule.prerequisites) else None
        automatic["<"] = known[0] if known else "${prerequisite}"
        automatic["^"] = automatic["+"] = " ".join(known) if known else "${prerequisites}"
        automatic["?"] = automatic["*"] = automatic["%"] = automatic["|"] = "${made}"
        self._lines(rule.lines, rule.path, automatic)

    def _lines(self, lines: list[str], path: str, automatic: dict[str, str]) -> None:
        self._path = path
        groups = ["\n".join(lines)] if self._one_shell else lines
        for line in groups:
            for _ in self._readings(line):
                text = self.expand(line, automatic)
                for one in [text] if self._one_shell else _lines(text):
                    self._shell(one, path, automatic)

    def _involved(self, line: str, depth: int = 0) -> frozenset[str]:
        """The variables with more than one value that a line comes to depend on."""
        if "$" not in line or not self._several:
            return frozenset()
        if line in self._depends:
            return self._depends[line]
        self._depends[line] = frozenset()
        names = set(_REFERENCE.findall(line))
        found = names & self._several.keys()
        if depth < _MOST_DEPTH:
            found = found.union(
                *(self._involved(value, depth + 1) for name in names for value in self._values.get(name, ()))
            )
        self._depends[line] = frozenset(found)
        return self._depends[line]

    def _readings(self, line: str) -> Iterator[None]:
        """Choose values for the variables of a line, in every way that there is."""
        names = sorted(self._involved(line))
        ways = product(*(range(self._several[name]) for name in names))
        for at, way in enumerate(ways):
            if at == _MOST_READINGS:
                self.recipe.doubt(f"the variables of {self._path or 'the Makefile'} have too many values")
                break
            self._choice = dict(zip(names, way, strict=True))
            yield
        self._choice = {}

    def _shell(self, text: str, path: str, automatic: dict[str, str]) -> None:
        stripped = re.sub(r"^[ \t@+-]*", "", text)
        if self._one_shell:
            stripped = re.sub(r"(?m)^[ \t]*[@+-]+[ \t]*", "", text)
        if not stripped.strip() or stripped.strip() == _UNKNOWN:
            return
        shells = (
            self._values.get("SHELL", ["/bin/sh"]) if "SHELL" not in self._overrides else [self._overrides["SHELL"]]
        )
        for shell in shells:
            # One that is not known is taken for a shell, as nearly all are.
            if re.search(r"(?:^|[\s/])(?:ba|da|a|k|z)?sh\b|\$|cmd|^\s*$", self.expand(shell, automatic)):
                self.recipe.shell(stripped.encode("utf-8", "replace"), path)
            else:
                self.recipe.code(stripped.encode("utf-8", "replace"), path)

    def _run_functions(self, text: str, path: str) -> None:
        """Add the commands that `text` runs when it is expanded."""
        if "$" not in text:
            return
        self._path = path
        for match in re.finditer(r"\$([({])[ \t]*shell[ \t]", text):
            inside, _ = _balanced(text, match.start() + 1)
            command = inside.strip().partition(" ")[2] if inside.strip().startswith("shell ") else inside.strip()[6:]
            self._lines([command.replace("\n", " ")], path, {})
        if re.search(r"\$[({][ \t]*(?:eval|foreach|if|call|or|and|let)\b", text):
            self.expand(text)

    def expand(self, text: str, automatic: Mapping[str, str] | None = None, depth: int = 0) -> str:
        """The text with its references put in; what is not known stands there as a variable of the shell."""
        if "$" not in text:
            return text
        if depth > _MOST_DEPTH or len(text) > _MOST_TEXT or self._steps > _MOST_STEPS:
            self.recipe.doubt("a variable of the Makefile is too long")
            return _UNKNOWN
        parts: list[str] = []
        at = 0
        while (mark := text.find("$", at)) >= 0 and mark + 1 < len(text):
            self._steps += 1
            parts.append(text[at:mark])
            sign = text[mark + 1]
            if sign == "$":
                parts.append("$")
                at = mark + 2
            elif sign in "({":
                inside, at = _balanced(text, mark + 1)
                parts.append(self._reference(inside, automatic or {}, depth))
            else:
                parts.append(self._reference(sign, automatic or {}, depth))
                at = mark + 2
        parts.append(text[at:])
        result = "".join(parts)
        if len(result) > _MOST_TEXT:
            self.recipe.doubt("a variable of the Makefile is too long")
            return _UNKNOWN
        return result

    def _reference(self, inside: str, automatic: Mapping[str, str], depth: int) -> str:
        if inside in automatic:
            return automatic[inside]
        if re.fullmatch(r"[@<^+?*%|][DF]?", inside):
            return _UNKNOWN
        function = re.match(r"([a-z-]+)[ \t\n]+(.*)", inside, re.DOTALL)
        if function:
            return self._function(function[1], function[2], automatic, depth)
        name, colon, _ = inside.partition(":")
        if colon or "$" in name:
            return _UNKNOWN
        value = self._value(name)
        if name == "MAKEFILE_LIST":
            return self._file
        if name == "MAKE":
            given = "".join(f" '{key}={one}'" for key, one in self._overrides.items() if "'" not in one)
            return (value or "make") + given
        if value is None:
            return f"${{{name}}}" if re.fullmatch(r"[A-Za-z_]\w*", name) else _UNKNOWN if name.strip() else ""
        return self.expand(value, automatic, depth + 1)

    def _value(self, name: str) -> str | None:
        if name in self._overrides:
            return self._overrides[name]
        values = self._values.get(name)
        if values:
            return values[min(self._choice.get(name, 0), len(values) - 1)]
        if name in self._environment:
            return self._environment[name]
        if name == "CURDIR":
            return self.recipe.directory
        return _BUILT_IN.get(name)

    def _function(self, name: str, operands: str, automatic: Mapping[str, str], depth: int) -> str:
        if name == "shell":
            return f"$({self.expand(operands, automatic, depth + 1)})"
        if name in _SILENT:
            self._emit_operands(operands, automatic, depth)
            return ""
        if name == "call":
            called, *given = _commas(operands)
            body = self._value(called.strip())
            if body is None:
                return _UNKNOWN
            values = {str(at): self.expand(one, automatic, depth + 1) for at, one in enumerate(given, 1)}
            return self.expand(body, {**automatic, **{str(at): "" for at in range(1, 10)}, **values}, depth + 1)
        if name == "eval":
            self.computed = True
        self._emit_operands(operands, automatic, depth, lines=name in _BRANCHES)
        if name in _WORDS:
            text = self.expand(operands, automatic, depth + 1)
            if "$" not in text:
                return _of_words(name, text, self.recipe.directory)
        return _UNKNOWN

    def _emit_operands(self, operands: str, automatic: Mapping[str, str], depth: int, *, lines: bool = False) -> None:
        """Add what the operands of a function run, and what they come to where that may be what the function does."""
        for operand in _commas(operands):
            if "$" not in operand and not lines:
                continue
            text = self.expand(operand, automatic, depth + 1)
            if lines and " " in text.strip():
                for one in _lines(text):
                    self.recipe.shell(re.sub(r"^[ \t@+-]*", "", one).encode("utf-8", "replace"), self._path)
            elif "$(" in text:
                self.recipe.shell(f": {text}".encode("utf-8", "replace"), self._path)


def _of_words(name: str, text: str, directory: str | None) -> str:
    """What one of the functions `_WORDS` makes of the words of `text`."""
    words = text.split()
    if name == "strip":
        return " ".join(words)
    if name in ("firstword", "lastword"):
        return words[0 if name == "firstword" else -1] if words else ""
    if name == "dir":
        return " ".join(word.rpartition("/")[0] + "/" if "/" in word else "./" for word in words)
    if name == "notdir":
        return " ".join(word.rpartition("/")[2] for word in words)
    return " ".join(place(word, directory) or _UNKNOWN for word in words)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; one that a backslash continues holds the next."""
    waiting: list[str] = []
    for line in text.split("\n"):
        waiting.append(line)
        if (len(line) - len(line.rstrip("\\"))) % 2 == 0:
            yield "\n".join(waiting)
            waiting = []
    if waiting:
        yield "\n".join(waiting)


def _balanced(text: str, at: int) -> tuple[str, int]:
    """What stands in the brackets that open at `at`, and where the text goes on behind them."""
    opening = text[at]
    closing = ")" if opening == "(" else "}"
    depth = 0
    for place_ in range(at, len(text)):
        if text[place_] == opening:
            depth += 1
        elif text[place_] == closing:
            depth -= 1
            if not depth:
                return text[at + 1 : place_], place_ + 1
    return text[at + 1 :], len(text)


def _split(logical: str) -> tuple[str, str | None]:
    """The two sides of the first colon outside brackets; None where there is none."""
    at = 0
    while at < len(logical):
        if logical[at] == "$" and logical[at + 1 : at + 2] in ("(", "{"):
            _, at = _balanced(logical, at + 1)
        elif logical[at] == ":":
            return logical[:at], logical[at + 1 :]
        else:
            at += 1
    return logical, None


def _commas(operands: str) -> list[str]:
    """The operands of a function."""
    parts: list[str] = []
    depth = start = 0
    for at, sign in enumerate(operands):
        if sign in "({":
            depth += 1
        elif sign in ")}":
            depth -= 1
        elif sign == "," and not depth:
            parts.append(operands[start:at])
            start = at + 1
    return [*parts, operands[start:]]
