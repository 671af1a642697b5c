"""What ``package-index-kept`` leaves alone, beside the cases in its module."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

KEEPS = (
    # A failure that is ignored, or an end that nothing can follow.
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl || true\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl && exec true\n",
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl # the client\n",
    # Its layers do not ship.
    "FROM debian:12 AS build\nRUN apt-get update && apt-get install -y gcc\nFROM debian:12\nCOPY --from=build /a /a\n",
)


@pytest.mark.parametrize("text", KEEPS)
def test_keeps(text: str) -> None:
    assert not optimize(text, settings=Settings(select=frozenset(("package-index-kept",)), unsafe=True)).changed
