"""The engine: passes, conflicts, post-conditions, bisection; on rules of its own where real ones behave too well."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.dockerfile.document import DockerfileError, Document
from dfopt.optimizer.dockerfile.edits import Edit
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.rules.engine import _without_conflicts
from dfopt.optimizer.rules.finding import Finding, Fix
from dfopt.optimizer.rules.registry import RULES, Rule

LINES = (
    "RUN apt-get update\n", "RUN apt-get install -y curl\n", "RUN apt-get update && apt-get install -y git\n",
    "RUN apt-get update && \\\n  # note\n  apt-get install -y \\\n    a \\\n    b\n", "RUN rm -rf /var/lib/apt/lists/*\n",
    "RUN apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/*\n", "RUN yum install -y x\n", "RUN yum clean all\n",
    "RUN yum makecache\n", "RUN dnf -y install x; dnf clean all\n", "RUN microdnf install x\n", "RUN apk update\n",
    "RUN apk add a\n", "RUN apk update && apk add -U b && make\n", "RUN pip install -r r.txt\n", "RUN python3 -m pip install x\n",
    "COPY a /a\n", "RUN chmod 755 /a\n", "RUN chown 1:1 /a && make\n", "USER app\n", "ENV A=b\n", "# note\n", "\n", "RUN ./x.sh\n",
    "FROM debian:12 AS next\n", "FROM base\n", "WORKDIR /app\n", "RUN <<EOF\nset -e\napt-get update\napt-get install x\nEOF\n",
    "RUN set -ex; apt-get update; apt-get install y\n", "ONBUILD RUN apt-get install -y z\n", "# dfopt ignore\n",
    "RUN if x; then apt-get update; apt-get install -y q; fi\n", "CMD apt list\n", "RUN apt-get update || true\n",
    "COPY . /app\n", "COPY . .\n", "RUN npm ci\n", "RUN chown -R node:node /app\n", "RUN chown -R 1 . && make\n",
    "COPY t.tgz /tmp/\n", "RUN tar -xzf /tmp/t.tgz -C /srv\n", "RUN rm /tmp/t.tgz\n", "RUN mv /a /etc/a\n",
    "RUN curl -o /b http://e.org/b\n", "RUN chmod +x /b && \\\n    rm -f /c\n", "RUN cd /srv && wget http://e.org/d.zip && unzip d.zip\n",
    "RUN gem install f\n", "RUN apk add --virtual .g gcc\n", "RUN apk del .g\n", "EXPOSE 80\n", "RUN go build -o /app/h .\n",
    "RUN apt-get update && apt-get install -y i && ./configure \\\n && rm -rf /var/lib/apt/lists/*\n",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.booleans(), st.booleans(), st.booleans())
def test_invariants(lines: list[str], unsafe: bool, crlf: bool, every: bool) -> None:
    text = "FROM debian:12 AS base\n" + "".join(lines)
    text = text.replace("\n", "\r\n") if crlf else text
    chosen = Settings(select=frozenset(("all",) if every else ()), unsafe=unsafe)
    result = optimize(text, settings=chosen)
    assert result.edits.apply(result.original) == result.patched
    again = optimize(result.patched, settings=chosen)
    assert again.patched == result.patched
    assert not [item for item in result.offered if item.why.startswith("it would not hold")]
    before, after = Document.parse(text.encode()), Document.parse(result.patched)
    assert [stage[:3] for stage in before.stages] == [stage[:3] for stage in after.stages]
    if not result.applied:
        assert result.patched == text.encode()
    if crlf:
        assert result.patched.count(b"\n") == result.patched.count(b"\r\n")


class Fake:
    """A rule that yields what a function says."""

    KEEPS: tuple[tuple[str, str | tuple[str, str]], ...] = ()

    def __init__(self, name: str, *findings: Finding) -> None:
        self.name = name
        self.findings = findings

    def find(self, facts: Facts) -> Iterator[Finding]:
        data = facts.document.source.data
        for finding in self.findings:
            if data[finding.start : finding.end] == b"a":
                yield finding._replace(rule=self.name)


class Row(SimpleNamespace):
    """A row of a table of rules, whose module is the fake."""

    def __init__(self, fake: Fake) -> None:
        about = {"triggers": (b"",), "references": (), "applicability": "safe", "yields_to": (), "default": True}
        super().__init__(name=fake.name, load=lambda: fake, concerns=lambda *_: True, **about)


def run_fakes(text: str, *fakes: Fake) -> Result:
    return optimize(text, rules=[Row(fake) for fake in fakes])  # type: ignore[list-item]


def finding(start: int, end: int, text: bytes, *, drops: bytes = b"", adds: bytes = b"") -> Finding:
    fix = Fix((Edit(start, end, text),), (drops,) if drops else (), (adds,) if adds else ())
    return Finding("?", "m", start, end, fix)


TEXT = "FROM x\nRUN a\nRUN a\n"


def test_an_undeclared_change_is_refused_and_named() -> None:
    liar = Fake("liar", finding(11, 12, b"b"))
    honest = Fake("honest", finding(17, 18, b"c", drops=b"a", adds=b"c"))
    result = run_fakes(TEXT, liar, honest)
    assert result.text == "FROM x\nRUN a\nRUN c\n"
    assert [item.finding.rule for item in result.offered if "would not hold" in item.why] == ["liar"]


def test_a_rule_that_lies_often_is_not_tried_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "FROM x\n" + "RUN a\n" * 200
    liar = Fake("liar", *(finding(at, at + 1, b"b") for at in range(11, len(text), 6)))
    honest = Fake("honest", finding(11, 12, b"c", drops=b"a", adds=b"c"))
    parse, texts = Document.parse, list[bytes]()
    monkeypatch.setattr(Document, "parse", lambda data: texts.append(data) or parse(data))
    result = run_fakes(text, liar, honest)
    assert result.text == text.replace("RUN a", "RUN c", 1)
    refused = [item for item in result.offered if "would not hold" in item.why]
    assert len(refused) == 200
    assert sum(item.why.endswith("others of its rule did not") for item in refused) == 184
    assert len(texts) < 100


@pytest.mark.parametrize("replacement", [b"a \\", b'"', b"<<EOF", b"b\nFROM y", b"b\nNONSENSE z", b"b\n# lost"])
def test_what_breaks_the_file_is_refused(replacement: bytes) -> None:
    result = run_fakes(TEXT, Fake("breaker", finding(11, 12, replacement, drops=b"a", adds=b"b")))
    assert result.text == TEXT


def test_a_conflict_waits_for_the_next_pass() -> None:
    first = Fake("first", finding(11, 12, b"b", drops=b"a", adds=b"b"))
    second = Fake("second", finding(11, 12, b"c", drops=b"a", adds=b"c"))
    result = run_fakes(TEXT, first, second)
    assert result.text == "FROM x\nRUN b\nRUN a\n"
    assert [item.finding.rule for item in result.applied] == ["first"]


def test_rules_that_undo_each_other_end_on_a_whole_text() -> None:
    class Flip(Fake):
        def find(self, facts: Facts) -> Iterator[Finding]:
            at = facts.document.source.data.rindex(b"RUN ") + 4
            old = facts.document.source.data[at : at + 1]
            new = b"b" if old == b"a" else b"a"
            yield finding(at, at + 1, new, drops=old, adds=new)._replace(rule="flip")

    result = run_fakes(TEXT, Flip("flip"))
    assert result.patched == result.edits.apply(result.original)


def test_a_fix_may_declare_a_new_stage() -> None:
    edit = Edit(0, 14, b"FROM x AS build\nRUN a\nFROM y\n")
    adds = (b"FROM x AS build", b"FROM y")
    fix = Fix((edit,), (b"FROM x",), adds, drops_stages=((None, "x"),), adds_stages=(("build", "x"), (None, "y")))
    declared = Finding("?", "m", 11, 12, fix)
    assert run_fakes("FROM x\nRUN a\n", Fake("split", declared)).text == edit.text.decode()
    secret = declared._replace(fix=fix._replace(adds_stages=()))
    result = run_fakes("FROM x\nRUN a\n", Fake("split", secret))
    assert not result.changed
    assert [item.why for item in result.offered] == ["it would not hold: the stages differ"]


def test_positions_are_those_of_the_original() -> None:
    result = optimize("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nRUN pip install x\n")
    original = result.original.decode()
    assert original[result.applied[-1].start :].startswith(("pip", "apt-get"))
    assert {original.count("\n", 0, item.start) + 1 for item in result.applied} == {2, 4}


def test_select_and_ignore() -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y curl && pip install x\n"
    only = optimize(text, settings=Settings(select=frozenset(("download-cache-kept",))))
    rest = optimize(text, settings=Settings(ignore=frozenset(("download-cache-kept",))))
    assert {item.finding.rule for item in only.applied} == {"download-cache-kept"}
    assert {item.finding.rule for item in rest.applied} == {"package-index-kept"}


def test_no_trigger_word_no_rule() -> None:
    assert all(rule.triggers or rule.roles for rule in RULES)
    result = optimize("FROM scratch\nCOPY a /a\n")
    assert (result.applied, result.offered, result.diff) == ((), (), b"")


def test_refuses_what_buildkit_refuses() -> None:
    with pytest.raises(DockerfileError):
        optimize("FROM a\nNONSENSE b\n")


def test_rules_are_named_once() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert all(isinstance(rule, Rule) for rule in RULES)


def _clear(findings: list[Finding]) -> list[Finding]:
    """Those that keep clear of the ones before, found by looking at each pair."""
    chosen: list[Finding] = []
    for one in findings:
        taken = [edit for other in chosen if other.fix for edit in other.fix.edits]
        edits = one.fix.edits if one.fix else ()
        if all(edit.end < other.start or other.end < edit.start for edit in edits for other in taken):
            chosen.append(one)
    return chosen


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=3)


@given(st.lists(SPANS, max_size=12))
def test_conflicts_are_those_of_the_pairs(spans: list[list[tuple[int, int]]]) -> None:
    findings: list[Finding] = []
    for group in spans:
        starts = sorted({start // 5 * 5: length for start, length in group}.items())
        edits = tuple(Edit(start, start + length, b"") for start, length in starts)
        findings.append(Finding("r", "m", 0, 0, Fix(edits)))
    assert _without_conflicts(findings) == _clear(findings)


def test_what_is_known_of_a_file_waits_for_no_collector() -> None:
    """Stages, RUNs, scripts and their commands know each other; of thousands of files that would fill the memory."""
    text = "FROM debian:12\n" + "".join(LINES[:20]) + 'FROM debian:12\nRUN apt-get update; echo "$A" > /b\n'
    optimize(text)  # what is imported leaves something behind
    gc.collect()
    gc.disable()
    try:
        result = optimize(text)
        left = gc.collect()
    finally:
        gc.enable()
    assert result.applied
    assert left < 20
