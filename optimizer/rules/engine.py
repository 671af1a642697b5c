"""Passes of all selected transforms to a fixpoint, each pass checked before it counts."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..dockerfile.document import Document, Instruction
from ..dockerfile.edits import Edit, EditSet
from ..dockerfile.record import Record
from ..dockerfile.scanner import DockerfileError
from ..dockerfile.shell import Scripts, collect_scripts, hand_on, keep_scripts
from ..facts.stages import Facts
from ..knowledge.assumptions import ASSUMPTIONS
from ..knowledge.tools import roles_in
from .finding import Finding
from .registry import ALL, RULES, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..facts.context import Context

_PASSES = 10
_MOST_GUILTY = 16


class Settings(Record):
    """What the caller asks for. `select` empty means every rule that is on by default, `all` in it every rule."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    unsafe: bool = False
    builder: str = "buildkit"  # or "classic": no syntax that only BuildKit knows
    all_stages: bool = False  # also clean stages whose layers no image holds
    only: frozenset[tuple[str, int]] | None = None  # nothing but these, by rule and offset into the original
    extend: frozenset[str] = frozenset()  # these too, beside those on by default
    manual: bool = True  # also look for what is only ever shown
    assume: frozenset[str] = frozenset(ASSUMPTIONS)  # what safe rewrites may rest on

    def chosen(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        """Those of `rules` that are selected, in their order."""
        named = self.select | self.extend
        everything, by_default = ALL in self.select, not self.select
        return tuple(
            [
                rule
                for rule in rules
                if rule.name not in self.ignore
                and (rule.name in named or everything or (rule.default and by_default))
                and (self.manual or rule.applicability != "manual")
            ]
        )


class Offered(Record):
    """A finding that was not applied, and why. `start` and `end` are offsets into the original text."""

    finding: Finding
    start: int
    end: int
    why: str  # "unsafe", "manual", "no fix", "suppressed", "left out", or what went wrong


class Applied(Record):
    """A finding that was applied. `start` and `end` are offsets into the original text.

    `follows` are those, by number, that in passes before had changed the instructions which it changes.
    """

    finding: Finding
    start: int
    end: int
    follows: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """What `Settings.only` knows it by."""
        return self.finding.rule, self.start


class Result(Record):
    """What `optimize` returns. `edits` turn `original` into `patched`, each with the rules that made it, and with the
    places of its findings in `applied`.
    """

    path: str | None
    original: bytes
    patched: bytes
    applied: tuple[Applied, ...]
    offered: tuple[Offered, ...]
    edits: EditSet

    @property
    def changed(self) -> bool:
        return self.patched != self.original

    @property
    def diff(self) -> bytes:
        """The change as a unified diff that ``git apply`` takes; empty when nothing changed."""
        from ..dockerfile.diff import unified_diff

        return unified_diff(self.original, self.edits, self.path or "Dockerfile")

    @property
    def text(self) -> str:
        """The patched text, decoded; bytes that are not UTF-8 come as surrogate escapes."""
        return self.patched.decode("utf-8", "surrogateescape")


def optimize(
    text: str | bytes,
    *,
    path: str | None = None,
    context: Context | Callable[[Document], Context | None] | None = None,
    settings: Settings | None = None,
    rules: Iterable[Rule] = RULES,
    scripts: Scripts | None = None,
    goal: bytes | None = None,
) -> Result:
    """Rewrite a Dockerfile.

    `text` is the Dockerfile; `path` names it in messages and in the diff; `context` is the build context where one is
    known, or finds it when it is asked for; `rules` are those to select from, in the order in which conflicting fixes
    win. Pure: nothing is written, and nothing read but the context. Raises `DockerfileError` for a text that BuildKit's
    parser would refuse.

    For texts that are much the same: what is in `scripts` is not read again, and what the text begins and ends with is
    put there. Where it comes to `goal`, a text that stays as it is, it ends.
    """
    original = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    settings = settings or Settings()
    engine = _Engine(original, path, context, settings, settings.chosen(rules))
    try:
        return engine.run(scripts, goal)
    finally:
        engine.close()


class _Engine:
    def __init__(
        self,
        original: bytes,
        path: str | None,
        context: Context | Callable[[Document], Context | None] | None,
        settings: Settings,
        rules: tuple[Rule, ...],
    ) -> None:
        self.original = original
        self.path = path
        self.context = context
        self.settings = settings
        self.rules = rules
        self.words = frozenset[bytes]().union(*[rule.triggers for rule in rules])
        self.edits = EditSet()
        self.applied: list[Applied] = []
        self.refused: dict[tuple[str, int], Offered] = {}
        self.guilty: Counter[str] = Counter()  # how many findings of a rule were refused
        self.facts: Facts | None = None  # of the last document that was searched

    def run(self, scripts: Scripts | None = None, goal: bytes | None = None) -> Result:
        document = Document.parse(self.original)
        if scripts is not None:
            hand_on(scripts, document)
        data = self.original
        offered: list[Offered] = []
        seen = {data}
        for _ in range(_PASSES):
            findings, offered = self.find(document)
            if not findings:
                break
            if data is self.original and (line := document.disputed()) is not None:
                why = f"dfopt's two parsers read line {line} in different ways"
                offered = [Offered(finding, finding.start, finding.end, why) for finding in findings] + offered
                break
            chosen = _without_conflicts(findings)
            if goal is not None and (step := _edit_set(chosen, len(self.applied))).apply(data) == goal:
                self.take(document, chosen, step)
                return Result(self.path, self.original, goal, tuple(self.applied), tuple(offered), self.edits)
            if scripts is not None and data is self.original:
                collect_scripts(document, scripts)
            good, following = self.largest_good(document, chosen)
            if not good:
                continue
            if following.source.data in seen:  # two rules undo each other; what is there already is whole
                break
            self.take(document, good, _edit_set(good, len(self.applied)))
            document = following
            data = document.source.data
            seen.add(data)
        offered += self.refused.values()
        # What is only ever shown is looked for once, in what is left at the end.
        offered += self.find(document, manual=True)[1]
        if scripts is not None:
            collect_scripts(document, scripts)
        return Result(self.path, self.original, data, tuple(self.applied), tuple(offered), self.edits)

    def find(self, document: Document, *, manual: bool = False) -> tuple[list[Finding], list[Offered]]:
        """What can be applied to `document` now, best first, and what is left to offer; or what is only shown."""
        rules = [(n, rule) for n, rule in enumerate(self.rules) if (rule.applicability == "manual") == manual]
        if not rules:
            return [], []
        data = document.source.data
        words, roles = frozenset([word for word in self.words if word in data]), roles_in(data)
        rules = [(n, rule) for n, rule in rules if rule.concerns(words, roles)]
        if not rules:
            return [], []
        from .suppress import Suppressions

        if self.facts is None or self.facts.document is not document:
            self.close()
            self.facts = Facts(
                document, self.context, builder=self.settings.builder, all_stages=self.settings.all_stages
            )
        facts = self.facts
        suppressed = Suppressions(document)
        ready: list[tuple[int, int, Finding]] = []
        offered: list[Offered] = []
        for number, rule in rules:
            for found in rule.load().find(facts):
                finding = _as_it_can_run(_as_assumed(found, self.settings.assume), facts)
                start, end = self.edits.origin(finding.start), self.edits.origin(finding.end)
                if suppressed.covers(rule, _places(finding)):
                    offered.append(Offered(finding, start, end, "suppressed"))
                elif finding.applicability == "manual":
                    offered.append(Offered(finding, start, end, "manual"))
                elif finding.fix is None:
                    offered.append(Offered(finding, start, end, "no fix"))
                elif finding.applicability == "unsafe" and not self.settings.unsafe:
                    offered.append(Offered(finding, start, end, "unsafe"))
                elif self.settings.only is not None and (finding.rule, start) not in self.settings.only:
                    offered.append(Offered(finding, start, end, "left out"))
                elif (finding.rule, start) not in self.refused:
                    ready.append((number, finding.start, finding))
        ready.sort(key=lambda item: item[:2])
        firing = {finding.rule for _, _, finding in ready}
        return [finding for n, _, finding in ready if not _waits(self.rules[n], firing)], offered

    def close(self) -> None:
        """Let go of what is known of the last document."""
        if self.facts is not None:
            self.facts.close()

    def take(self, document: Document, good: list[Finding], step: EditSet) -> None:
        """Note that the findings `good` in `document` are applied, by the edits `step`."""
        self.applied += [
            Applied(f, self.edits.origin(f.start), self.edits.origin(f.end), self.follows(document, f)) for f in good
        ]
        self.edits = self.edits.then(step, self.original)

    def follows(self, document: Document, finding: Finding) -> tuple[int, ...]:
        """The numbers of the findings that made what the instructions of `document` are that `finding` changes."""
        if not self.edits or finding.fix is None:
            return ()
        found: dict[int, None] = {}
        for edit in finding.fix.edits:
            for instruction in document.instructions_between(edit.start, edit.end):
                found.update(dict.fromkeys(self.edits.made_between(instruction.start, instruction.end)))
        return tuple(found)

    def largest_good(self, before: Document, findings: list[Finding]) -> tuple[list[Finding], Document]:
        """The findings that pass the post-conditions, and what they make of `before`.

        The guilty ones are found by bisection and put aside, and where a rule has had many, so are the rest of its.
        """
        for finding in findings:
            if self.guilty[finding.rule] >= _MOST_GUILTY:
                self.refuse(finding, "others of its rule did not")
        findings = [finding for finding in findings if self.guilty[finding.rule] < _MOST_GUILTY]
        if not findings:
            return [], before
        try:
            return findings, _after(before, findings)
        except _WouldNotHoldError as problem:
            if len(findings) == 1:
                self.refuse(findings[0], str(problem))
                return [], before
        half = len(findings) // 2
        good = self.largest_good(before, findings[:half])[0] + self.largest_good(before, findings[half:])[0]
        try:
            return good, _after(before, good)
        except _WouldNotHoldError:
            return good[:1], _after(before, good[:1])

    def refuse(self, finding: Finding, why: str) -> None:
        start, end = self.edits.origin(finding.start), self.edits.origin(finding.end)
        self.refused[finding.rule, start] = Offered(finding, start, end, f"it would not hold: {why}")
        self.guilty[finding.rule] += 1


def _as_assumed(finding: Finding, assume: frozenset[str]) -> Finding:
    """The finding, unsafe where it rests on an assumption that is not in `assume`."""
    denied = [name for name in finding.assumes if name not in assume]
    if not denied or finding.applicability != "safe":
        return finding
    reason = "; ".join(f"that {ASSUMPTIONS[name]} is an assumption" for name in denied)
    return finding._replace(applicability="unsafe", reason=reason)


def _as_it_can_run(finding: Finding, facts: Facts) -> Finding:
    """The finding, unsafe where one of its new commands may not run: whichever rule it is of, the build stops."""
    fix = finding.fix
    if fix is None or finding.applicability != "safe":
        return finding
    privileged = any(text.startswith(b"sudo ") for text in fix.adds)
    # What is changed in its place could run there before.
    started = not fix.drops and not all(text.startswith(_RUNS) for text in fix.adds)
    if not privileged and not started:
        return finding
    for edit in fix.edits:
        if edit.text:
            added = [text for text in fix.adds if text in edit.text] or fix.adds
            reason = _refused_there(facts, edit.start, added, privileged=privileged, started=started)
            if reason:
                return finding._replace(applicability="unsafe", reason=reason)
    return finding


def _refused_there(facts: Facts, at: int, added: Sequence[bytes], *, privileged: bool, started: bool) -> str:
    """Why one of the commands `added` at an offset may not run there; empty if all do."""
    stage, index = facts.place_of(at)
    run = stage.run_at(index)
    reason = ""
    if privileged:
        from ..facts.privileges import may_ask_for_password

        reason = may_ask_for_password(stage, index, added)
    if run is not None and started and not reason:
        from ..facts.presence import may_be_gone

        reason = may_be_gone(run, added, at)
    return reason


_RUNS = (b"rm ", b"sudo rm ", b"cd /", b"RUN ")  # nothing takes these away


def _waits(rule: Rule, firing: set[str]) -> bool:
    """Whether `rule` leaves this pass to what else has something to do in it."""
    others = firing - {rule.name}
    return not others.isdisjoint(rule.yields_to) or (ALL in rule.yields_to and bool(others))


def _without_conflicts(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, first come first served, whose edits neither overlap nor touch; the rest waits for a pass."""
    chosen: list[Finding] = []
    taken: list[tuple[int, int]] = []  # in order
    for finding in findings:
        edits = finding.fix.edits if finding.fix else ()
        if all(_is_free(taken, edit) for edit in edits):
            chosen.append(finding)
            for edit in edits:
                insort(taken, (edit.start, edit.end))
    return chosen


def _is_free(taken: list[tuple[int, int]], edit: Edit) -> bool:
    """Whether `edit` keeps clear of all that is taken, which does of itself."""
    at = bisect_right(taken, edit.end, key=_first)
    return at == 0 or taken[at - 1][1] < edit.start


def _first(span: tuple[int, int]) -> int:
    return span[0]


def _places(finding: Finding) -> tuple[int, ...]:
    return (finding.start, *(edit.start for edit in (finding.fix.edits if finding.fix else ())))


def _edit_set(findings: Iterable[Finding], first: int = 0) -> EditSet:
    return EditSet(
        edit._replace(rules=(finding.rule,), findings=(number,))
        for number, finding in enumerate(findings, first)
        if finding.fix
        for edit in finding.fix.edits
    )


class _WouldNotHoldError(Exception):
    """Applying findings would be wrong; the message says why."""


def _after(before: Document, findings: list[Finding]) -> Document:
    """What `findings` make of `before`. Raises `_WouldNotHoldError`."""
    try:
        after = Document.parse(_edit_set(findings).apply(before.source.data))
    except (DockerfileError, ValueError) as error:
        raise _WouldNotHoldError(f"the result does not parse: {error}") from error
    keep_scripts(before, after)
    problem = _problem(before, after, findings)
    if problem:
        raise _WouldNotHoldError(problem)
    return after


def _problem(before: Document, after: Document, findings: list[Finding]) -> str | None:
    """Why `after` would be a wrong outcome of `findings`, or None. Checks the text, not the transforms' word."""
    if not _same_stages(before, after, findings):
        return "the stages differ"
    if before.directives != after.directives:
        return "the parser directives differ"
    heredocs = [sum(len(item.heredocs) for item in document.instructions) for document in (before, after)]
    if heredocs[0] != heredocs[1]:
        return "a heredoc was broken"
    was, now = ([document.source.data[start:end] for start, end in document.comments] for document in (before, after))
    if was != now and Counter(was) != Counter(now) and all(finding.applicability == "safe" for finding in findings):
        return "a comment was lost"
    (was, opaque_before), (now, opaque_after) = (_acts(part) for part in _changed(before, after))
    if opaque_after > opaque_before:
        return "shell code became unreadable"
    expected = Counter(was)
    for finding in findings:
        if finding.fix:
            expected.subtract(finding.fix.drops)
            expected.update(finding.fix.adds)
    if {act: count for act, count in expected.items() if count} != now:
        return "the commands differ from what was declared"
    return None


def _same_stages(before: Document, after: Document, findings: list[Finding]) -> bool:
    """Whether the stages are those of before, in their order, but for what the findings declare."""
    was, now = ([(stage.name, stage.base) for stage in document.stages] for document in (before, after))
    fixes = [finding.fix for finding in findings if finding.fix]
    if was == now and not any(fix.drops_stages or fix.adds_stages for fix in fixes):
        return True
    dropped = Counter(stage for fix in fixes for stage in fix.drops_stages)
    added = Counter(stage for fix in fixes for stage in fix.adds_stages)
    kept = list(_without(was, dropped))
    return kept == list(_without(now, added)) and not (+dropped or +added)


def _without(
    stages: list[tuple[str | None, str]], gone: Counter[tuple[str | None, str]]
) -> Iterator[tuple[str | None, str]]:
    """The stages but for the first of those that are `gone`, which are taken off the count."""
    for stage in stages:
        if gone[stage] > 0:
            gone[stage] -= 1
        else:
            yield stage


def _changed(before: Document, after: Document) -> tuple[Sequence[Instruction], Sequence[Instruction]]:
    """The instructions of each without those that both begin and end with."""
    one, two = before.instructions, after.instructions
    start, end = 0, min(len(one), len(two))
    while start < end and one[start].raw == two[start].raw:
        start += 1
    behind = 0
    while behind < end - start and one[-1 - behind].raw == two[-1 - behind].raw:
        behind += 1
    return one[start : len(one) - behind], two[start : len(two) - behind]


def _acts(instructions: Sequence[Instruction]) -> tuple[Counter[bytes], int]:
    """The commands and other instructions in their normal spelling, and how many RUNs are opaque."""
    from ..dockerfile.shell import read_script

    acts: Counter[bytes] = Counter()
    opaque = 0
    for instruction in instructions:
        script = read_script(instruction)
        if script is None:
            acts[instruction.normal] += 1
        elif script.opaque:
            opaque += 1
            acts[instruction.normal] += 1
        else:
            acts.update(command.normal for command in script.commands)
            acts.update(b"RUN --" + flag.name.encode() + b"=" + (flag.value or b"") for flag in instruction.flags)
    return acts, opaque
