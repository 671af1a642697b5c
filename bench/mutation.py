"""Break rules and facts on purpose, and see whether the tests notice.

    python bench/mutation.py [--jobs N] [--sample N] [--seed N] [MODULE…]

A mutant is a module with one small fault: a condition turned round or left out, a word missing from a list, an early
answer, a doubt dropped. Every mutant runs the tests that concern its module, in a fork of one process that has
collected them all. MODULE is a rule (`merge-runs`), a module of `optimizer/facts` (`facts/stores`), a wing (`layers`),
`transforms` or `facts`; without any, `transforms`. With `--sample`, as many mutants are drawn of each module.

Prints the survivors as diffs and the rate of each module; fails below 90 % in any, or with `--sample` below 87 % in all
together.
Mutants that change nothing are named in `mutation-equivalents.txt`, by what they replace and not by line.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import signal
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENTS = ROOT / "bench" / "mutation-equivalents.txt"
BAR = 0.9
SAMPLED_BAR = 0.87  # two hundred mutants may be some points off the rate of all
SECONDS = 20  # a mutant that does not come to an end is noticed

_COMPARISONS = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_TEXT = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
         ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"}  # fmt: skip
_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
_APPLICABILITY = {"safe": "unsafe", "unsafe": "safe", "manual": "safe"}
_SAME_TYPE = frozenset(
    ("strip", "lstrip", "rstrip", "lower", "upper", "replace", "removeprefix", "removesuffix", "union", "difference")
)
_UNTOUCHED = frozenset(("RULE", "KEEPS", "__all__"))


class Mutant(NamedTuple):
    """A module's text with one fault: `start` to `end` (bytes) replaced by `new`."""

    module: str  # as in sys.modules
    source: bytes
    start: int
    end: int
    new: bytes

    @property
    def text(self) -> bytes:
        return self.source[: self.start] + self.new + self.source[self.end :]

    @property
    def lines(self) -> tuple[str, str]:
        """The whole lines that are replaced, and what they become, without their indentation."""
        first = self.source.rfind(b"\n", 0, self.start) + 1
        last = self.source.find(b"\n", self.end)
        after = self.source[first : self.start] + self.new + self.source[self.end : last]
        return _joined(self.source[first:last]), _joined(after)

    @property
    def diff(self) -> str:
        old, new = self.lines
        line = self.source.count(b"\n", 0, self.start) + 1
        return f"@@ line {line}\n- {old}\n+ {new}"


def _joined(text: bytes) -> str:
    return " ".join(text.decode().split())


def mutants_of(module: str, source: bytes) -> list[Mutant]:
    """Every mutant of a module that still compiles, in the order of the text."""
    found: dict[bytes, Mutant] = {}
    for start, end, new in _Faults(source).all():
        mutant = Mutant(module, source, start, end, new)
        try:
            compile(mutant.text, "mutant", "exec")
        except SyntaxError:
            continue
        if mutant.text != source:
            found.setdefault(mutant.text, mutant)
    return sorted(found.values(), key=lambda one: (one.start, one.end, one.new))


class _Faults:
    """The faults that a text can have, as (start, end, replacement)."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.starts = [0]
        for line in source.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, node: ast.AST) -> tuple[int, int]:
        first, last = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        return self.starts[first - 1] + node.col_offset, self.starts[last - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def code(self, node: ast.AST) -> bytes:
        start, end = self.span(node)
        return self.source[start:end]

    def all(self) -> Iterator[tuple[int, int, bytes]]:
        for node in self.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else ()
            if isinstance(node, ast.Import | ast.ImportFrom):
                continue
            if any(isinstance(target, ast.Name) and target.id in _UNTOUCHED for target in targets):
                continue
            yield from self.below(node, "")

    def below(self, node: ast.AST, returns: str) -> Iterator[tuple[int, int, bytes]]:
        if isinstance(node, ast.FunctionDef):
            returns = ast.unparse(node.returns) if node.returns else ""
            children = [*node.args.defaults, *node.args.kw_defaults, *node.body]
        elif isinstance(node, ast.AnnAssign):
            children = [node.value]
        else:
            children = list(ast.iter_child_nodes(node))
        yield from self.at(node, returns)
        for child in children:
            if child is not None and not _is_text(child):
                yield from self.below(child, returns)

    def at(self, node: ast.AST, returns: str) -> Iterator[tuple[int, int, bytes]]:
        match node:
            case ast.Compare(ops=[op]):
                yield from self.compared(node, op)
            case ast.BoolOp():
                word = b" and " if isinstance(node.op, ast.And) else b" or "
                for left in node.values:
                    rest = [b"(" + self.code(one) + b")" for one in node.values if one is not left]
                    yield *self.span(node), b"(" + word.join(rest) + b")"
            case ast.UnaryOp(op=ast.Not()):
                yield *self.span(node), b"(" + self.code(node.operand) + b")"
            case ast.IfExp():
                yield *self.span(node), self.code(node.body)
                yield *self.span(node), self.code(node.orelse)
            case ast.If() | ast.While():
                yield from self.negated(node.test)
            case ast.comprehension():
                for test in node.ifs:
                    yield from self.negated(test)
                    yield *self.span(test), b"True"
            case ast.Set() | ast.List() | ast.Tuple() if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
                yield from self.shorter(node)
            case ast.Dict() if len(node.keys) > 1:
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant):
                        start, end = self.span(key)[0], self.span(value)[1]
                        comma = self.source[end : end + 1] == b","
                        yield start, end + comma, b""
            case ast.Return() if node.value is not None:
                for answer in _answers(returns):
                    yield *self.span(node.value), answer
            case ast.Constant(value=bool()):
                yield *self.span(node), str(not node.value).encode()
            case ast.Constant(value=int()):
                yield *self.span(node), str(node.value + 1).encode()
            case ast.Constant(value=str()) if node.value in _APPLICABILITY:
                yield *self.span(node), repr(_APPLICABILITY[node.value]).encode()
            case ast.Name() if node.id in _NAMES:
                yield *self.span(node), _NAMES[node.id].encode()
            case ast.BinOp(op=ast.BitOr() | ast.Add() | ast.Sub()):
                yield *self.span(node), self.code(node.left)
                if not isinstance(node.op, ast.Sub):
                    yield *self.span(node), self.code(node.right)
            case ast.Continue() | ast.Break() | ast.Raise() | ast.AugAssign():
                yield *self.span(node), b"pass"
            case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
                yield *self.span(node), b"pass"
            case ast.Call():
                yield from self.called(node)
            case _:
                pass

    def compared(self, node: ast.Compare, op: ast.cmpop) -> Iterator[tuple[int, int, bytes]]:
        start, end = self.span(node.left)[1], self.span(node.comparators[0])[0]
        between = self.source[start:end]
        word, other = _TEXT[type(op)].encode(), _COMPARISONS[type(op)].encode()
        if word in between:
            yield start, end, between.replace(word, other, 1)

    def negated(self, test: ast.expr) -> Iterator[tuple[int, int, bytes]]:
        """`test` the other way round, but for what other faults turn round."""
        if not isinstance(test, ast.Compare) and not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
            yield *self.span(test), b"(not (" + self.code(test) + b"))"

    def shorter(self, node: ast.Set | ast.List | ast.Tuple) -> Iterator[tuple[int, int, bytes]]:
        """A list of texts without one of them, or any list in brackets without one of its items."""
        texts = all(_is_text(item) for item in node.elts)
        if not node.elts or not (texts or isinstance(node, ast.List)) or (texts and len(node.elts) < 2):
            return
        for item in node.elts:
            start, end = self.span(item)
            rest = self.source[end : self.span(node)[1]]
            comma = len(rest) - len(rest.lstrip(b" \n,")) if b"," in rest[:2] else 0
            yield start, end + comma, b""

    def called(self, node: ast.Call) -> Iterator[tuple[int, int, bytes]]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node.func, ast.Attribute) and name in _SAME_TYPE:
            yield *self.span(node), self.code(node.func.value)
        if name in ("Offer", "Finding", "Fix"):
            parts = [*node.args, *node.keywords]
            for part in parts[1:]:
                rest = b", ".join(self.code(one) for one in parts if one is not part)
                yield *self.span(node), self.code(node.func) + b"(" + rest + b")"
        if name in ("compile", "match", "search", "fullmatch", "sub", "finditer") and node.args:
            pattern = node.args[0]
            if _is_text(pattern):
                yield from self.without_alternatives(pattern)

    def without_alternatives(self, pattern: ast.expr) -> Iterator[tuple[int, int, bytes]]:
        """A regular expression without one of the things that it may match."""
        start, end = self.span(pattern)
        text = self.source[start:end]
        depth: list[list[int]] = [[text.index(text[-1:]) + 1]]  # where each alternative of each open group starts
        at = depth[0][0]
        while at < len(text):
            sign = text[at : at + 1]
            if sign == b"\\":
                at += 1
            elif sign == b"[":
                at = text.index(b"]", at + 2)
            elif sign == b"(":
                inner = at + 1
                if text[inner : inner + 1] == b"?":
                    inner = next(n for n in range(inner + 1, len(text)) if text[n : n + 1] in b":=!>)")
                    inner += 1
                if text[inner - 1 : inner] == b")":  # flags for all that follows: no group
                    at = inner - 1
                else:
                    depth.append([inner])
            elif sign == b"|":
                depth[-1].append(at + 1)
            elif sign == b")" or at == len(text) - 1:
                starts = [*depth.pop(), at + 1]
                if len(starts) > 2:
                    for first, following in pairwise(starts):
                        last = following == at + 1
                        cut = (first - 1, at) if last else (first, following)
                        yield start + cut[0], start + cut[1], b""
            at += 1


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and node.value not in _APPLICABILITY


def _answers(returns: str) -> Iterator[bytes]:
    if returns == "bool":
        yield from (b"True", b"False")
    if "None" in returns:
        yield b"None"
    if returns == "str":
        yield b'""'
    if returns.startswith(("list", "tuple")) and ", ..." in returns + ", ...":
        yield b"[]"


def equivalents() -> set[tuple[str, str, str]]:
    """(module, old, new) of the mutants that change nothing."""
    found: set[tuple[str, str, str]] = set()
    module = old = ""
    for line in EQUIVALENTS.read_text().splitlines() if EQUIVALENTS.exists() else ():
        if line.startswith("["):
            module = line.strip("[]")
        elif line.startswith("- "):
            old = line[2:]
        elif line.startswith("+ "):
            found.add((module, old, line[2:]))
    return found


class Runner:
    """A plugin that runs the tests of every mutant instead of the tests once."""

    def __init__(self, modules: list[str], sample: int, seed: int, jobs: int) -> None:
        self.modules = modules
        self.sample = sample
        self.random = random.Random(seed)
        self.jobs = jobs
        self.known = equivalents()
        self.rates: dict[str, tuple[int, int]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        for module in self.modules:
            items = _concerned(session.items, module)
            if not _passes(items):
                raise session.Interrupted(f"the tests of {module} fail as it is")
            self.run(module, items)
        return True

    def run(self, module: str, items: list[pytest.Item]) -> None:
        name = "dfopt." + module.replace("/", ".")
        if name not in sys.modules:
            __import__(name)
        found = mutants_of(name, (ROOT / f"{module}.py").read_bytes())
        if self.sample and len(found) > self.sample:
            found = sorted(self.random.sample(found, self.sample))
        found = [mutant for mutant in found if (module, *mutant.lines) not in self.known]
        survivors = [mutant for mutant, killed in zip(found, self.killed(found, items), strict=True) if not killed]
        for mutant in survivors:
            print(f"{module} {mutant.diff}")
        self.rates[module] = len(found) - len(survivors), len(found)
        print(_rate(module, *self.rates[module]), flush=True)

    def killed(self, mutants: list[Mutant], items: list[pytest.Item]) -> list[bool]:
        outcome: dict[int, bool] = {}
        running: dict[int, int] = {}
        sys.stdout.flush()

        def wait() -> None:
            pid, status = os.wait()
            outcome[running.pop(pid)] = status != 0

        for number, mutant in enumerate(mutants):
            if len(running) >= self.jobs:
                wait()
            pid = os.fork()
            if pid == 0:
                _child(mutant, items)
            running[pid] = number
        while running:
            wait()
        return [outcome[number] for number in range(len(mutants))]


def _concerned(items: list[pytest.Item], module: str) -> list[pytest.Item]:
    """The tests that are there for `module`, its own first."""
    wing, _, name = module.partition("/")[2].rpartition("/")
    own = f"test_{name}.py"
    if module.startswith("optimizer/facts"):
        facts = [item for item in items if "/facts/" in item.nodeid]
        rules = [item for item in items if "transforms/" in item.nodeid]
        return sorted(facts, key=lambda item: own not in item.nodeid) + rules
    rule = name.replace("_", "-")
    example = re.compile(rf"test_examples\.py::.*\[{rule}(-\d+)?\]")
    examples = [item for item in items if example.search(item.nodeid)]
    return [item for item in items if f"transforms/{wing}/{own}" in item.nodeid] + examples


def _passes(items: list[pytest.Item]) -> bool:
    for item in items:
        for report in runtestprotocol(item, log=False):
            if report.failed:
                return False
    return True


def _child(mutant: Mutant, items: list[pytest.Item]) -> None:
    status = 1
    try:
        signal.alarm(SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        pytest.Function.repr_failure = lambda *_, **__: ""  # nobody reads it, and it takes most of the time
        _install(mutant)
        status = 0 if _passes(items) else 1
    finally:
        os._exit(status)


def _install(mutant: Mutant) -> None:
    """Put the mutant's functions, classes and tables in the place of the module's, whoever has imported them."""
    module = sys.modules[mutant.module]
    before = dict(vars(module))
    after = {name: before[name] for name in before if name.startswith("__")}
    exec(compile(mutant.text, module.__file__ or "", "exec"), after)
    made = {id(old): after[name] for name, old in before.items() if name in after and not name.startswith("__")}
    for other in list(sys.modules.values()):
        if other is module or not (other.__name__.startswith("dfopt.") or "test_" in other.__name__):
            continue
        for name, value in list(vars(other).items()):
            if id(value) in made and not isinstance(value, int | str | bytes):
                setattr(other, name, made[id(value)])
    vars(module).update(after)


def _rate(module: str, killed: int, tried: int) -> str:
    return f"{module:55} {killed:4} of {tried:4} killed  {100 * killed / max(tried, 1):5.1f} %"


def _modules(names: list[str]) -> list[str]:
    every = sorted(
        str(path.relative_to(ROOT).with_suffix(""))
        for place in ("transforms", "optimizer/facts")
        for path in (ROOT / place).rglob("*.py")
        if path.name != "__init__.py"
    )
    asked = [name.replace("-", "_") for name in names or ["transforms"]]
    chosen = [one for one in every if any(_is_meant(name, one) for name in asked)]
    if not chosen:
        sys.exit(f"no module is called {' or '.join(names)}")
    return chosen


def _is_meant(name: str, module: str) -> bool:
    """Whether `name` means `module`: `transforms`, a wing or a rule of it, `facts`, or ``facts/`` and a module."""
    if module.startswith("optimizer/"):
        return f"{module}/".startswith(f"optimizer/{name}/")
    return name in module.split("/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--sample", type=int, default=0, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    runner = Runner(_modules(given.modules), given.sample, given.seed, given.jobs)
    os.chdir(ROOT)
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    tests = ["tests/transforms", "tests/optimizer/facts"]
    status = pytest.main(["-q", "-p", "no:cacheprovider", "-s", "--assert=plain", *tests], plugins=[runner])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or not runner.rates:
        sys.exit(f"the tests themselves did not run: {status}")
    killed, tried = (sum(column) for column in zip(*runner.rates.values(), strict=True))
    print("\n".join(_rate(module, *rate) for module, rate in runner.rates.items()))
    print(_rate("all", killed, tried))
    rates = [(killed, tried)] if given.sample else [rate for rate in runner.rates.values() if rate[1]]
    bar = SAMPLED_BAR if given.sample else BAR
    sys.exit(any(one < bar * all_of for one, all_of in rates))


if __name__ == "__main__":
    main()
