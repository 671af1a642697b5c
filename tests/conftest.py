"""What holds for all tests."""

import os

import pytest
from hypothesis import settings
from repository import BASE, commit, git

# How long an example takes is the machine's business: no test is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """`BASE` on the branch main, and a branch topic that is checked out; no variable of a CI is set."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GITLAB_", "CI_", "GIT_")):
            monkeypatch.delenv(name)
    git("init", "-q", "-b", "main")
    commit(BASE)
    git("checkout", "-q", "-b", "topic")
    return tmp_path
