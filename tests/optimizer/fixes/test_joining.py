"""RUNs are joined as far as a shell takes them."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.dockerfile.edits import Refusal
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.fixes.joining import join_runs


def test_a_script_has_a_greatest_length() -> None:
    for length, fits in ((50_000, True), (62_000, False)):
        document = Document.parse(b"FROM debian:12\nRUN true " + b"x" * length + b"\nRUN true " + b"y" * length + b"\n")
        runs = Facts(document).stages[0].runs
        if fits:
            assert join_runs(document, runs).edits
        else:
            with pytest.raises(Refusal, match="as long as both"):
                join_runs(document, runs)
