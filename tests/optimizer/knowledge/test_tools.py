"""What is known of package managers is whole: every tool has a word of its own, and every role what it needs."""

from __future__ import annotations

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.shell import read_script
from dfopt.optimizer.knowledge.tools import NAMES, ROLES, Tool, load_tool, present, roles_in
from dfopt.optimizer.knowledge.uses import clears_any, uses

TOOLS = [load_tool(name) for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_tool_is_found_by_its_word(name: str) -> None:
    tool = load_tool(name)
    word = name.replace("_", "-")
    assert any(word in command for command in tool.commands) or _is_kept_since(tool, word)
    assert tool in present(f"FROM x\nRUN {min(tool.commands)} {word}\n".encode())
    assert any(getattr(tool, role) for role in ROLES)


def _is_kept_since(tool: Tool, word: str) -> bool:
    """Whether it is another tool's cache, which is kept only where something called `word` has been removed."""
    return any(cache.since is not None and cache.since.search(f"rm {word}".encode()) for cache in tool.caches)


@pytest.mark.parametrize("tool", TOOLS, ids=NAMES)
def test_what_clears_is_recognised(tool: Tool) -> None:
    """Whatever a rule appends must be seen as clearing, or the rule would append it again."""
    index = tool.package_index
    texts = [text for cache in tool.caches for text in (cache.clear, *(text for _, text in cache.clear_on)) if text]
    texts += [text for text in (index.clear, index.clear_by_hand) if text] if index else []
    for text in texts:
        run = Document.parse(f"FROM x\nRUN {text.replace('{name}', min(tool.commands))}\n".encode()).instructions[1]
        script = read_script(run)
        assert script is not None
        assert any(clears_any(tool, command) for command in script.commands), text


def test_commands_belong_to_one_tool() -> None:
    commands = [command for tool in TOOLS if not _is_kept_since(tool, "docker-clean") for command in tool.commands]
    assert len(commands) == len(set(commands))


def test_roles() -> None:
    assert roles_in(b"FROM x\nRUN npm ci\n") == {"caches", "mounts", "development"}
    assert roles_in(b"FROM scratch\nCOPY a /b\n") == frozenset()


@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if tool.package_index and tool.install], ids=lambda tool: tool.name
)
def test_an_index_is_cleared_or_not_kept(tool: Tool) -> None:
    """The rules follow from the roles: a tool with an index needs no rule of its own."""
    index = tool.package_index
    assert index
    command = min(tool.commands, key=len)
    verb = next((verb for verb in ("install", "add") if verb in tool.install), min(tool.install))
    refresh = "" if index.fetched_by_install else f"{command} {min(index.refresh)} && "
    result = optimize(f"FROM team/base\nRUN {refresh}{command} {verb} -y tree\n")
    assert result.changed
    script = read_script(Document.parse(result.patched).instructions[1])
    assert script is not None
    cleared = any(clears_any(tool, one) for one in script.commands)
    option = tool.cache_option.option if tool.cache_option else ""
    assert cleared or all(option in use.options for use in uses(script, tool))
