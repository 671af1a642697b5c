"""What `wheels-copied` makes of Dockerfiles, and what it leaves alone."""

from __future__ import annotations

import pytest

from rule_cases import Said, check_keep, check_rewrite, check_unsafe, said

RULE = "wheels-copied"
_BUILD = "FROM python:3.12 AS b\nRUN pip wheel -w /wheels flask\n"
_FINAL = _BUILD + "FROM python:3.12-slim\n"
_END = 'CMD ["python", "x.py"]\n'
_COPY = "COPY --from=b /wheels /wheels\n"
_SHORT = "RUN --mount=type=bind,from=b,source=/wheels,target=/wheels "
_MOUNT = "RUN --mount=type=bind,from=b,source=/wheels,target=/wheels \\\n    "

# before, after
REWRITES = (
    (
        f"{_FINAL}{_COPY}RUN pip install --no-index --find-links=/wheels flask\n{_END}",
        f"{_FINAL}{_MOUNT}pip install --no-index --find-links=/wheels flask\n{_END}",
    ),
    (
        f"{_FINAL}{_COPY}COPY x /y\nRUN apt-get update\nRUN python -m pip install /wheels/* && ls\n{_END}",
        f"{_FINAL}COPY x /y\nRUN apt-get update\n{_SHORT}python -m pip install /wheels/* && ls\n{_END}",
    ),
    (
        f"{_FINAL}COPY --from=0 /w/x /tmp/whl\nRUN pip install /tmp/whl/*.whl\n{_END}",
        f"{_FINAL}RUN --mount=type=bind,from=b,source=/w/x,target=/tmp/whl pip install /tmp/whl/*.whl\n{_END}",
    ),
    (
        f"{_FINAL}{_COPY}RUN pip install /wheels/*\n{_END}FROM python:3.12 AS dev\nCOPY --from=b /wheels /x\n",
        f"{_FINAL}{_SHORT}pip install /wheels/*\n{_END}FROM python:3.12 AS dev\nCOPY --from=b /wheels /x\n",
    ),
)

# before, after, why it is not done by itself
UNSAFE = (
    (
        f"{_BUILD}FROM team/python\n{_COPY}RUN pip install /wheels/*\n{_END}",
        f"{_BUILD}FROM team/python\n{_SHORT}pip install /wheels/*\n{_END}",
        "that the base image has nothing at /wheels is an assumption",
    ),
    (
        f"{_FINAL}{_COPY}RUN pip install /wheels/*\nRUN pip install y\n{_END}",
        f"{_FINAL}{_SHORT}pip install /wheels/*\nRUN pip install y\n{_END}",
        "line 6 may install from there as well",
    ),
    (
        f"{_FINAL}{_COPY}RUN pip install /wheels/* && x\n{_END}",
        f"{_FINAL}{_SHORT[:-1]},rw pip install /wheels/* && x\n{_END}",
        "`x` may move or remove it",
    ),
)

# what stays, and why: a reason that is given, or a difference that keeps it
KEEPS = (
    (f"{_FINAL}{_COPY}RUN pip install /wheels/*\nCOPY --from=b /c /wheels/c\n{_END}", "line 6 may have to do with it"),
    (f"{_FINAL}{_COPY}COPY a /wheels/\nRUN pip install /wheels/*\n{_END}", "line 5 may have to do with it"),
    (f"{_FINAL}{_COPY}RUN pip install /wheels/*\nCMD ls /wheels\n", "line 6 may have to do with it"),
    (f"{_FINAL}COPY a /wheels/\n{_COPY}RUN pip install /wheels/*\n{_END}", "line 4 may bring a file of that name too"),
    (f"{_FINAL}COPY --from=b --chown=1 /wheels /wheels\nRUN pip install /wheels/*\n{_END}", "no flags of the COPY"),
    (
        f"{_FINAL.replace('slim', 'slim AS c')}{_COPY}RUN pip install /wheels/*\n{_END}FROM c\nCOPY --from=c /wheels /x\n",
        "line 8 may have to do with it",
    ),
    (f"{_FINAL}{_COPY}RUN ls /wheels && pip install /wheels/*\n{_END}", ("ls /wheels && ", "")),
    (f"{_FINAL}{_COPY}RUN <<EOF\npip install /wheels/*\nEOF\n{_END}", "its script is a heredoc"),
    (f"{_FINAL}COPY --from=b /whee /opt/w\nRUN pip install /opt/w/*\n{_END}", ("/whee ", "/wheel ")),
    (f"{_FINAL}COPY wheels /wheels\nRUN pip install /wheels/*\n{_END}", ("COPY wheels", "COPY --from=b /wheels")),
    (f"{_FINAL}{_COPY}RUN pip install flask\n{_END}", ("flask\nCMD", "/wheels/*\nCMD")),
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


def test_says() -> None:
    text = f"{_FINAL}{_COPY}RUN pip install /wheels/*\n{_END}"
    message = "the wheels stay in the layer that copies them"
    assert said(RULE, text) == [Said(_COPY.strip(), message, "", ("/wheels/**", "/wheels"))]
