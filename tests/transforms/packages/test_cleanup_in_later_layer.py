"""What ``cleanup-in-later-layer`` leaves alone, beside the cases in its module."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize

KEEPS = (
    "FROM centos:7\nRUN yum install -y httpd\nUSER app\nRUN sudo yum clean all\n",
    # More than the package manager's own, however it is spelled.
    "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCOPY a /a\n"
    "RUN rm -rf /var/lib/{apt,dpkg}\n",
    "FROM centos:7\nRUN yum install -y httpd && yum clean all\nCOPY a /a\nRUN yum clean all && rm -rf /tmp/yum*\n",
)


@pytest.mark.parametrize("text", KEEPS)
def test_keeps(text: str) -> None:
    assert not optimize(text, settings=Settings(select=frozenset(("cleanup-in-later-layer",)), unsafe=True)).changed
