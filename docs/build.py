"""Write what is said of the rules elsewhere: their pages, from their docstrings, and the table of the README.

    python docs/build.py

A test fails where they are stale.
"""

from pathlib import Path

from dfopt.optimizer.cli.explain import page
from dfopt.optimizer.cli.rules import summary
from dfopt.optimizer.rules.registry import RULES

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / "docs" / "rules"
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->"


def pages() -> dict[str, str]:
    """File name to contents."""
    index = "".join(f"- [{rule.name}]({rule.name}.md): {summary(rule)}\n" for rule in RULES)
    return {f"{rule.name}.md": page(rule) + "\n" for rule in RULES} | {"README.md": f"# The rules\n\n{index}"}


def readme() -> str:
    """The README with the table as it should be."""
    rows = "".join(
        f"| `{rule.name}` | {rule.applicability}{'' if rule.default else ', off'} | {summary(rule)} |\n"
        for rule in RULES
    )
    before, _, rest = (ROOT / "README.md").read_text().partition(BEGIN)
    return f"{before}{BEGIN}| rule | safety | what it does |\n|---|---|---|\n{rows}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    for old in DIRECTORY.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (DIRECTORY / name).write_text(text)
    (ROOT / "README.md").write_text(readme())
