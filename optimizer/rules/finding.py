"""What a rule finds: a finding, its fix, and how far it may be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, Protocol, TypeAlias

    class Spanned(Protocol):
        """An instruction or a command: what a finding is about."""

        @property
        def start(self) -> int: ...

        @property
        def end(self) -> int: ...


#: *safe*: same build, same behaviour, comments kept; only declared caches, indexes, logs or documentation
#: differ. *unsafe*: may change what is installed or how it behaves. *manual*: shown, never applied.
Applicability: TypeAlias = 'Literal["safe", "unsafe", "manual"]'


class Fix(Record):
    """Edits that are made together or not at all, and what they do to the commands that run and to the stages.

    `drops` and `adds` are commands and instructions in their normal spelling (`Command.normal`,
    `Instruction.normal`), once for each time; `drops_stages` and `adds_stages` are stages by name (None for one
    without) and base, as spelled in their FROM. The engine checks that nothing else came or went.
    """

    edits: tuple[Edit, ...]
    drops: tuple[bytes, ...] = ()
    adds: tuple[bytes, ...] = ()
    drops_stages: tuple[tuple[str | None, str], ...] = ()
    adds_stages: tuple[tuple[str | None, str], ...] = ()


class Finding(Record):
    """Something a rule saw at the bytes `start` to `end`."""

    rule: str
    message: str
    start: int
    end: int
    fix: Fix | None
    applicability: Applicability = "safe"
    reason: str = ""  # why it is not safe, or has no fix
    removes: tuple[str, ...] = ()  # path globs that may be missing from the new image
    changes: tuple[str, ...] = ()  # path globs that may differ in it
    saves: int | None = None  # about how many bytes smaller the image gets; None where only a build can tell
    assumes: tuple[str, ...] = ()  # the named assumptions that it rests on, in order

    @property
    def needs_buildkit(self) -> bool:
        """Whether its fix brings what Docker's classic builder does not know: ``--chmod``, ``--mount``, ``--link``."""
        fix = self.fix
        return fix is not None and any(
            flag in text and not any(flag in old for old in fix.drops)
            for flag in (b" --chmod=", b" --mount=", b" --link")
            for text in fix.adds
            if text.startswith((b"RUN ", b"COPY ", b"ADD "))
        )


class Problem(Record):
    """A file that could not be dealt with, or a line of a configuration, and what is wrong with it."""

    path: str
    line: int  # 1-based; 0 where it is about the whole file
    reason: str

    @property
    def place(self) -> str:
        """``PATH:LINE``."""
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def text(self) -> str:
        """``PATH:LINE: what is wrong``."""
        return f"{self.place}: {self.reason}"

    @property
    def key(self) -> str:
        """What it is known by as long as the file and what is wrong stay the same, whatever the line."""
        from hashlib import sha256

        return sha256(f"{self.path}\0{self.reason}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


class Offer(Record):
    """A fix, and what a finding says of it; with a doubt, it is unsafe."""

    fix: Fix
    doubts: Iterable[str] = ()  # why the result may not be the same; empty texts do not count
    removes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    saves: int | None = None
    assumes: Iterable[str] = ()  # names of assumptions


def attempt(rule: str, message: str, where: Spanned, make: Callable[[], Offer]) -> Finding:
    """The finding with the fix that `make` comes to, or with the reason where it raises `Refusal`."""
    try:
        offer = make()
    except Refusal as refusal:
        return Finding(rule, message, where.start, where.end, None, reason=str(refusal))
    reason = "; ".join(dict.fromkeys(filter(None, offer.doubts)))
    safety: Applicability = "unsafe" if reason else "safe"
    return Finding(
        rule,
        message,
        where.start,
        where.end,
        offer.fix,
        safety,
        reason,
        offer.removes,
        offer.changes,
        offer.saves,
        tuple(sorted(offer.assumes)),
    )
