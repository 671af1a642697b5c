"""Two stages out of one, built for real: smaller, and the same behaviour."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.stages import Facts
from dfopt.optimizer.split.convert import Request, Split, convert
from dfopt.optimizer.split.evidence import Declined
from docker_images import session

ROOT = Path(__file__).parents[2]
#: By example, the most bytes that the image in two stages may have: a tenth more than an expert's.
SPLIT = {"c-tally": 82_600_000, "go-links": 108_000_000, "java-ledger": 330_000_000}
WHOLE = ("media-convert", "report-worker", "flask-api")


def split(directory: Path) -> Split:
    document = Document.parse((directory / "Dockerfile").read_bytes())
    with session(directory) as builds:
        return convert(builds, document, Facts(document), Request(None, ((directory / "smoke.sh").read_text(),)))


@pytest.mark.slow
@pytest.mark.parametrize("name", SPLIT)
def test_an_example_is_proved_and_small(name: str) -> None:
    found = split(ROOT / "examples" / name)
    assert found.tried[0].before.status == 0, found.tried[0].before.output.decode()
    assert found.tried[0].agrees
    assert found.after <= SPLIT[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_an_example_without_a_build_stays_in_one_stage(name: str) -> None:
    with pytest.raises(Declined):
        split(ROOT / "examples" / name)
