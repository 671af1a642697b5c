"""Write the pages of the rules, from their docstrings: ``python docs/build.py``. A test fails where they are stale."""

from pathlib import Path

from dfopt.optimizer.cli.explain import page
from dfopt.optimizer.rules.registry import RULES

DIRECTORY = Path(__file__).parent / "rules"


def pages() -> dict[str, str]:
    """File name to contents."""
    index = "".join(f"- [{rule.name}]({rule.name}.md): {rule.load().__doc__.splitlines()[0]}\n" for rule in RULES)
    return {f"{rule.name}.md": page(rule) + "\n" for rule in RULES} | {"README.md": f"# The rules\n\n{index}"}


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for old in DIRECTORY.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (DIRECTORY / name).write_text(text)
