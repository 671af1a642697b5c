"""What ``sudo`` does without a password, as far as the Dockerfile or its base image says it (sudoers(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..dockerfile.shell import Command, read_text
from .stages import StageFacts

_RULE = re.compile(rb"([%$\w{}.+-]+)[ \t]+\S+?[ \t]*=[ \t]*(?:\([^)]*\)[ \t]*)?NOPASSWD[ \t]*:[ \t]*([^\"'\n]+)")
_EVERYTHING = re.compile(rb"NOPASSWD[ \t]*:[ \t]*ALL\b")
_COMMENT = re.compile(rb"(?m)^[ \t]*#.*$")
_SUDOERS = "/etc/sudoers"


def may_ask_for_password(stage: StageFacts, at: int, added: Iterable[bytes]) -> str:
    """Why one of the commands `added` to instruction `at` may be refused by the ``sudo`` in it; empty if none can be.

    Root is never refused. Others are not where a rule lets them run everything, or that command, or where the
    Dockerfile has them run the same program already.
    """
    asked = [command for text in added for command in _under_sudo(text)]
    if not asked or stage.runs_as_root(at):
        return ""
    user = (stage.held[at].user or "").partition(":")[0].encode("utf-8", "surrogateescape")
    everything, only = _allowed(stage, at, user)
    sudoers = stage.image.sudoers if stage.image else ()
    if everything or (sudoers and not only and (not user or user in sudoers)):
        return ""
    used = _used(stage, at) if not only else frozenset[tuple[bytes, ...]]()
    for command in asked:
        if _key(command) not in used and command.name.encode() not in only:
            return f"sudo may ask for a password before it runs `{command.name}`"
    return ""


def _under_sudo(text: bytes) -> list[Command]:
    script = read_text(text) if text.startswith(b"sudo ") else None
    return [command for command in script.commands if command.sudo] if script else []


def _key(command: Command) -> tuple[bytes, ...]:
    """As whom something runs, and what."""
    return (*(word.raw for word in command.wrappers), command.name.encode())


def _used(stage: StageFacts, at: int) -> frozenset[tuple[bytes, ...]]:
    """What the user of instruction `at` has run by then."""
    user = stage.held[at].user
    return frozenset(
        _key(command)
        for one, end in _above(stage, at)
        for run in one.runs
        if run.at < end and run.script is not None and one.held[run.at].user == user
        for command in run.script.commands
        if command.sudo
    )


def _above(stage: StageFacts, at: int) -> Iterator[tuple[StageFacts, int]]:
    """The stage, with the end of its instructions up to `at`, and those that it is built on, with all of theirs."""
    for one in stage.lineage_above():
        yield one, at + 1 if one is stage else len(one.instructions)


def _allowed(stage: StageFacts, at: int, user: bytes) -> tuple[bool, set[bytes]]:
    """Whether `user`, empty where it is not known, may run everything; else what the rules for it name."""
    everything, only, own = False, set[bytes](), False
    for text in _texts(stage, at):
        found = list(_RULE.finditer(text))
        everything |= not found and bool(_EVERYTHING.search(text))  # as sed writes it
        for rule in found:
            who, what = rule[1], rule[2]
            if who != user and user and b"$" not in user + who and who[:1] != b"%" and who != b"ALL":
                continue
            if re.match(rb"ALL\b", what):
                everything, own = True, own or who == user
            else:
                only |= {name.strip().rpartition(b"/")[2] for name in what.split(b",")}
    return everything and (own or not only), only


def _texts(stage: StageFacts, at: int) -> Iterator[bytes]:
    """What may write a rule: instructions that speak of one, and files that go where the rules are."""
    context = stage.facts.context
    for one, end in _above(stage, at):
        for instruction in one.instructions[:end]:
            data = instruction.source.data
            text = b"\n".join((instruction.code, *(data[doc.start : doc.end] for doc in instruction.heredocs)))
            if context and instruction.keyword in ("COPY", "ADD") and _SUDOERS.encode() in text:
                read = (context.read(word) for word in instruction.words[:-1])
                text += b"\n" + b"\n".join(filter(None, read))
            text = _COMMENT.sub(b"", text.replace(b"\\t", b" "))
            if b"NOPASSWD" in text:
                yield text
