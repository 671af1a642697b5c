"""What the variables come to that ENV and ARG of the Dockerfile define.

A value of ENV holds whatever a build is given. That of ARG is a default: who builds may give another one.
"""

from __future__ import annotations

import re

from ..dockerfile.document import Instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .stages import StageFacts

_PLAIN = re.compile(r"[\w./@+:-]*")
_REFERENCE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_PAIR = r"([A-Za-z_]\w*)=(?:\"([^\"\\`]*)\"|'([^'\\`]*)'|([^\s\"'\\`]*))(?=\s|$)"
# What a shell gives a value of its own.
_SHELLS = r"PWD|OLDPWD|E?UID|PPID|GROUPS|RANDOM|SRANDOM|SECONDS|LINENO|HOSTNAME|IFS|SHLVL|OPT\w+|BASH\w*|_"


def expanded(stage: StageFacts, at: int, text: str, *, arguments: bool = False) -> str | None:
    """`text` with what its variables come to at the index `at` of a stage; None where that is not certain.

    With `arguments`, that of an ARG counts as its default, which has to be plain.
    """
    if "$" not in text:
        return text
    return _value(text, {**(_defaults(stage, at) if arguments else {}), **_environment(stage, at)})


def expanded_word(stage: StageFacts, at: int, raw: bytes, *, arguments: bool = False) -> str | None:
    """What a word of the RUN at index `at` comes to that names variables; None where that is not certain."""
    text = raw.decode("utf-8", "replace")
    found = re.fullmatch(r"(\"?)((?:[\w./@+:-]|\$\w+|\$\{\w+\})+)\1", text)
    if found is None:
        return None
    names = [one[1] or one[2] for one in _REFERENCE.finditer(found[2])]
    own = stage.once(("sets", at), lambda _: _set_by(stage.instructions[at].raw.decode("utf-8", "replace")))
    if any(name in own or re.fullmatch(_SHELLS, name) for name in names):
        return None
    return expanded(stage, at, found[2], arguments=arguments)


def _set_by(code: str) -> frozenset[str]:
    """The variables that a RUN may set for itself, and other words of such lines."""
    lines = re.findall(r"\b(?:read|for|getopts|mapfile|unset)\b(.*)", code)
    return frozenset((*re.findall(r"\b(\w+)[+]?=", code), *re.findall(r"\w+", " ".join(lines))))


def normal(text: str) -> str:
    """`text` with every variable in one spelling, and without quotes around it."""
    return re.sub(r"\$\{(\w+)\}", r"$\1", text.strip('"'))


def _environment(stage: StageFacts, at: int) -> dict[str, str | None]:
    """The variables that ENV of the stage, and of those that it is built on, has defined above the index `at`."""
    values: dict[str, str | None] = {}
    if stage.parent is not None:
        values.update(_environment(stage.parent, len(stage.parent.instructions)))
    for instruction in stage.instructions[:at]:
        if instruction.keyword == "ENV":
            values.update([(name, _value(text, values)) for name, text in _pairs(instruction)])
    return values


def _defaults(stage: StageFacts, at: int) -> dict[str, str | None]:
    """The variables that ARG of the stage has defined above the index `at`, with their defaults."""
    values: dict[str, str | None] = {}
    for instruction in stage.instructions[:at]:
        if instruction.keyword == "ARG":
            values.update([(name, _value(text, values)) for name, text in _pairs(instruction)])
    return values


def _value(text: str | None, values: dict[str, str | None]) -> str | None:
    if text is None or "$" in _REFERENCE.sub("", text):
        return None
    found = [values.get(one[1] or one[2]) for one in _REFERENCE.finditer(text)]
    if None in found:
        return None
    rest = iter(found)
    result = _REFERENCE.sub(lambda _: next(rest) or "", text)
    return result if _PLAIN.fullmatch(result) else None


def _pairs(instruction: Instruction) -> list[tuple[str, str | None]]:
    """Names and texts that an ENV or ARG defines; the text is None where it cannot be read with certainty."""
    text = instruction.args.decode("utf-8", "replace").strip()
    name, space, value = text.partition(" ")
    if instruction.keyword == "ENV" and "=" not in name:  # the old way, with one name
        return [(name, value.strip() if space else None)]
    pairs = [(one[1], one[2] or one[3] or one[4] or "") for one in re.finditer(_PAIR, text)]
    if re.sub(_PAIR, "", text).strip():
        return [(one, None) for one in re.findall(r"([A-Za-z_]\w*)=", text)]
    return [(one, value if "'" not in text or "$" not in value else None) for one, value in pairs]
