"""chmod and chown folded into COPY: exactly where the image stays the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context

RULES = Settings(select=frozenset(("chmod-after-copy", "chown-after-copy")))


@pytest.fixture
def context(tmp_path: Path) -> Context:
    for name, mode in (("plain.sh", 0o644), ("ready.sh", 0o755), ("odd.sh", 0o664), ("a.conf", 0o644)):
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "directory").mkdir()
    (tmp_path / "link").symlink_to("plain.sh")
    return Context(str(tmp_path))


def fix(text: str, context: Context | None = None, *, unsafe: bool = False) -> str:
    result = optimize("FROM debian:12\n" + text, context=context, settings=RULES._replace(unsafe=unsafe))
    return result.text.removeprefix("FROM debian:12\n")


WITH_CONTEXT = [
    ("COPY plain.sh /x.sh\nRUN chmod +x /x.sh\n", "COPY --chmod=755 plain.sh /x.sh\n"),
    ("COPY ready.sh /x.sh\nRUN chmod +x /x.sh\n", "COPY --chmod=755 ready.sh /x.sh\n"),
    ("COPY plain.sh /x.sh\nRUN chmod u+x /x.sh\n", "COPY --chmod=744 plain.sh /x.sh\n"),
    ("COPY plain.sh /usr/local/bin/\nRUN chmod 0700 /usr/local/bin/plain.sh\n", "COPY --chmod=700 plain.sh /usr/local/bin/\n"),
    ("WORKDIR /app\nCOPY plain.sh .\nRUN chmod 755 plain.sh && make\n", "WORKDIR /app\nCOPY --chmod=755 plain.sh .\nRUN make\n"),
    ("COPY plain.sh ./\nRUN chmod 755 ./plain.sh\n", "COPY --chmod=755 plain.sh ./\n"),  # an official image begins in /
    ("COPY plain.sh /x.sh\nRUN mkdir /y && chmod 755 /x.sh\n", "COPY --chmod=755 plain.sh /x.sh\nRUN mkdir /y\n"),
    ("COPY plain.sh /x.sh\nRUN true && chmod 755 /x.sh && b\n", "COPY --chmod=755 plain.sh /x.sh\nRUN true && b\n"),
    ("COPY plain.sh /x.sh\nRUN chmod 755 /x.sh /y.sh\n", "COPY --chmod=755 plain.sh /x.sh\nRUN chmod 755 /y.sh\n"),
    (
        "COPY plain.sh /x.sh\nCOPY ready.sh /y.sh\nRUN chmod 755 /x.sh /y.sh\n",
        "COPY --chmod=755 plain.sh /x.sh\nCOPY --chmod=755 ready.sh /y.sh\n",
    ),
    ('COPY ["plain.sh", "/x.sh"]\nRUN chmod 755 /x.sh\n', 'COPY --chmod=755 ["plain.sh", "/x.sh"]\n'),
    ("COPY <<EOF /x.sh\nls\nEOF\nRUN chmod +x /x.sh\n", "COPY --chmod=755 <<EOF /x.sh\nls\nEOF\n"),
    ("add plain.sh /x.sh\nrun chmod 755 /x.sh\n", "add --chmod=755 plain.sh /x.sh\n"),
    ("COPY --link plain.sh /x.sh\nRUN chmod 755 /x.sh\n", "COPY --link --chmod=755 plain.sh /x.sh\n"),
    ("RUN mkdir -p /app\nCOPY plain.sh /app/x.sh\nRUN chmod 640 /app/x.sh\n", "RUN mkdir -p /app\nCOPY --chmod=640 plain.sh /app/x.sh\n"),
    ("COPY a.conf /etc/a.conf\nRUN chown 5 /etc/a.conf\n", "COPY --chown=5:0 a.conf /etc/a.conf\n"),
    ("COPY a.conf /etc/a.conf\nRUN chown www-data:adm /etc/a.conf\n", "COPY --chown=www-data:adm a.conf /etc/a.conf\n"),
    (
        "COPY a.conf /etc/a.conf\nRUN chown 5:6 /etc/a.conf && chmod 600 /etc/a.conf\n",
        "COPY --chown=5:6 --chmod=600 a.conf /etc/a.conf\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), WITH_CONTEXT)
def test_safe(context: Context, before: str, after: str) -> None:
    assert fix(before, context) == after


UNSAFE = [
    "COPY odd.sh /x.sh\nRUN chmod +x /x.sh\n",  # 0664 here, and something else in another checkout
    "COPY plain.sh /new/x.sh\nRUN chmod 640 /new/x.sh\n",  # COPY would make /new 0640 (BuildKit issue 5943)
    "COPY plain.sh /x.sh\n# make it run\nRUN chmod 755 /x.sh\n",  # the comment would go
]


@pytest.mark.parametrize("text", UNSAFE)
def test_unsafe(context: Context, text: str) -> None:
    assert fix(text, context) == text
    assert fix(text, context, unsafe=True) != text


LEFT = [
    "COPY directory /x\nRUN chmod 755 /x\n",
    "COPY directory/ /x\nRUN chmod 755 /x\n",
    "COPY directory /x\nRUN chmod 755 /x/\n",
    "COPY link /x.sh\nRUN chmod 755 /x.sh\n",
    "COPY nowhere.sh /x.sh\nRUN chmod 755 /x.sh\n",
    "COPY plain.sh /x.sh\nRUN chmod 755 /x.sh; make\nRUN chmod -v 700 /x.sh\n",
    "COPY plain.sh /x.sh\nRUN chmod g+s /x.sh\n",
    "COPY plain.sh /x.sh\nRUN cp /x.sh /y.sh\nRUN chmod 755 /x.sh\n",
    "COPY plain.sh $APP/x.sh\nRUN chmod 755 $APP/x.sh\n",
    "COPY plain.sh /app/\nRUN cd /app && chmod 755 plain.sh\n",
    "WORKDIR $APP\nCOPY plain.sh ./\nRUN chmod 755 ./plain.sh\n",  # which directory is not known
    "COPY --parents plain.sh /x/\nRUN chmod 755 /x/plain.sh\n",
    "COPY a.conf /etc/a.conf\nRUN chown -R 5:6 /etc/a.conf\n",
    "COPY a.conf /etc/a.conf\nRUN make\nRUN chown 5:6 /etc/a.conf\n",
    "COPY a.conf /new/a.conf\nRUN chown 5:6 /new/a.conf\n",
]


@pytest.mark.parametrize("text", [text for text in LEFT if ";" not in text])
def test_left_alone(context: Context, text: str) -> None:
    assert fix(text, context, unsafe=True) == text


def test_without_a_context_plus_x_is_an_assumption() -> None:
    text = "COPY x.sh /x.sh\nRUN chmod +x /x.sh\n"
    assert fix(text) == text
    assert fix(text, unsafe=True) == "COPY --chmod=755 x.sh /x.sh\n"
    assert fix("COPY x.sh /x.sh\nRUN chmod 755 /x.sh\n") == "COPY --chmod=755 x.sh /x.sh\n"
    assert fix("COPY server /server\nRUN chmod 755 /server\n") == "COPY server /server\nRUN chmod 755 /server\n"


def test_the_classic_builder_knows_chown_only(context: Context) -> None:
    text = "FROM debian:12\nCOPY a.conf b.conf /etc/\nCOPY a.conf /etc/c.conf\nRUN chmod 600 /etc/b.conf && chown 5:6 /etc/c.conf\n"
    result = optimize(text, context=context, settings=RULES._replace(builder="classic"))
    assert result.text == text.replace("COPY a.conf /etc/c", "COPY --chown=5:6 a.conf /etc/c").replace(
        " && chown 5:6 /etc/c.conf", ""
    )
