"""What ``index-refreshed-alone`` leaves alone, beside the cases in its module."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

KEEPS = (
    # The second refresh may fail and leave the first one's index to the install.
    "FROM debian:12\nRUN apt-get update\nRUN apt-get update; apt-get install -y curl\n",
    "FROM debian:8\nRUN apt-get -o Acquire::Check-Valid-Until=false update\n"
    "RUN apt-get update && apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update || echo done\n",
    "FROM debian:12\nRUN apt-get update || true\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl; echo done\n",
    "FROM debian:12\nRUN apt-get update\nCOPY my.list /etc/apt/sources.list.d/\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nENV http_proxy=http://proxy\nRUN mkdir /a\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nUSER app\nRUN sudo apt-get install -y curl\n",
    "FROM debian:12 AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update\nONBUILD RUN apt-get install -y curl\n",
    "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\nRUN apt-get install -y curl\n",
    "FROM debian:12\nRUN apt-get update && ./install.sh\n",
    "FROM debian:12\nRUN apt-get update && mkdir /a\nRUN ./install.sh\n",
    "FROM debian:12\nRUN mkdir /a && apt-get update\nRUN apt-get install -y git\n",
    "FROM fedora:40\nRUN dnf update -y\nRUN dnf install -y curl\n",
    "FROM alpine:3.20\nRUN apk update\nRUN apk add curl\n",
)


@pytest.mark.parametrize("text", KEEPS)
def test_keeps(text: str) -> None:
    assert not optimize(text, settings=Settings(select=frozenset(("index-refreshed-alone",)), unsafe=True)).changed
