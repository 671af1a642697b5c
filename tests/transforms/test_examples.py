"""Every rule's documentation is its first test: Before becomes After, and its KEEPS stay as they are."""

from __future__ import annotations

import re

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.rules.registry import RULES, Rule
from rule_cases import check_keep

BLOCK = re.compile(r"```dockerfile\n(.*?)```", re.DOTALL)


def only(rule: Rule, *, unsafe: bool = False) -> Settings:
    return Settings(select=frozenset((rule.name,)), unsafe=unsafe or rule.applicability == "unsafe")


def documentation(rule: Rule) -> str:
    text = rule.load().__doc__
    assert text
    return text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_before_becomes_after(rule: Rule) -> None:
    before, after = BLOCK.findall(documentation(rule))
    result = optimize(before, settings=only(rule))
    if rule.applicability == "manual":  # what a person would make of it
        assert not result.changed
        assert [item.why for item in result.offered] == ["manual"]
    else:
        assert result.text == after


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_after_is_left_alone(rule: Rule) -> None:
    _, after = BLOCK.findall(documentation(rule))
    result = optimize(after, settings=only(rule))
    assert not result.changed
    assert not [item for item in result.offered if item.why == "manual"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_has_every_part(rule: Rule) -> None:
    text = documentation(rule)
    assert text.split("\n", 1)[0].endswith(".")
    for part in ("Before:", "After:", "When it stays away:", "Safety:", "References:"):
        assert f"\n{part}" in text


def test_every_rule_has_keeps() -> None:
    assert all(rule.load().KEEPS for rule in RULES)


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        pytest.param(rule, text, expected, id=f"{rule.name}-{n}")
        for rule in RULES
        for n, (text, expected) in enumerate(rule.load().KEEPS)
    ],
)
def test_keeps(rule: Rule, text: str, expected: str | tuple[str, str]) -> None:
    check_keep(rule.name, text, expected)
