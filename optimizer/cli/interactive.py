"""``dfopt fix --interactive``: ask about every suggestion, as ``git add -p`` does."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, TextIO

from ..dockerfile.diff import Change, split_lines
from ..report.plain import said
from ..report.printable import printable_lines
from ..review.review import Item, Reviewed, review_file
from ..review.suggest import Suggestion, accept_all
from ..rules.engine import Result
from ..rules.finding import Problem
from .runner import FileError

if TYPE_CHECKING:
    from ..review.suggest import Refix

_HELP = """\
y - make this change
n - leave it
a - make this and all that follow in this file
q - leave this and all that follow, in every file
e - edit the new lines, then make the change
? - this help
"""


class Questions:
    """Asks on one stream and reads the answers from another; once told to quit, it leaves everything."""

    def __init__(self, answers: TextIO, out: TextIO) -> None:
        self.answers = answers
        self.out = out
        self.over = False

    def chosen(self, path: str, result: Result, refix: Refix) -> bytes:
        """The text of the file with what was said yes to. Raises `FileError` where an editor cannot be run."""
        file = review_file(path, result, refix, unsafe=False)
        items = [item for item in file.items if item.suggestion]
        accepted: list[Suggestion] = []
        everything = False
        for number, item in enumerate(items, 1):
            made = item.suggestion if everything else None
            if not everything and not self.over:
                answer, made = self._ask(file, item, f"({number}/{len(items)})")
                everything = answer == "a"
                self.over = answer == "q"
            if made:
                accepted.append(made)
        return accept_all(result.original, tuple(accepted))

    def _ask(self, file: Reviewed, item: Item, count: str) -> tuple[str, Suggestion | None]:
        self._show(file, item)
        while True:
            self.out.write(f"{count} make this change [y,n,a,q,e,?]? ")
            self.out.flush()
            line = self.answers.readline()
            answer = line.strip()[:1].lower() if line else "q"  # the end of the input ends the questions
            if not line:
                self.out.write("\n")
            if answer in ("y", "a"):
                return answer, item.suggestion
            if answer in ("n", "q"):
                return answer, None
            if answer == "e" and item.suggestion:
                edited = _edited(item.suggestion)
                if edited is not None:
                    return "y", edited
                self.out.write("the editor failed; nothing was changed\n")
            else:
                self.out.write(_HELP)

    def _show(self, file: Reviewed, item: Item) -> None:
        diff = printable_lines(file.diff_of((item,)))
        self.out.write(f"{diff}{', '.join(item.rules)}: {said(item)}\n")


def _edited(made: Suggestion) -> Suggestion | None:
    """The suggestion with its lines as the user's editor leaves them; None where the editor fails."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="dfopt-") as directory:
        path = os.path.join(directory, "Dockerfile")
        with open(path, "wb") as file:
            file.write(b"".join(made.lines))
        try:
            run = subprocess.run([*shlex.split(editor), path], check=False)
        except (OSError, ValueError) as error:
            raise FileError(Problem(editor, 0, str(error))) from error
        if run.returncode:
            return None
        with open(path, "rb") as file:
            lines = tuple(split_lines(file.read()))
    return made._replace(lines=lines, changes=(Change(made.first - 1, made.last, lines, made.rules),))


def questions() -> Questions:
    """Questions on the terminal; standard output stays free for what it is for."""
    return Questions(sys.stdin, sys.stderr)
