from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.edits import Edit, EditSet


@st.composite
def edit_set(draw: st.DrawFn, size: int, rule: str) -> EditSet:
    edits: list[Edit] = []
    at = 0
    while at <= size and draw(st.booleans()):
        start = draw(st.integers(at, size))
        end = draw(st.integers(start, min(size, start + 4)))
        edits.append(Edit(start, end, draw(st.binary(max_size=4)), (rule,)))
        at = end + 1
    return EditSet(edits)


@given(st.data(), st.binary(max_size=20))
def test_two_passes_compose_into_one(data: st.DataObject, text: bytes) -> None:
    first = data.draw(edit_set(len(text), "first"))
    middle = first.apply(text)
    second = data.draw(edit_set(len(middle), "second"))
    composed = first.then(second, text)
    assert composed.apply(text) == second.apply(middle)
    assert all(text[edit.start : edit.end] != edit.text for edit in composed)


@given(st.data(), st.binary(max_size=20))
def test_origin_of_kept_bytes(data: st.DataObject, text: bytes) -> None:
    edits = data.draw(edit_set(len(text), "r"))
    after = edits.apply(text)
    for new in range(len(after)):
        old = edits.origin(new)
        assert 0 <= old <= len(text)
        if not any(edit.start <= old <= edit.end for edit in edits):
            assert text[old] == after[new]


def test_origin_of_what_is_put_in_and_behind_it() -> None:
    edits = EditSet((Edit(2, 4, b"xyz"), Edit(6, 6, b"!"), Edit(8, 10, b"")))
    assert [edits.origin(at) for at in range(12)] == [0, 1, 2, 2, 2, 4, 5, 6, 6, 7, 10, 11]
    assert EditSet().origin(3) == 3


@pytest.mark.parametrize("pair", [((0, 2), (1, 3)), ((0, 2), (2, 3)), ((1, 1), (1, 1)), ((0, 1), (1, 1))])
def test_touching_edits_are_refused(pair: tuple[tuple[int, int], tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="overlap or touch"):
        EditSet(Edit(start, end, b"x") for start, end in pair)


def test_rules_of_both_passes_are_kept() -> None:
    first = EditSet([Edit(1, 2, b"XY", ("one",))])
    second = EditSet([Edit(2, 3, b"Z", ("two",))])
    (edit,) = first.then(second, b"abc")
    assert edit[:3] == (1, 2, b"XZ")
    assert set(edit.rules) == {"one", "two"}
