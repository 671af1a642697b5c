"""Make neighbouring RUNs one, where nothing but the layers can tell the difference.

A join that would change something raises `Refusal`, with the reason in plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, Refusal
from ..dockerfile.record import Record
from ..dockerfile.shell import Command, Script
from ..facts.commands import of_command
from ..facts.effects import commands_of, may_swap, of_instruction, of_run
from ..facts.joins import CHANGES_DIRECTORY, directory_for, may_join, only_stops_earlier
from ..facts.leftovers import Left
from ..facts.paths import PATTERN, lies_in, resolve
from ..facts.stages import Run, StageFacts, readable
from ..facts.writers import is_there, may_remove
from ..rules.finding import Fix
from .scripts import WIDE, Style, appended, commands_in, is_compound, joiner_at_end, with_comments


def check_joinable(
    document: Document,
    first: Run,
    second: Run,
    moved: Sequence[Instruction] = (),
    grouped: Sequence[bool] = (False, False),
    *,
    any_list: bool = False,
) -> None:
    """Raise `Refusal` unless `second` may become the end of `first`, its neighbour once `moved` is out of the way.

    `grouped` says which of the two get braces around them; for `any_list` see `join_runs`.
    """
    if reason := may_join(first, second, moved):
        raise Refusal(reason)
    one, two = readable(first), readable(second)
    if one.comments or two.comments:
        raise Refusal("a shell comment ends one of them")
    if one.trailer:
        raise Refusal("the first ends in a separator")
    if not (two.only_and or grouped[1]):
        raise Refusal("the second goes on when a command fails")
    if not (grouped[0] or joiner_at_end(first, one) == b"&&" or (any_list and _ends_simply(first, one))):
        raise Refusal("under `set -e` the two would stop at other places")
    if first.shell.errexit and is_compound(two, two.units[0]):
        raise Refusal("under `set -e` the two would stop at other places")
    data = document.source.data
    between = data[second.instruction.line_start : two.units[0].start]
    if b"#" in between:
        raise Refusal("a comment stands inside the second")
    comments = data[first.instruction.end : second.instruction.start]
    if re.search(_FOR_LINTERS, comments):
        raise Refusal("a comment for a linter stands between them")
    if re.search(_COMMENTED_OUT, comments) or comments.count(b"#") > _MOST_COMMENTS:
        raise Refusal("the comments between them would be lost from sight")


def _ends_simply(run: Run, script: Script) -> bool:
    """Whether ``&&`` may follow a script that `set -e` would stop: where it ends in a simple command.

    The whole list that begins with that command then fails where it does, and stops the shell.
    """
    return not run.shell.errexit and not is_compound(script, script.units[-1])


def _needs_braces(run: Run) -> bool:
    """Whether `run` ignores a failure of some of its commands, so that it keeps its meaning in braces alone."""
    script = readable(run)
    signs = {unit.connector for unit in script.units[1:]}
    leaves = any(command.name in ("exit", "exec", "return", "trap") for command in script.commands)
    return b"||" in signs <= {b"&&", b"||"} and not (script.trailer or leaves) and run.errexit is False


_FOR_LINTERS = rb"(?i)#\s*(?:hadolint|dfopt|tally|check=)"
_COMMENTED_OUT = rb"(?m:^\s*#[#\s]*(?:RUN|COPY|ADD|ENV|ARG|USER|WORKDIR|FROM|CMD|EXPOSE)\b)|&&"
_MOST_COMMENTS = 6  # lines between two RUNs that are joined, roughly: every `#` counts


def comment_doubt(document: Document, run: Run) -> str:
    """Why the comment above `run`, a clean-up that joins the RUN above it, may mislead there; else empty."""
    data = document.source.data
    comments = b"\n".join(data[start:end] for start, end in document.comments_above(run.instruction))
    about = not comments or re.search(_ABOUT_CLEANING, comments)
    return "" if about else "the comment above it may be about what follows"


def described(document: Document, run: Run) -> list[bytes]:
    """The comment lines above `run`, a clean-up; none where another follows, which they are about too."""
    data, source, end = document.source.data, document.source, run.instruction.line_end
    following = data[end : source.line_end(end)].strip()
    if following[:3].upper() == b"RUN" and re.search(_ABOUT_CLEANING, following):
        return []
    return [data[start:end] for start, end in document.comments_above(run.instruction)]


_ABOUT_CLEANING = (
    rb"(?i)clean|cache|clear|delet|remov|purge|shrink|slim|small|siz|tidy|trash|garbage|tmp|lists|\brm\b|apt|yum|dnf"
)


_LONGEST = 120_000  # bytes: a shell is handed its script as one word, which Linux limits to 128 KiB


class Trim(Record):
    """How many units of a RUN that is joined go at its start and at its end."""

    start: int = 0
    end: int = 0


def without_needless_cd(runs: list[Run]) -> list[Trim]:
    """What `join_runs` need not do again where a RUN goes to the directory that the one before it ends in."""
    trims = [Trim()]
    for first, second in pairwise(runs):
        script = readable(second)
        start = next(iter(script.commands), None)
        goes = start is not None and start.name == "cd" and len(script.units) > 1 and script.only_and
        needless = goes and start is not None and (there := _goes_to(start, second)) and there == _ends_in(first)
        trims.append(Trim(start=int(bool(needless))))
    return trims


def _goes_to(start: Command, run: Run) -> str | None:
    """Where the ``cd`` that `run` starts with goes; None where that is not certain, as it is not through a link."""
    words = start.values()
    if len(words) != 1 or words[0] is None or words[0].startswith(("-", "~")) or PATTERN.search(words[0]):
        return None
    return None if ".." in words[0] else resolve(words[0], run.stage.directory(run.at))


def _last_cd(run: Run) -> bytes:
    """The last ``cd`` of a plain and-list, which says where it ends; empty where there is none of the kind."""
    script = readable(run)
    last = next((one for one in reversed(script.commands) if one.name in ("cd", "pushd", "popd")), None)
    return last.normal if last is not None and script.only_and and script.is_plain else b""


def _ends_in(run: Run) -> str | None:
    """The directory that a RUN ends in, if it began its work there and the directory is certainly still the same."""
    there = None
    for command, directory in commands_of(run):
        effects = of_command(command, directory, run.stage.facts.tools)
        renews = command.name in ("rm", "rmdir", "mv", "ln", "find") and effects.writes.touches(directory or "/")
        if command.name == "cd":
            there = None
        elif effects.writes.unknown or (renews and any(lies_in(directory or "/", one) for one in effects.writes.below)):
            return None
        else:
            there = directory
    return there if readable(run).only_and and readable(run).is_plain else None


def join_runs(
    document: Document,
    runs: list[Run],
    then: list[bytes] | None = None,
    trims: list[Trim] | None = None,
    *,
    above: Sequence[Instruction] = (),
    below: Sequence[Instruction] = (),
    leads: Mapping[Run, Sequence[bytes]] | None = None,
    entered: Sequence[Instruction] = (),
    any_list: bool = False,
) -> Fix:
    """Make consecutive `runs` one RUN, ``&&`` between them, and run the commands `then` behind them.

    Comment lines between the RUNs stay where they are, inside the joined one. `trims`, one for each RUN, says what
    need not be done again where two of them meet. What stands between the RUNs goes `above` the first of them or
    `below` the last, with the comments that are directly above it; what `leads` says of a RUN comes before it, and what
    is `entered`, a WORKDIR, becomes a ``cd``. With `any_list`, RUNs that are no and-lists are joined too: braces are
    put around one that ignores a failure, and ``&&`` follows one that `set -e` would stop.
    """
    if sum(run.instruction.end - run.instruction.start for run in runs) > _LONGEST:
        raise Refusal("the shell would not take a script as long as both")
    braces = any_list and not trims and not any(run.instruction.flags for run in runs)
    grouped = [braces and _needs_braces(run) for run in runs]
    trims = trims or [Trim()] * len(runs)
    source = document.source
    views = [readable(run) for run in runs]
    styles = [Style(run.instruction, view) for run, view in zip(runs, views, strict=True)]
    style = next((style for style in styles if style.multiline), styles[0])
    alone = len(runs) == 2 and len(views[0].units) == 1 and not styles[0].multiline and not then
    moved = [with_comments(document, instruction) for instruction in (*above, *below)]
    edits: list[Edit] = []
    adds = [one for command in then or () for one in commands_in(command)]
    drops: list[bytes] = []
    left = Left()
    away = False  # whether a `cd` came
    directory = b""  # what was put in to leave the directory of a `cd` further up, where no other came since
    for at, (first, second) in enumerate(pairwise(runs)):
        check_joinable(document, first, second, (*above, *below, *entered), grouped[at : at + 2], any_list=any_list)
        left.add(first)
        if reason := left.meets(second):
            raise Refusal(reason)
        start, end = views[at].units[-1 - trims[at].end].end, views[at + 1].units[trims[at + 1].start].start
        if b"#" in source.data[start : first.instruction.end] + source.data[second.instruction.start : end]:
            raise Refusal("a comment stands inside what need not be done again")
        drops += [c.normal for view in views[at : at + 2] for c in view.commands_between(start, end)]
        comments = [
            source.data[source.line_start(at) : source.line_end(at)]
            for at, _ in document.comments_between(first.instruction.end, second.instruction.start)
            if not any(start <= at < end for start, end in moved)
        ]
        width = start - source.line_start(start) + len(source.data[end : source.line_end(end)].rstrip()) + 4
        led = (leads or {}).get(second, ())
        wide = width + sum(map(len, led)) > WIDE
        newline = b" " + style.escape + style.newline
        before, behind = (newline, style.indent + b"&& ") if style.leading else (b" &&" + newline, style.indent)
        if alone and not comments and not wide:
            before, behind = b" && ", b""
        text = before + b"".join(comments) + behind
        between = before + behind if wide else b" && "
        if not all(only_stops_earlier(run, second) for run in runs[: at + 1] if "set" in readable(run).state_changes):
            raise Refusal("`set` further up would reach it")
        goes = not CHANGES_DIRECTORY.isdisjoint(views[at].state_changes)
        enters = any(first.instruction.end <= one.start < second.instruction.start for one in entered)
        away = (away or enters or goes) and not any(lead.startswith(b"cd ") for lead in led)
        if away:
            wanted = b"" if trims[at + 1].start else directory_for(second)
            if wanted is None:
                raise Refusal("a `cd` further up would reach it" if not entered else "it may need its WORKDIR")
            if wanted and wanted != (_last_cd(first) if goes else directory):
                if wanted != b"cd /" and any(may_remove(run, wanted[3:].decode()) for run in runs[: at + 1]):
                    raise Refusal(f"`{wanted.decode()}` may fail, where the builder makes the directory again")
                directory = wanted
                next_cd = views[at + 1].commands[0]
                there = _goes_to(next_cd, second) if next_cd.name == "cd" and not led and not grouped[at + 1] else None
                if there:  # it may as well go there at once
                    wanted, end = b"cd " + there.encode(), next_cd.end
                    drops.append(next_cd.normal)
                    text += wanted
                else:
                    text += wanted + b" && "
                adds.append(wanted)
        text += b"".join(lead + between for lead in led)
        adds += led
        edits.append(Edit(start, end, b"; }" * grouped[at] + text + b"{ " * grouped[at + 1]))
    if grouped[0]:
        edits.insert(0, Edit(views[0].units[0].start, views[0].units[0].start, b"{ "))
    edits += _moves(document, runs, above, below)
    flags = list[bytes]()  # of the other RUNs, each once
    for flag in (flag for run in runs[1:] for flag in run.instruction.flags):
        text = source.data[flag.start : flag.end]
        if text in (*flags, *(source.data[one.start : one.end] for one in runs[0].instruction.flags)):
            drops.append(b"RUN --" + flag.name.encode() + b"=" + (flag.value or b""))
        else:
            flags.append(text)
    if flags:
        text = b" ".join(flags)
        at = runs[0].instruction.args_start
        edits.insert(0, Edit(at, at, text + b" " + style.escape + style.newline + style.indent))
    end = views[-1].units[-1].end
    style.multiline = style.multiline or bool(then)
    if grouped[-1]:
        edits.append(Edit(end, end, b"; }" + b"".join(map(style.and_, then or ()))))
    elif then:
        edits.append(appended(runs[-1], views[-1], then, style))
    drops += [one.normal for one in entered if one not in below]
    return Fix(tuple(edits), drops=tuple(drops), adds=tuple(adds))


def join_across(document: Document, runs: list[Run], trims: list[Trim]) -> Fix:
    """Make `runs` one RUN, which has nothing but WORKDIRs between them: the RUN goes there itself.

    The last of them stays behind the RUN where something needs it there.
    """
    stage, last = runs[0].stage, runs[-1]
    entered = [one for one in stage.instructions[runs[0].at : last.at] if one.keyword == "WORKDIR"]
    if not entered:
        return join_runs(document, runs, trims=trims)
    tail = [one for one in entered if one.start > runs[-2].instruction.start]
    aside = [one for one in tail if not may_swap(of_instruction(stage, stage.index_of(one)), of_run(last))]
    for one in entered:
        at = stage.index_of(one)
        directory = stage.directory(at + 1)
        if directory is None or one.flags or (one not in aside and not is_there(stage, at, directory)):
            raise Refusal(f"line {one.line} may make a directory")
    kept = aside
    if _is_reset(stage, last.at + 1):
        kept = [one for one in aside if not is_there(stage, last.at, stage.directory(stage.index_of(one) + 1) or "")]
    elif entered[-1] not in aside and stage.directory(last.at) != stage.directory(runs[0].at):
        kept = entered[-1:]
    for one in kept:
        directory = stage.directory(stage.index_of(one) + 1) or ""
        if not one.args.strip().startswith((b"/", b'"/')):
            raise Refusal(f"line {one.line} names a directory in another")
        if not is_there(stage, last.at + 1, directory) and one not in aside:
            raise Refusal(f"line {one.line} would make a directory that has been removed")
    return join_runs(document, runs, trims=trims, below=kept, entered=entered)


def _is_reset(stage: StageFacts, at: int) -> bool:
    """Whether a WORKDIR sets the directory anew before anything behind index `at` of a stage may need it."""
    for instruction in stage.instructions[at:]:
        if instruction.keyword == "WORKDIR":
            return instruction.args.strip().startswith((b"/", b'"/'))
        if instruction.keyword not in ("ENV", "ARG", "USER", "LABEL", "EXPOSE"):
            return False
    return False


def _moves(
    document: Document, runs: list[Run], above: Sequence[Instruction], below: Sequence[Instruction]
) -> Iterator[Edit]:
    """Put the lines of `above` before those of the first of `runs`, and those of `below` behind those of the last."""
    data = document.source.data
    before, behind = (b"".join(data[slice(*with_comments(document, one))] for one in moved) for moved in (above, below))
    if before:
        at = with_comments(document, runs[0].instruction)[0]
        yield Edit(at, at, before)
    if behind:
        at = runs[-1].instruction.line_end
        if data.endswith(b"\n", 0, at):
            yield Edit(at, at, behind)
        else:  # the file's last line, which goes without a newline
            yield Edit(at, at, document.source.newline(at) + behind.rstrip(b"\r\n"))
