"""Who may want an archive again that a RUN has unpacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.readers import wanted_again
from dfopt.optimizer.facts.stages import Facts

GET = "mkdir /dl && cd /dl && curl -O http://e.org/seed-1.tgz && tar xzf seed-1.tgz"


def reason(text: str, context: Path | None = None, name: str = "seed-1.tgz") -> str:
    facts = Facts(
        Document.parse(f"FROM debian:12 AS dl\n{text}\n".encode()), Context(str(context)) if context else None
    )
    run = next(run for run in facts.stages[0].runs if run.script and b"tar x" in run.instruction.code)
    last = next(one for one in (run.script.commands if run.script else ()) if one.name == "tar")
    return wanted_again(run, last, name)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"RUN {GET} && sha256sum * > sums", "`sha256sum` may read it"),
        (f"RUN {GET} && ls > list", "`ls` may read it"),
        (f"RUN {GET} && find . -type f | sort > list", "`find` may read it"),
        (f"RUN {GET} && tar cf /all.tar /dl", "`tar` may read it"),
        (f"RUN {GET} && dpkg-scanpackages . > Packages", "`dpkg-scanpackages` may read it"),
        (f"RUN {GET} && rsync -a /dl/ /srv", "`rsync` may read it"),
        (f"RUN {GET}\nRUN cp -r /dl /opt/dl", "`cp` in line 3 may read it"),
        (f"RUN {GET}\nWORKDIR /dl\nRUN zip -r /a.zip .", "`zip` in line 4 may read it"),
        (f"RUN {GET}\nFROM dl\nRUN cp -r /dl /opt/dl", "`cp` in line 4 may read it"),
        (f"RUN {GET} && ln -s seed-1.tgz latest", "a link leads to it"),
        (f"RUN mkdir /dl && cd /dl && ln -s seed-1.tgz l && {GET}", "a link leads to it"),
        (f"RUN {GET}\nFROM debian:12\nCOPY --from=dl /dl /dl", "line 4 takes it to another stage"),
        (f"RUN {GET}\nFROM debian:12\nCOPY --from=0 /dl/*.tgz /dl/", "line 4 takes it to another stage"),
        (f"RUN {GET}\nFROM dl AS b\nFROM debian:12\nCOPY --from=b / /", "line 5 takes it to another stage"),
        (
            f"RUN {GET}\nFROM debian:12\nRUN --mount=type=bind,from=dl,source=/dl,target=/x true",
            "line 4 takes it to another stage",
        ),
        (f"ARG S\nRUN {GET}\nFROM debian:12\nCOPY --from=$S /dl /dl", "line 5 takes it to another stage"),
        (
            f"ARG S\nRUN {GET}\nFROM debian:12\nRUN --mount=from=$S,source=/dl,target=/x true",
            "line 5 takes it to another stage",
        ),
    ],
)
def test_it_may_be_wanted(text: str, why: str) -> None:
    assert reason(text) == why


@pytest.mark.parametrize(
    "text",
    [
        f"RUN {GET} && cd seed-1 && ./configure --prefix=/dl && make && make install",
        f"RUN {GET} && ls && chmod -R 755 /dl && test -d /dl",
        f"RUN {GET} && curl -O http://e.org/b.tgz && tar xzf b.tgz",
        f"RUN {GET} && ln -s /dl/seed /usr/bin/seed",
        f"RUN {GET} && cp seed/bin /usr/bin/seed && cp -r /etc /opt/etc",
        f"RUN {GET}\nRUN update-rc.d a start 20 2 3 . && Rscript -e 'install(\"a\")'",
        f"RUN {GET}\nFROM debian:12\nCOPY --from=dl /opt /opt",
        f"RUN {GET}\nFROM debian:12\nCOPY --from=other /dl /dl",
        f"RUN {GET}\nFROM debian:12\nRUN --mount=type=bind,from=other,source=/dl,target=/dl true",
        f"RUN {GET}\nFROM dl\nRUN --mount=type=cache,target=/root/.cache/pip --mount=type=tmpfs,target=/x pip install a",
    ],
)
def test_nobody_wants_it(text: str) -> None:
    assert reason(text) == ""


def test_a_file_of_the_context_may_name_it(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("seed-1.tgz")
    (tmp_path / "README.md").write_text("seed-1.tgz")
    (tmp_path / "seed-1.tgz").write_bytes(b"\0seed-1.tgz")
    assert reason(f"RUN {GET}", tmp_path) == ""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/reset").write_text("tar xzf /dl/seed-1.tgz -C /srv")
    assert reason(f"RUN {GET}", tmp_path) == "bin/reset in the context names it"
    assert reason(f"RUN {GET}", tmp_path, "seed-$V.tgz") == "bin/reset in the context names it"
    assert reason(f"RUN {GET}", tmp_path, "$NAME.tgz") == ""
    (tmp_path / ".dockerignore").write_text("bin")
    assert reason(f"RUN {GET}", tmp_path) == ""
