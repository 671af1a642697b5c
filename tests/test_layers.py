"""The arrows between packages go one way: docs/architecture.md draws them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dfopt.optimizer.rules.registry import RULES

ROOT = Path(__file__).parents[1]
#: From the bottom up: a module imports what lies on its own level in its own package, or on a level below.
LEVELS = (
    ("optimizer.dockerfile",),
    ("optimizer.knowledge",),
    ("optimizer.facts",),
    ("optimizer.rules.finding",),  # the vocabulary of whoever finds something
    ("optimizer.fixes",),
    ("transforms.packages", "transforms.copies", "transforms.layers", "transforms.stages"),
    ("optimizer.rules",),
    ("optimizer.image", "optimizer.dockerignore"),
    ("optimizer.review",),
    ("optimizer.build", "optimizer.report"),
    ("optimizer.post", "optimizer.lsp", "optimizer.setup", "optimizer.split"),
    ("optimizer.cli",),
)
#: What anybody may import: the version, the way in, and no more than names the packages.
OPEN = {"optimizer", "transforms", "templates"}


def package_of(module: str) -> tuple[int, str]:
    """The level of a module and the package, or the module, that has it; the longest name that fits."""
    fitting = [
        (len(name), level, name)
        for level, names in enumerate(LEVELS)
        for name in names
        if module == name or module.startswith(name + ".")
    ]
    assert fitting, f"{module} belongs to no level"
    _, level, name = max(fitting)
    return level, name


def modules() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for tree in ("optimizer", "transforms"):
        for path in (ROOT / tree).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(module: str, path: Path) -> set[str]:
    """The project's modules that one imports anywhere in it, for types too."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            target = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                found.add(f"{target}.{alias.name}" if f"{target}.{alias.name}" in MODULES else target)
    return found


@pytest.mark.parametrize("module", sorted(set(MODULES) - OPEN))
def test_a_module_imports_what_lies_below(module: str) -> None:
    level, package = package_of(module)
    for target in imported(module, MODULES[module]) - OPEN:
        below, other = package_of(target)
        assert below < level or other == package, f"{module} imports {target}"


def test_rules_do_not_import_each_other_or_the_engine() -> None:
    rules = {f"transforms.{rule.wing}.{rule.module}" for rule in RULES}
    for module in rules:
        assert not {target for target in imported(module, MODULES[module]) if target in rules}, module


def test_the_wings_hold_rules_and_nothing_else() -> None:
    rules = {f"transforms.{rule.wing}.{rule.module}" for rule in RULES}
    assert {module for module in MODULES if module.count(".") == 2 and module.startswith("transforms.")} == rules


def test_the_engine_alone_knows_what_the_others_find() -> None:
    assert not [
        module
        for module, path in MODULES.items()
        if module.startswith(("optimizer.knowledge.", "optimizer.facts.", "optimizer.fixes."))
        and any(target.startswith("transforms") for target in imported(module, path))
    ]


def test_a_rule_is_read_at_one_sitting() -> None:
    """At most 150 lines, documentation and examples included."""
    long = {path.name for path in (ROOT / "transforms").rglob("*.py") if path.read_text().count("\n") > 150}
    assert not long
