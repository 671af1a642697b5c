import io

import pytest

from dfopt.optimizer import optimize
from dfopt.optimizer.cli import run
from dfopt.optimizer.cli.interactive import Questions

TEXT = b"FROM debian:12-slim\nRUN pip install a\nENV A=1\nRUN npm ci\nENV B=1\nRUN pip install b\n"
PIP, NPM = b"RUN pip install --no-cache-dir", b"cache clean"


def ask(answers, text=TEXT):
    out = io.StringIO()
    result = optimize(text)
    questions = Questions(io.StringIO(answers), out)
    return questions.chosen("Dockerfile", result, optimize), out.getvalue(), questions


def test_yes_to_all_is_the_fix():
    assert ask("y\ny\ny\n")[0] == ask("a\n")[0] == optimize(TEXT).patched


def test_no_leaves_it():
    made, out, _ = ask("n\ny\nn\n")
    assert PIP not in made
    assert made != TEXT
    assert out.count("make this change") == 3
    assert "Pip keeps its cache in this layer" in out
    assert "-RUN pip install a\n+RUN pip install --no-cache-dir a\n" in out


def test_quit_leaves_the_rest_and_every_other_file():
    made, _, questions = ask("y\nq\n")
    assert made == TEXT.replace(b"install a", b"install --no-cache-dir a")
    assert questions.over
    assert questions.chosen("other", optimize(TEXT), optimize) == TEXT


def test_the_end_of_the_answers_is_a_quit():
    assert ask("y\n")[0] == TEXT.replace(b"install a", b"install --no-cache-dir a")
    assert ask("")[0] == TEXT


def test_anything_else_is_answered_with_help():
    made, out, _ = ask("what?\n\nn\nn\nn\n")
    assert made == TEXT
    assert out.count("y - make this change") == 2


@pytest.fixture
def editor(tmp_path, monkeypatch):
    def use(script):
        path = tmp_path / "an editor"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("VISUAL", f"'{path}'")

    return use


def test_edit_takes_what_the_editor_leaves(editor):
    editor("""sed -i 's/install.*/install --no-cache-dir a==1/' "$1" """)
    assert ask("e\nq\n")[0] == TEXT.replace(b"install a", b"install --no-cache-dir a==1")


def test_an_editor_that_fails_changes_nothing(editor):
    editor("exit 1")
    made, out, _ = ask("e\nq\n")
    assert made == TEXT
    assert "the editor failed" in out


def test_the_command_writes_what_was_chosen(tmp_path, monkeypatch, capfd):
    path = tmp_path / "Dockerfile"
    path.write_bytes(TEXT)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\nn\nn\n"))
    assert run(["fix", "--isolated", "--interactive", str(path)]) == 0
    assert path.read_bytes() == TEXT.replace(b"install a", b"install --no-cache-dir a")
    assert capfd.readouterr().out == f"fixed {path} (as you chose)\n"


def test_answers_and_a_dockerfile_cannot_both_be_standard_input(capfd):
    assert run(["fix", "--interactive", "-"]) == 2
    assert "standard input" in capfd.readouterr().err
