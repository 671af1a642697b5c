"""RUNs that only remove files and change modes, and whether they would do the same in another image."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command
from .commands import of_command
from .stages import Run


def places_taken(run: Run) -> list[str]:
    """The paths that `run` removes or changes; none where it does anything else."""
    script = run.script
    if script is None or script.heredoc or not script.is_plain or not script.only_and or run.instruction.flags:
        return []
    found: list[str] = []
    for command in script.commands:
        effects = of_command(command, None, ())
        if not _only_takes_away(command) or effects.writes.unknown or not effects.writes.below:
            return []
        found += effects.writes.below
    return found


def _only_takes_away(command: Command) -> bool:
    if command.redirections or command.wrappers or b"$" in command.normal or b"`" in command.normal:
        return False
    if command.name == "find":
        started = command.started()
        return ("-delete" in command.values() or bool(started)) and all(one.name == "rm" for one in started)
    if command.name == "chmod" and command.has_option("R", "recursive"):  # COPY may give all one mode
        return not any(re.fullmatch(r"[0-7]+", value or "") for value in command.values())
    return command.name in ("rm", "chmod") and not command.has_option("reference")


def changes_file(run: Run, path: str) -> bool:
    """Whether all that `run` does is to change the mode of what is at `path`, and of nothing in it."""
    return all(
        command.name == "chmod"
        and not command.has_option("R", "recursive")
        and [word.value for word in command.operands()[1:]] == [path]
        for command in (run.script.commands if run.script else ())
    )


def changes_itself(run: Run, path: str) -> bool:
    """Whether `run` removes the directory at `path` itself, or changes its mode."""
    return any(
        command.name != "find" and path in (word.value and word.value.rstrip("/") for word in command.operands())
        for command in (run.script.commands if run.script else ())
    )


# What the find of GNU and that of BusyBox both know.
_FIND = re.compile(
    r"-(?:i?name|i?path|type|exec|delete|depth|(?:max|min)depth|prune|print|not|and|or|[aor]|rf?|fr?|mtime|size)"
)


def is_the_same_everywhere(command: Command) -> bool:
    """Whether it does the same in every distribution."""
    words = [word.value or "" for word in command.argv[1:] if word.raw.startswith(b"-")]
    return command.name != "find" or all(map(_FIND.fullmatch, words))
