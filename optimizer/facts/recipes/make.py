"""Makefiles: the recipes that a goal runs. GNU make's manual: *Rules*, *Recipes*, *Variables*, *Functions*.

Conditionals are read as if both branches held. Where a goal cannot be followed through the rules, every recipe of the
file is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...dockerfile.commands import Command
from .base import Recipe, options, place, spelled
from .makefile import Makefile, Rule

_VALUED = frozenset(
    "-C --directory -f --file --makefile -I --include-dir -o --old-file --assume-old -W --what-if --new-file "
    "--assume-new --eval --output-sync -E".split()
)
_NAMES = ("GNUmakefile", "makefile", "Makefile")
_VARIABLE = re.compile(r"([\w.-]+)\s*(?:::?:?|\+|\?)?=(.*)", re.DOTALL)
_NUMBER = re.compile(r"[\d.]+|\$\(.*|\$\w+|\$\{.*|`.*")
_MOST_RULES = 4000


def read(command: Command, recipe: Recipe, environment: Mapping[str, str]) -> bool:
    """Add the recipes that ``make`` runs."""
    words: list[str] = []
    for word in command.argv[1:]:
        text = spelled(word)
        if not (words and re.fullmatch(r"-[a-zA-Z]*[jl]|--jobs|--load-average", words[-1]) and _NUMBER.fullmatch(text)):
            words.append(re.sub(r"^-([jlO]).*", r"-\1", text))
    found = options(words, _VALUED)
    for name, value in found.given:
        if name in ("-C", "--directory"):
            recipe.directory = place(value, recipe.directory)
        elif name in ("-E", "--eval"):
            recipe.doubt("`make --eval` is told a rule")
    overrides: dict[str, str] = {}
    goals: list[str] = []
    for word in found.operands:
        match = _VARIABLE.fullmatch(word)
        if match:
            overrides[match[1]] = match[2]
        else:
            goals.append(word)
    if recipe.directory is None:
        recipe.doubt("`make` runs in a directory that is not known")
        return True
    files = [value for name, value in found.given if name in ("-f", "--file", "--makefile")]
    makefile = Makefile(recipe, environment, overrides)
    makefile.include_directories = [value for name, value in found.given if name in ("-I", "--include-dir")]
    if files:
        for name in files:
            path = place(name, recipe.directory)
            text = recipe.read(path) if name != "-" else None
            if path is None or text is None:
                recipe.doubt(f"`make` reads {path or name}, which is not shown")
            else:
                makefile.add(path, text)
    else:
        default = recipe.first(_NAMES)
        if default is None:
            recipe.doubt(f"`make` reads a Makefile in {recipe.directory} that is not shown")
            return True
        makefile.add(*default)
    makefile.finish()
    chosen = _chosen(makefile, goals)
    for rule in chosen:
        makefile.emit(rule)
    return True


def _chosen(makefile: Makefile, goals: list[str]) -> list[Rule]:
    """The rules that the goals lead to; all of them where one cannot be followed."""
    goals = goals or makefile.default_goals()
    if makefile.computed or not goals or any("$" in goal or "`" in goal for goal in goals):
        return makefile.rules
    explicit: dict[str, list[Rule]] = {}
    patterns: list[Rule] = []
    always: list[Rule] = []
    for rule in makefile.rules:
        for target in rule.targets:
            explicit.setdefault(_plain(target), []).append(rule)
        if any("%" in target for target in rule.targets):
            patterns.append(rule)
        if any(re.fullmatch(r"\.DEFAULT|(?:\.\w+){1,2}", target) for target in rule.targets):
            always.append(rule)  # a suffix rule, or the one for whatever has none
    chosen: dict[int, Rule] = {id(rule): rule for rule in always}
    waiting = [*goals, *makefile.included]
    seen: set[str] = set()
    wanted = set(goals)
    while waiting:
        name = _plain(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        if len(seen) > _MOST_RULES:
            return makefile.rules
        rules = explicit.get(name, [])
        for rule in rules:
            chosen[id(rule)] = rule
            waiting += rule.prerequisites
        if not any(rule.lines for rule in rules):
            for rule in patterns:
                for target in rule.targets:
                    head, mark, tail = target.partition("%")
                    if mark and name.startswith(head) and name.endswith(tail) and len(name) >= len(head + tail):
                        stem = name[len(head) : len(name) - len(tail)]
                        chosen[id(rule)] = rule
                        waiting += [one.replace("%", stem) for one in rule.prerequisites]
            if name.endswith(".o"):  # the rules that make has built in
                makefile.recipe.shell(f"cc -c {name[:-2]}.c".encode())
            elif name in wanted and not rules and not patterns:
                return makefile.rules
    return [rule for rule in makefile.rules if id(rule) in chosen]


def _plain(name: str) -> str:
    return name.removeprefix("./") or name
