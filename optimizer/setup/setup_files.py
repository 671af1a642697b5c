"""What is to be written into a repository so that dfopt runs there. Files only ever grow, and only at their ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import indent
from typing import NamedTuple

from .. import __version__
from ..report.template import render

_GITLAB_JOB = ".gitlab/dfopt.gitlab-ci.yml"


class SetupError(Exception):
    """A file that cannot be added to with certainty; the text says what to add by hand."""


class Piece(NamedTuple):
    """A file, and what its text becomes; None is a file that is not there."""

    path: str
    grown: Callable[[str | None], str]


def pieces(kind: str) -> tuple[Piece, ...]:
    """What `kind`, one of `KINDS`, needs. The functions raise `SetupError`."""
    return KINDS[kind]


def _whole(template: str, path: str) -> Piece:
    """A file that is all ours."""

    def grown(old: str | None) -> str:
        text = render(template, version=__version__) + "\n"
        if old is not None and "dfopt" not in old:
            raise SetupError(f"{path} is something else; it would read:\n{text}")
        return text if old is None else old

    return Piece(path, grown)


def _gitlab_include(old: str | None) -> str:
    entry = f"include:\n  - local: {_GITLAB_JOB}\n"
    if old is None or not old.strip():
        return entry
    if _GITLAB_JOB in old:
        return old
    stage = _stage(old)
    if stage is None or not _is_block(old) or re.search(r"^(?:include|dfopt)\s*:", old, re.MULTILINE):
        more = "\ndfopt:\n  stage: one of its own, if test is none" if stage is None else stage.rstrip()
        raise SetupError(f".gitlab-ci.yml: add this to its include:\n  - local: {_GITLAB_JOB}{more}")
    return f"{old.rstrip()}\n\n{entry}{stage}"


def _stage(text: str) -> str | None:
    """What puts the job into a stage that is there; nothing where that is ``test``, None where nobody can tell.

    A job says no stage and so is in ``test``, which is there unless ``stages`` lists others. A pipeline with no more
    than jobs in ``.pre`` and ``.post`` is not run.
    """
    listed = re.search(r"^stages[ \t]*:[ \t]*(.*)\n((?:[ \t]*(?:#.*|-[ \t].*)?\n)*)", text + "\n", re.MULTILINE)
    if listed is None:
        return ""
    inline = re.fullmatch(r"\[(.*)\][ \t]*(?:#.*)?", listed[1])
    if inline:
        names = inline[1].split(",")
    elif re.fullmatch("(?:#.*)?", listed[1]):
        names = re.findall(r"^[ \t]*-[ \t]+(.*?)[ \t]*(?:[ \t]#.*)?$", listed[2], re.MULTILINE)
    else:
        return None
    names = [name.strip().strip("\"'") for name in names]
    if not names or not all(re.fullmatch(r"[\w./ -]+", name) for name in names):
        return None
    own = [name for name in names if name not in (".pre", ".post")]
    return "" if "test" in own or not own else f"\ndfopt:\n  stage: {own[0]}\n"


def _pre_commit_entry(old: str | None) -> str:
    entry = render("pre-commit.yml.j2", version=__version__) + "\n"
    if old is None or not old.strip():
        return f"repos:\n{entry}"
    if "dfopt" in old:
        return old
    keys = re.findall(r"^([\w-]+)\s*:[ \t]*(.*)$", old, re.MULTILINE)
    items = re.search(r"^repos:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*( *)- ", old, re.MULTILINE)
    if not _is_block(old) or not keys or keys[-1][0] != "repos" or items is None:
        raise SetupError(f".pre-commit-config.yaml: add this to its repos:\n{entry}")
    return f"{old.rstrip()}\n{indent(entry, items[1])}"


def _is_block(text: str) -> bool:
    """Whether the text is one YAML document that a key at the margin may follow: no flow style, end, or open scalar."""
    marks = re.search(r"^(?:---|\.\.\.|[\[{%\t])", text.removeprefix("---\n"), re.MULTILINE)
    last = text.rstrip().rsplit("\n", 1)[-1]
    first = re.search(r"^([ \t]*)[^\s#]", text, re.MULTILINE)
    if first is not None and first[1]:
        return False
    return not marks and not text.startswith("\ufeff") and not re.search(r"[|>][+-]?\d?\s*$", last)


#: What can be set up.
KINDS: dict[str, tuple[Piece, ...]] = {
    "github": (_whole("github.yml.j2", ".github/workflows/dfopt.yml"),),
    "gitlab": (_whole("gitlab.yml.j2", _GITLAB_JOB), Piece(".gitlab-ci.yml", _gitlab_include)),
    "pre-commit": (Piece(".pre-commit-config.yaml", _pre_commit_entry),),
    "reviewdog": (_whole("reviewdog.yml.j2", ".github/workflows/dfopt-reviewdog.yml"),),
}
