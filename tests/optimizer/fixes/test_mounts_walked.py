"""A cache mount is not put where another command of the RUN walks over it."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize


def mounts(run: str) -> bool:
    text = f"FROM python:3.12\nRUN pip install six && {run}\n".encode()
    return b"type=cache" in optimize(text, settings=Settings(select=frozenset(("cache-not-mounted",)))).patched


@pytest.mark.parametrize(
    "run",
    [
        "find /root -mindepth 1 -delete",
        "find ~ -delete",
        "find $HOME/.cache -exec rm -rf {} +",
        "rm -rf /root/.cache",
        "mv /root/.cache /srv",
        "chown -R 1000 /root",
        "cp -a /root /srv/root",
        "tar -czf /srv/a.tgz /root",
        "tar cf /srv/a.tar /root",
        "shred-all /root",
    ],
)
def test_stays_away(run: str) -> None:
    assert not mounts(run)


@pytest.mark.parametrize("run", ["cp -a /srv /root", "chmod 700 /root", "mkdir -p /root/a", "tar -xf /a.tar -C /root"])
def test_is_of_no_account(run: str) -> None:
    assert mounts(run)
