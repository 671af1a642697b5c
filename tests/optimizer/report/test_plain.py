"""What a finding rests on is said of it in every form."""

from __future__ import annotations

import pytest

from dfopt.optimizer.report.plain import conditions
from rule_cases import findings, only


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("chmod-after-copy", "WORKDIR /a\nCOPY a.sh /a/\nRUN chmod 755 /a/a.sh\n", " (needs BuildKit)"),
        ("chown-after-copy", "WORKDIR /a\nCOPY a.sh /a/\nRUN chown 7:7 /a/a.sh\n", ""),
        ("archive-copied", "COPY a.tgz /\nRUN tar xf /a.tgz && rm /a.tgz\n", " (needs BuildKit)"),
        ("index-not-mounted", "RUN apt-get update && apt-get install -y x\n", " (needs BuildKit)"),
        ("package-index-kept", "RUN apt-get update && apt-get install -y x\n", ""),
        ("package-index-kept", "RUN apt-get update && apt-get install -y x\nRUN make\n", " (assumes build-tools)"),
    ],
)
def test_conditions(rule: str, text: str, expected: str) -> None:
    assert [conditions(finding) for finding in findings(only(rule, f"FROM debian:12\n{text}"))] == [expected]
