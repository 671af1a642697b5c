"""What dfopt makes of some hundred Dockerfiles is stored: whatever changes it shows as a diff that can be read.

    python tests/test_baseline.py

stores it anew, in ``tests/baseline/habits.diff``. A line of a Dockerfile begins with a blank where it stays, with ``-``
where it goes, with ``+`` where it comes; ``?`` is a finding that was not applied, and why.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent / "support"))

from habits import dockerfile

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.dockerfile.source import Source

COUNT = 480
STORED = Path(__file__).parent / "baseline/habits.diff"
VARIANTS = {  # the options, in turn
    "": Settings(),
    " --unsafe": Settings(unsafe=True),
    " --prefer cache-mounts": Settings(extend=frozenset(("index-not-mounted", "cache-not-mounted"))),
    " --select all": Settings(select=frozenset(("all",))),
}
TURNS = ["", "", " --unsafe", "", "", " --select all", "", " --prefer cache-mounts"]


def rendered(result: Result) -> str:
    """The Dockerfile with its changes, every line with its sign."""
    old, new = (data.decode().splitlines() for data in (result.original, result.patched))
    lines: list[str] = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += (f" {line}" for line in old[start:end])
        else:
            lines += [*(f"-{line}" for line in old[start:end]), *(f"+{line}" for line in new[new_start:new_end])]
    source = Source(result.original)
    for item in result.offered:
        reason = "manual" if item.why == "manual" else item.finding.reason or item.why
        lines.append(f"? {source.line_of(item.start)} {item.finding.rule}: {reason}")
    return "".join(line.rstrip() + "\n" for line in lines)


def baseline() -> str:
    parts: list[str] = []
    for number in range(COUNT):
        options = TURNS[number % len(TURNS)]
        text = rendered(optimize(dockerfile(number), settings=VARIANTS[options]))
        parts.append(f"=== {number}{options}\n{text}")
    return "".join(parts)


def test_what_is_made_of_habits_is_as_stored() -> None:
    old, new = STORED.read_text().splitlines(), baseline().splitlines()
    changed = list(difflib.unified_diff(old, new, "stored", "now", n=6, lineterm=""))
    assert not changed, "look at the diff, then: python tests/test_baseline.py\n" + "\n".join(changed)


if __name__ == "__main__":
    STORED.write_text(baseline())
