"""The Dockerfile of a plan: the author's text with a second stage in it."""

from __future__ import annotations

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, EditSet
from ..report.template import render
from .plan import Plan


def write(document: Document, plan: Plan) -> EditSet:
    """The edits that make the patched Dockerfile."""
    data = document.source.data
    stage, layout = plan.stage, plan.layout
    edits = [*_name(plan), *(_without(document, stage.instructions[at]) for at in (*layout.moved, *layout.needless))]
    # Comments right above the first line of the runtime stage are about that line.
    at = (
        _with_comments(document, stage.instructions[layout.cut])[0]
        if layout.cut < len(stage.instructions)
        else len(data)
    )
    above = data[:at]
    text = _runtime(document, plan)
    if above.endswith(b"\n\n") and not plan.prune:
        text = text.removeprefix("\n")
    elif above.endswith(b"\n\n"):  # what the build stage does last stands with what it does
        at -= 1
    elif not above.endswith(b"\n"):
        text = "\n" + text
    made = text.encode("utf-8", "surrogateescape") + (b"" if at == len(data) else _gap(data, at))
    edits.append(Edit(at, at, made.replace(b"\r\n", b"\n").replace(b"\n", document.source.newline(at))))
    return EditSet(_joined(edits))


def _joined(edits: list[Edit]) -> list[Edit]:
    """The edits in order, those that touch made one."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if found and found[-1].end == edit.start:
            last = found.pop()
            found.append(Edit(last.start, edit.end, last.text + edit.text))
        else:
            found.append(edit)
    return found


def _gap(data: bytes, at: int) -> bytes:
    return b"" if data[at : at + 1] in (b"", b"\n") else b"\n"


def _name(plan: Plan) -> list[Edit]:
    """The build stage gets a name; what the stage was called is the name of the runtime stage, which ships."""
    first = plan.stage.instructions[0]
    if plan.stage.stage.name:
        token = first.tokens[-1]
        return [Edit(token.start, token.end, plan.build_name.encode())]
    upper = first.raw[:4].isupper()
    end = first.tokens[-1].end
    return [Edit(end, end, (" AS " if upper else " as ").encode() + plan.build_name.encode())]


def _with_comments(document: Document, instruction: Instruction) -> tuple[int, int]:
    comments = document.comments_above(instruction)
    start = comments[0][0] if comments else instruction.line_start
    return start, instruction.line_end


def _without(document: Document, instruction: Instruction) -> Edit:
    return Edit(*_with_comments(document, instruction), b"")


def _runtime(document: Document, plan: Plan) -> str:
    stage, layout = plan.stage, plan.layout
    first = stage.instructions[0]
    platform = first.flag("platform")
    texts = stage.instructions[0].source.data

    def said(at: int) -> str:
        start, end = _with_comments(document, stage.instructions[at])
        return texts[start:end].decode("utf-8", "surrogateescape").rstrip("\n")

    return render(
        "runtime-stage.j2",
        platform=f"--platform={platform.text} " if platform else "",
        prune=plan.prune.command if plan.prune else "",
        base=plan.base,
        stage_name=f" AS {first.tokens[-1].text.decode()}" if stage.stage.name else "",
        environment=list(plan.environment.items()),
        settings=[said(at) for at in sorted((*layout.moved, *layout.repeated))],
        packages=sorted(plan.packages),
        manuals=plan.manuals,
        tool=plan.tool,
        recommended=plan.recommended,
        accounts=layout.accounts,
        directory=layout.directory,
        copies=plan.copies,
        links=[f"ln -snf {target} {path}" for path, target in plan.links],
        empty=plan.empty,
        removed=plan.removed,
        updates=(*layout.updates, *(("ldconfig",) if plan.ldconfig else ())),
        attributes=_attributes(plan),
        build=plan.build_name,
        user=layout.user,
    )


def _attributes(plan: Plan) -> list[str]:
    """Commands that give directories the modes and owners that they had."""
    found: list[str] = []
    for path, mode, owner in plan.directories:
        found += [f"chown {owner} {path}"] if owner != "root:root" else []
        found += [f"chmod {mode} {path}"] if mode != "755" else []
    return found
