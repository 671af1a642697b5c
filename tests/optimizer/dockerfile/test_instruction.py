"""Keywords, flags and words against BuildKit's own parser, where continuations cut them."""

from __future__ import annotations

import json

import dockerfile
import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.dockerfile.document import Document, Instruction
from dfopt.optimizer.dockerfile.scanner import DockerfileError, json_words


def instruction_of(text: str) -> Instruction:
    return Document.parse(text.encode()).instructions[-1]


def spelled(instruction: Instruction, start: int, end: int) -> bytes:
    return instruction.source.data[start:end]


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nAR\\\nG x=1\n",
        "FROM a\nCO\\\n# note\n\nPY a b\n",
        "FROM a\nRUN\\\n echo\n",
        "FROM a\n\\\nCOPY a b\n",
        "FROM a\nCOPY --fr\\\nom=x a b\n",
        "FROM a\nCOPY -\\\n# note\n-from=x --chmod=\\\n755 a\\\nb c\n",
        "FROM a\nCOPY --from=x -- --a b\n",
        "FROM a\nCOPY --from=x\\ y a b\n",
        "FROM a\nCOPY a\\ b c\n",
        'FROM a\nCOPY "a b" c\n',
        'FROM a\nCOPY ["a\\\nb", "c"]\n',
        "FROM a\nENV a=b\\\nc d='e  f' g=h\\ i\n",
        "FROM a\nLABEL a=b\\\n  c=d\n",
        "FROM a\nARG a=1 # note\n",
        "# escape=`\nFROM a\nCOPY app\\ C:\\app\\\n",
        "# escape=`\nFROM a\nCO`\nPY app\\ C:\\app\\\n",
        "# escape=`\nFROM a\nENV a=b` c\\\n",
        "FR\\\nOM a\n",
    ],
)
def test_reads_what_buildkit_reads(text: str) -> None:
    instruction = instruction_of(text)
    judge = dockerfile.parse_string(text)[-1]
    assert instruction.keyword == judge.cmd.upper()
    flags = [f"--{flag.name}={(flag.value or b'').decode()}" for flag in instruction.flags]
    assert [flag.replace("\\", "") for flag in flags] == list(judge.flags)
    words = (
        " ".join(instruction.words).replace("=", " ") if instruction.keyword in ("ENV", "LABEL") else instruction.words
    )
    theirs = " ".join(word for word in judge.value if word != "=") if isinstance(words, str) else judge.value
    assert words == theirs


def test_places_are_those_of_the_source() -> None:
    copy = instruction_of("FROM a\nCO\\\nPY --fr\\\nom=x a\\\nb \\\n # note\n c\n")
    assert spelled(copy, copy.start, copy.keyword_end) == b"CO\\\nPY"
    assert spelled(copy, copy.flags[0].start, copy.flags[0].end) == b"--fr\\\nom=x"
    assert [spelled(copy, *token[1:]) for token in copy.tokens] == [b"a\\\nb", b"c"]
    assert copy.args == b"ab  c"
    assert copy.args_start == copy.tokens[0].start
    assert copy.normal == b"COPY --from=x ab c"


@pytest.mark.parametrize("text", ["FROM a\nRUN\\\necho\n", "FROM a\nRU\\\n N echo\n"])
def test_a_keyword_that_runs_into_the_next_line_is_another(text: str) -> None:
    with pytest.raises(DockerfileError, match="unknown instruction"):
        Document.parse(text.encode())


@pytest.mark.parametrize("text", ["ENV =b", "LABEL =b c"])
def test_a_name_is_not_blank(text: str) -> None:
    with pytest.raises(DockerfileError, match="names can not be blank"):
        Document.parse(f"FROM a\n{text}\n".encode())


def test_a_heredoc_is_one_where_its_keyword_or_its_sign_is_cut() -> None:
    document = Document.parse(b"FROM a\nRU\\\nN <<A\nFROM b\nA\nRUN <\\\n<B\nFROM c\nB\nUSER d\n")
    assert [item.keyword for item in document.instructions] == ["FROM", "RUN", "RUN", "USER"]
    assert document.disputed() is None


def test_what_is_nested_too_deep_is_no_list_of_words() -> None:
    assert instruction_of(f"FROM a\nCMD {'[' * 30000}\n").json is None
    assert instruction_of(f"FROM a\nRUN {'[' * 30000} <<A\nA\n").form == "shell"


@pytest.mark.parametrize(
    "cut", ["AR\\\nG x=1", "RU\\\nN apt-get install -y x", "CO\\\nPY --chmod=7\\\n55 a /a", "\\\nUSER root"]
)
def test_the_rest_of_a_file_is_rewritten_where_a_keyword_is_cut(cut: str) -> None:
    text = f"FROM debian:12\n{cut}\nRUN pip install y\n"
    assert optimize(text).text == text.replace("pip install", "pip install --no-cache-dir")


def test_another_escape_character_leaves_backslashes_alone() -> None:
    text = "# escape=`\nFROM python:3.12\nCOPY app\\ C:\\app\\\nRUN pip install y\n"
    assert optimize(text).text == text.replace("pip install", "pip install --no-cache-dir")


@pytest.mark.parametrize(
    "text",
    [
        '["a", "b c"]',
        '["a" "b"]',
        "[]",
        '["a",]',
        '["a",\t"b" ]',
        '["\\n"]',
        '["a"]x',
        '["a\x0b"]',
        '["a",\x0b"b"]',
        '["é"]',
        "[1]",
    ],
)
def test_the_words_of_a_list_are_those_of_json(text: str) -> None:
    try:
        value: object = json.loads(text)
    except ValueError:
        value = None
    strings = isinstance(value, list) and all(isinstance(item, str) for item in value)  # pyright: ignore[reportUnknownVariableType]
    assert json_words(text.encode()) == (tuple(json.loads(text)) if strings else None)
