"""The texts of an image's files, as COPY, heredocs and RUNs show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.shown import environment, expanded, is_brought, listed, mounted_text, on_path, text_of
from dfopt.optimizer.facts.stages import Facts, StageFacts


def stage_of(text: str, directory: Path | None = None) -> StageFacts:
    context = Context(str(directory)) if directory else None
    return Facts(Document.parse(text.encode()), context).stages[-1]


def shown(text: str, path: str, directory: Path | None = None) -> bytes | None:
    stage = stage_of(text, directory)
    return text_of(stage, len(stage.instructions), path)


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "prep").write_text("one")
    (tmp_path / "two.sh").write_text("two")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("COPY . /app", "/app/bin/prep", b"one"),
        ("COPY bin /opt", "/opt/prep", b"one"),
        ("COPY bin/prep /opt/", "/opt/prep", b"one"),
        ("COPY bin/prep /opt/name", "/opt/name", b"one"),
        ("COPY *.sh /opt/", "/opt/two.sh", b"two"),
        ("COPY *.sh /opt/", "/opt/prep", None),
        ("COPY two.sh bin /opt/", "/opt/prep", b"one"),
        ("ADD two.sh /", "/two.sh", b"two"),
        ("ADD two.tar.gz /", "/two.sh", None),
        ("COPY none /opt/name", "/opt/name", None),
        ("WORKDIR /w\nCOPY two.sh x", "/w/x", b"two"),
        ("ENV D=/w\nCOPY two.sh $D/x", "/w/x", b"two"),
        ("ARG D\nCOPY two.sh $D/x", "/w/x", None),
        ("ARG F=two.sh\nCOPY ${F} /x", "/x", b"two"),
        ("COPY two.sh /a\nCOPY bin/prep /a", "/a", b"one"),
        ("COPY two.sh /a\nRUN mv /a /b", "/b", b"two"),
        ("COPY two.sh /a\nRUN cd / && cp a b", "/b", b"two"),
        ("COPY two.sh /a/\nRUN cp /a/*.sh /b/", "/b/two.sh", b"two"),
        ("COPY two.sh /a/\nRUN cp -r /a/. /b/", "/b/two.sh", b"two"),
        ("COPY two.sh /a/\nRUN ln -s /a/two.sh /b", "/b", b"two"),
        ("COPY two.sh /a\nRUN cp /a /b && mv /b /c", "/c", b"two"),
        ("COPY two.sh /a\nRUN install -m 755 /a /b", "/b", b"two"),
        ("COPY two.sh /a\nRUN sed -i s/t/x/ /a", "/a", None),
        ("COPY two.sh /a\nRUN sed -i s/t/x/ /*", "/a", None),
        ("COPY two.sh /d/a\nRUN find /d -exec sed -i s/t/x/ {} +", "/d/a", None),
        ("COPY two.sh /a\nRUN sed -i s/t/x/ /other", "/a", b"two"),
        ("COPY two.sh /a\nRUN sed s/t/x/ /a", "/a", b"two"),
        ("COPY two.sh /a\nRUN sed -i 's/\\r$//' /a", "/a", b"two"),
        ("COPY two.sh /a\nRUN chmod +x /a", "/a", b"two"),
        ("COPY two.sh /a\nRUN sed s/t/x/ /a > /b", "/b", None),
        ("RUN printf 'a\\nb' > /p", "/p", b"a\nb"),
        ("RUN echo a > /p && echo b >> /p", "/p", b"a\nb"),
        ("RUN echo a | tee /p", "/p", b"a"),
        ("RUN cat <<EOF > /p\na\nEOF", "/p", b"a\n"),
        ("COPY <<EOF /p\na\nEOF", "/p", b"a\n"),
        ("COPY <<-EOF /p\n\ta\nEOF", "/p", b"a\n"),
        ("RUN curl http://e.org > /p", "/p", None),
    ],
)
def test_the_text_of_a_file(text: str, path: str, expected: bytes | None, context: Path) -> None:
    assert shown(f"FROM debian:12\n{text}\n", path, context) == expected


@pytest.mark.parametrize(
    ("copy", "path"), [("COPY --from=a /x /y", "/y"), ("COPY --from=a /x /y/", "/y/x"), ("COPY --from=0 / /", "/x")]
)
def test_the_text_of_a_file_from_another_stage(copy: str, path: str, context: Path) -> None:
    assert shown(f"FROM debian:12 AS a\nCOPY two.sh /x\nFROM debian:12\n{copy}\n", path, context) == b"two"


def test_the_text_of_a_file_of_the_stage_below(context: Path) -> None:
    assert shown("FROM debian:12 AS a\nCOPY two.sh /x\nFROM a\nRUN true\n", "/x", context) == b"two"


@pytest.mark.parametrize(
    ("mount", "path", "expected"),
    [
        ("type=bind,target=/m", "/m/two.sh", b"two"),
        ("type=bind,source=bin,target=/m", "/m/prep", b"one"),
        ("target=.", "/w/two.sh", b"two"),
        ("type=bind,from=a,target=/m", "/m/x", b"two"),
        ("type=bind,from=busybox,target=/m", "/m/x", b""),
        ("type=bind,target=/m", "/other", None),
        ("type=cache,target=/m", "/m/two.sh", None),
    ],
)
def test_a_bind_mount_shows_files(mount: str, path: str, expected: bytes | None, context: Path) -> None:
    text = f"FROM debian:12 AS a\nCOPY two.sh /x\nFROM debian:12\nWORKDIR /w\nRUN --mount={mount} true\n"
    assert mounted_text(stage_of(text, context).runs[0], path) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV A=b", {"A": "b"}),
        ("ENV A b c", {"A": "b c"}),
        ("ENV A=b C=d", {"A": "b", "C": "d"}),
        ('ENV A="b c"', {"A": "b c"}),
        ("ENV A=b\nENV C=$A/d", {"A": "b", "C": "b/d"}),
        ("ENV A=b\nENV C=${A}/d", {"A": "b", "C": "b/d"}),
        ("ENV C=$A/d", {}),
        ("ARG A\nARG B=c", {"B": "c"}),
    ],
)
def test_the_environment_is_what_is_spelled_out(text: str, expected: dict[str, str]) -> None:
    assert environment(stage_of(f"FROM debian:12\n{text}\n")) == expected


def test_variables_that_are_not_known_stay() -> None:
    assert expanded("$A/${B}/$C", {"A": "1", "B": "2"}) == "1/2/$C"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV PATH=/x:$PATH", ("/x",)),
        ("ENV PATH $PATH:/x", ("/x",)),
        ('ENV A=b PATH="/x:${PATH}:/y"', ("/x", "/y")),
        ("ENV H=/h\nENV PATH=$H/bin:$PATH", ("/h/bin",)),
        ("ENV OTHER_PATH=/x", ()),
    ],
)
def test_directories_of_programs(text: str, expected: tuple[str, ...]) -> None:
    found = on_path(stage_of(f"FROM debian:12\n{text}\nCOPY . /\n"))
    assert found[: len(expected)] == expected
    assert found[len(expected)] == "/usr/local/sbin"


def test_only_where_something_is_brought() -> None:
    text = "FROM debian:12\nENV PATH=/x/bin:$PATH\nCOPY a b /y/\nRUN mv /y/a /usr/sbin/\nCOPY --from=b /z /x\n"
    assert on_path(stage_of(text)) == ("/x/bin", "/usr/sbin", "/sbin")


def test_a_program_is_brought_by_its_name(context: Path) -> None:
    stage = stage_of("FROM debian:12\nRUN a\nCOPY x/prep /y/\nCOPY --from=b /z /z\n", context)
    assert is_brought(stage, 9, "prep")
    assert not is_brought(stage, 1, "prep")
    assert not is_brought(stage, 9, "z")
    assert not is_brought(stage, 9, "a")


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("COPY bin /d", ["/d/prep"]),
        ("COPY --from=x bin /d", None),
        ("COPY two.sh bin /d/", None),
        ("RUN true", None),
    ],
)
def test_what_a_directory_holds(copy: str, expected: list[str] | None, context: Path) -> None:
    assert listed(stage_of(f"FROM debian:12\nRUN true\n{copy}\n", context), 3, "/d") == expected
