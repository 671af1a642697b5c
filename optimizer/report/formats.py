"""The formats of findings by their names; each is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..review.review import Review

_WRITERS = {
    "github": "github.as_github",
    "gitlab": "gitlab.as_gitlab",
    "rdjson": "rdjson.as_rdjson",
    "rdjsonl": "rdjson.as_rdjsonl",
    "sarif": "sarif.as_sarif",
    "codequality": "codequality.as_codequality",
    "github-actions": "annotations.as_annotations",
    "checkstyle": "checkstyle.as_checkstyle",
    "markdown": "markdown.as_markdown",
}
REVIEW = ("text", "diff", *_WRITERS)
CHECK = ("text", "json", *(name for name in _WRITERS if name not in ("github", "gitlab")))


def write(form: str, review: Review) -> bytes:
    """`review` in the format called `form`, in UTF-8 but for a diff, which has the bytes of the files."""
    if form == "diff":
        return b"".join(file.diff for file in review.files)
    if form == "text":
        from .text import problem, reviewed

        return "".join([*map(problem, review.errors), *map(reviewed, review.files)]).encode()
    module, _, name = _WRITERS[form].partition(".")
    text: str = getattr(import_module(f".{module}", __package__), name)(review)
    return text.encode("utf-8", "replace")
