"""What there is to say as Markdown: a table for people, and the comments of a review.

Text of a Dockerfile is shown as it is and never read as markup: in a fence longer than any run of backticks in it,
in a code span, or with every character escaped that GitHub, GitLab or CommonMark gives a meaning.
"""

from __future__ import annotations

import re

from ..knowledge.assumptions import ASSUMPTIONS
from ..review.review import Item, Review, Reviewed
from ..rules.finding import Problem
from .plain import heading, size

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()<>#+.!|~@:&$%^=/-])")
# What starts a mention, a reference or a link even where it is escaped: a word joiner behind it parts it from its word.
_REFERENCE = re.compile(r"\\[@#!~%&$:](?=\S)|(?i:\bwww)\\\.")
_LONGEST = 40_000  # characters of a suggestion in a comment, which may have 65,536 with what else stands in it
_TEXTS, _WORDS = 10, 500  # messages in a comment, and characters of each: escaped they are thrice as many at most
# On a line of its own, as no line of a diff is.
_MARKER = re.compile(r"^<!-- dfopt:([0-9a-f]{16}(?:-\d+)?) -->\s*$", re.MULTILINE)


def as_markdown(review: Review) -> str:
    """A table of everything, and the diff of every file below it."""
    items = review.items
    if not items:
        return "dfopt has nothing to suggest.\n" + _errors(review)
    parts = [f"### dfopt: {heading(review)}\n", table([row(*one) for one in items])]
    for file in review.files:
        if file.diff:
            parts.append(
                f"<details><summary>The changes to {_html(file.path)}</summary>\n\n{_diff(file.diff)}\n\n</details>\n"
            )
    return "\n".join(parts) + _errors(review)


def table(rows: list[str]) -> str:
    """A table of what `row` makes."""
    return "| where | rule | why | saves |\n|---|---|---|---:|\n" + "".join(rows)


def row(file: Reviewed, item: Item) -> str:
    """Where, which rule, why, and what it saves."""
    return f"| {code(place(file, item))} | {rules(item)} | {messages(item)} | {saving(item)} |\n"


def comment(item: Item, head: str = "suggestion") -> str:
    """What is said below the lines; `head` opens the block of a suggestion. The mark at the end is not shown."""
    saved = f", saves {saving(item)}" if item.saves else ""
    parts = [f"{messages(item)} ({rules(item)}{saved})"]
    parts += [f"Unsafe: {escape(reason)}." for reason in reasons(item)]
    made = item.suggestion
    shown = fenced(made.text if made.lines else None, head) if made and made.plain else ""
    if shown and len(shown) < _LONGEST:
        parts.append(shown)
    elif shown:
        parts.append("The change is too long to be shown here; `dfopt fix` makes it.")
    elif made:
        parts.append("A suggestion cannot express this change; `dfopt fix` makes it.")
    return "\n\n".join((*parts, mark(item.key)))


def as_bare_diff(file: Reviewed, item: Item) -> str:
    """The one suggestion as a diff, for where its lines cannot be commented on."""
    return _diff(file.diff_of((item,)))


def messages(item: Item) -> str:
    """Why, in sentences."""
    texts = dict.fromkeys(found.finding.message for found in item.findings)
    said = [escape(text) + "." for text in _some([text[:1].upper() + text[1:] for text in texts])]
    assumed = dict.fromkeys(name for found in item.findings for name in found.finding.assumes)
    needs = ["Needs BuildKit."] if any(found.finding.needs_buildkit for found in item.findings) else []
    return " ".join([*said, *(f"Assumes that {ASSUMPTIONS[name]}." for name in assumed), *needs])


def reasons(item: Item) -> list[str]:
    """Why it is not safe."""
    found = (one.finding for one in item.findings)
    return _some(list(dict.fromkeys(one.reason for one in found if one.applicability == "unsafe" and one.reason)))


def _some(texts: list[str]) -> list[str]:
    """So many of them, and so much of each, that they fit into any comment."""
    short = [text if len(text) <= _WORDS else text[:_WORDS] + "…" for text in texts[:_TEXTS]]
    return short if len(texts) <= _TEXTS else [*short, f"And {len(texts) - _TEXTS} more"]


def rules(item: Item) -> str:
    """The names of the rules in code spans."""
    return ", ".join(code(name) for name in item.rules)


def saving(item: Item) -> str:
    """What it saves: an estimate, or nothing where only a build can tell."""
    return f"about {size(item.saves)}" if item.saves else ""


def place(file: Reviewed, item: Item) -> str:
    """``path:line``."""
    return f"{file.path}:{item.first}"


def problem_line(problem: Problem) -> str:
    """Where, and what is wrong."""
    return f"{code(problem.place)}: {escape(*_some([problem.reason]))}"


def mark(key: str) -> str:
    """A comment that nobody sees, by which what was said is known again."""
    return f"<!-- dfopt:{key} -->"


def marks(text: str) -> list[str]:
    """The keys that a text is marked with. A comment's own is the last: a line that it suggests may look like one."""
    return _MARKER.findall(text)


def escape(text: str) -> str:
    """`text` on one line, such that nothing in it is markup, a mention or a link."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return _REFERENCE.sub("\\g<0>\N{WORD JOINER}", _PUNCTUATION.sub(r"\\\1", " ".join(text.split())))


def code(text: str) -> str:
    """`text` in a code span, also inside a table."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text).replace("|", "\\|")
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str | None, head: str) -> str:
    """`text` in a fence that it cannot end; None is no line at all."""
    body = "" if text is None else f"{text}\n"
    fence = "`" * max(3, _longest_ticks(text or "") + 1)
    return f"{fence}{head}\n{body}{fence}"


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _html(text: str) -> str:
    return re.sub(r"[^\w./ -]", lambda match: f"&#{ord(match[0])};", text)


def _diff(diff: bytes) -> str:
    return fenced(diff.decode("utf-8", "replace").removesuffix("\n"), "diff")


def _errors(review: Review) -> str:
    lines = [f"\n- {problem_line(error)}" for error in review.errors]
    return "".join(lines) + ("\n" if lines else "")
