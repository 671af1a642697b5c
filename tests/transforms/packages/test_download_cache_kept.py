"""What `download-cache-kept` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from dfopt.optimizer import Settings, optimize
from rule_cases import Said, check_keep, check_rewrite, check_unsafe, findings, said

RULE = "download-cache-kept"

# before, after
REWRITES = (
    (
        "FROM python:3.12\nRUN pip install a && rm -rf '~/.cache' && rm -rf /tmp/pip\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a && rm -rf '~/.cache' && rm -rf /tmp/pip\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a && pip install b\nRUN pip install c && pip cache purge && make\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a && pip install --no-cache-dir b\n"
        "RUN pip install --no-cache-dir c && make\n",
    ),
    (
        "FROM python:3.12\nRUN pip install a\nRUN pip cache purge || true\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir a\nRUN pip cache purge || true\n",
    ),
    ("FROM python:3.12\nRUN pip install -s x\n", "FROM python:3.12\nRUN pip install --no-cache-dir -s x\n"),
    ("FROM ubuntu:14.04\nRUN uv pip install x\n", "FROM ubuntu:14.04\nRUN uv pip install --no-cache x\n"),
    (
        "FROM python:3.12\nRUN --mount=type=cache,target=/home pip install x\n",
        "FROM python:3.12\nRUN --mount=type=cache,target=/home pip install --no-cache-dir x\n",
    ),
    ("FROM python:3.12\nRUN pip install x\n", "FROM python:3.12\nRUN pip install --no-cache-dir x\n"),
    (
        "FROM python:3.12\nRUN pip3 install -r r.txt && make\n",
        "FROM python:3.12\nRUN pip3 install --no-cache-dir -r r.txt && make\n",
    ),
    (
        "FROM python:3.12\nRUN pip install x && pip install y\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir x && pip install --no-cache-dir y\n",
    ),
    (
        "FROM python:3.12\nRUN pip install x; pip install --no-cache-dir y\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir x; pip install --no-cache-dir y\n",
    ),
    (
        "FROM python:3.12\nRUN python -m pip install x\n",
        "FROM python:3.12\nRUN python -m pip install --no-cache-dir x\n",
    ),
    (
        "FROM python:3.12\nRUN uv pip install --system x\n",
        "FROM python:3.12\nRUN uv pip install --no-cache --system x\n",
    ),
    ("FROM python:3.12\nRUN uv sync\n", "FROM python:3.12\nRUN uv sync --no-cache\n"),
)

# before, after when it is accepted, why it is unsafe
UNSAFE = (
    (
        "FROM python:3.12\nRUN uv sync --no-install-project\nCOPY . .\nCMD uv run x\n",
        "FROM python:3.12\nRUN uv sync --no-cache --no-install-project\nCOPY . .\nCMD uv run x\n",
        "line 4 may build the project when the image starts, with what lies in the cache",
    ),
    (
        "FROM python:3.12\nRUN pip install x\nRUN cp -r /root/.cache/pip /x\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir x\nRUN cp -r /root/.cache/pip /x\n",
        "line 3 may read the cache",
    ),
    (
        "FROM python:3.12\nRUN pip install x && apt-get purge -y gcc\nRUN pip install --no-cache-dir y\n",
        "FROM python:3.12\nRUN pip install --no-cache-dir x && apt-get purge -y gcc\nRUN pip install --no-cache-dir y\n",
        "line 3 may install again what can no longer be built",
    ),
    (
        "FROM python:3.12\nRUN uv sync --script=x.py\n",
        "FROM python:3.12\nRUN uv sync --no-cache --script=x.py\n",
        "the environment of a script lies in the cache",
    ),
    (
        "FROM python:3.12\nRUN uv pip install -s x\n",
        "FROM python:3.12\nRUN uv pip install --no-cache -s x\n",
        "the environment of a script lies in the cache",
    ),
    (
        "FROM ubuntu:14.04\nRUN pip install x\n",
        "FROM ubuntu:14.04\nRUN pip install --no-cache-dir x\n",
        "the pip here may be older than 6.0, which has no --no-cache-dir",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    ("FROM python:3.12\nRUN pip install --no-cache-dir flask\n", (" --no-cache-dir", "")),
    ("FROM python:3.12\nRUN pip --no-cache-dir install flask\n", (" --no-cache-dir", "")),
    ("FROM python:3.12\nRUN pip install --cache-dir=/tmp/pip flask\n", (" --cache-dir=/tmp/pip", "")),
    ("FROM python:3.12\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask\n", ("ENV PIP_NO_CACHE_DIR=1\n", "")),
    ("FROM python:3.12\nRUN PIP_NO_CACHE_DIR=off pip install flask\n", (" PIP_NO_CACHE_DIR=off", "")),
    ("FROM python:3.12\nCOPY pip.conf /etc/pip.conf\nRUN pip install flask\n", ("COPY pip.conf /etc/pip.conf\n", "")),
    ("FROM python:3.12\nRUN pip install flask && pip cache purge\n", (" cache", "")),
    ("FROM python:3.12\nRUN xargs pip install < list.txt\n", (" xargs", "")),
    ("FROM python:3.12\nRUN uv pip install --no-cache flask && pipx install black && pip list\n", (" --no-cache", "")),
    ("FROM python:3.12\nENV UV_NO_CACHE=1\nRUN uv sync\n", ("ENV UV_NO_CACHE=1\n", "")),
    ("FROM python:3.12\nRUN pip install x && rm -rf /root/.cache\n", (" &&", "")),
    ("FROM python:3.12\nRUN pip install x && pip cache purge\n", ("x && pip cache purge", "x")),
    (
        "FROM python:3.12\nRUN pip install x\nRUN rm -r /root/.cache/pip\n",
        "line 3 clears the cache, and may fail where there is none",
    ),
    (
        "FROM python:3.12\nRUN pip install x\nRUN pip cache purge\n",
        "line 3 clears the cache, and may fail where there is none",
    ),
    (
        "FROM python:3.12\nRUN pip install x\nRUN if [ -e a ]; then pip cache purge; fi\n",
        "the step that clears the cache stands inside another command",
    ),
    (
        "FROM python:3.12 AS a\nRUN pip install x\nFROM a\nRUN pip install y && pip cache purge\n",
        "line 4 clears the cache, and may fail where there is none",
    ),
    (
        "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install x\n",
        (" --mount=type=cache,target=/root/.cache", ""),
    ),
    (
        "FROM python:3.12\nRUN --mount=type=cache,target=/x/pip pip install x\n",
        (" --mount=type=cache,target=/x/pip", ""),
    ),
    (
        "FROM python:3.12\nRUN --mount=type=cache,target=/y/.cache/z pip install x\n",
        (" --mount=type=cache,target=/y/.cache/z", ""),
    ),
    ("FROM alpine:3.20\nRUN apk add x\n", ("alpine:3.20\nRUN apk add", "centos:6\nRUN pip install")),
    ('FROM python:3.12\nRUN ["pip", "install", "x"]\n', ('["pip", "install", "x"]', "uv sync")),
    ("FROM python:3.12\nRUN --mount=type=cache,target=/root uv sync\n", (" --mount=type=cache,target=/root", "")),
)

# what is said of them
SAYS = (
    (
        "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n",
        [
            Said(
                "pip install -r requirements.txt",
                "pip keeps its cache in this layer",
                "",
                ("/root/.cache/pip/**", "/home/*/.cache/pip/**"),
            )
        ],
    ),
    (
        "FROM python:3.12\nRUN uv sync\n",
        [Said("uv sync", "uv keeps its cache in this layer", "", ("/root/.cache/uv/**", "/home/*/.cache/uv/**"))],
    ),
)


@pytest.mark.parametrize(("before", "after"), REWRITES)
def test_rewrites(before: str, after: str) -> None:
    check_rewrite(RULE, before, after)


@pytest.mark.parametrize(("before", "after", "reason"), UNSAFE)
def test_unsafe(before: str, after: str, reason: str) -> None:
    check_unsafe(RULE, before, after, reason)


@pytest.mark.parametrize(("text", "expected"), KEEPS)
def test_keeps(text: str, expected: str | tuple[str, str]) -> None:
    check_keep(RULE, text, expected)


@pytest.mark.parametrize(("text", "expected"), SAYS)
def test_says(text: str, expected: list[Said]) -> None:
    assert said(RULE, text) == expected


def test_a_purge_goes_with_the_option_for_what_is_up_to_it_and_nothing_else() -> None:
    text = (
        'FROM python:3.12\nRUN pip install a\nRUN ["x"]\n'
        "RUN pip install b && pip cache purge && make\nRUN pip install c\n"
    )
    result = optimize(text, settings=Settings(select=frozenset((RULE,)), only=frozenset()))
    assert [finding.fix.drops for finding in findings(result) if finding.fix] == [
        (b"pip cache purge", b"pip install a", b"pip install b"),
        (b"pip install c",),
    ]
