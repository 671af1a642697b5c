from __future__ import annotations

import pytest
from asking import ask
from hypothesis import given, settings
from hypothesis import strategies as st

from dfopt.optimizer.dockerfile.shell import read_text
from dfopt.optimizer.facts.recipes import Code, behind
from dfopt.optimizer.facts.recipes.literals import literals, shells_in

COMMANDS = (
    "make", "make a -C b", "npm ci", "npm run a -w b", "yarn a", "pnpm -r a", "composer install", "just a", "task a",
    "tox", "inv a", "rake a", "bundle exec rake a", "python a", "python -m a", "pip install -r a .", "node a", "./a",
    "sh -eux a", ". ./a", "awk -f a", "sed -f a", "pipenv run a", "run-s 'a*'",
)  # fmt: skip
FRAGMENTS = (
    b"a", b"b", b":", b"\n", b"\t", b" ", b"=", b":=", b"+=", b"$", b"$(", b")", b"${", b"}", b"\\", b"\\\n", b"\r\n",
    b"include a", b"-include b", b"define a\n", b"endef\n", b"$(call a,", b"$(eval ", b"$(shell ", b"$(a)", b"%", b";",
    b"ifdef a\n", b"endif\n", b"{", b"[", b"]", b'"', b"'", b'"scripts"', b'{"scripts":{"a":"b"}}', b"#!", b"#!/bin/sh\n",
    b"- ", b"|\n", b"tasks:\n", b"includes:\n", b"[testenv]\n", b"commands = ", b"{{", b"}}", b"`", b"import 'a'\n",
    b"mod a\n", b"\0", b"\xff", b"\xef\xbb\xbf", b".RECIPEPREFIX = ", b".ONESHELL:\n", b"@", b"<<EOF\n", b"%w[",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(COMMANDS), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(b"".join))
def test_whatever_a_file_holds_is_answered(command: str, text: bytes) -> None:
    script = read_text(command.encode())
    assert script is not None
    found = behind(script.commands[0], "/app", lambda _: text)
    assert found is not None or "-m" in command
    for code in found.codes if found else ():
        list(shells_in(code))


@pytest.mark.parametrize(
    "command",
    [
        "ls -l",
        "/usr/bin/apt-get update",
        "awk '{print $1}' x",
        "sed -i s/a/b/ x",
        "apt-get install make",
        "pip install flask",
        "npx cowsay",
        "bundle install",
    ],
)
def test_what_is_no_runner_is_nothing(command: str) -> None:
    assert ask(command, {}) is None


@pytest.mark.parametrize(
    ("command", "text", "expected"),
    [
        ("./x", b"echo a\n", b"echo a\n"),
        ("./x", b"#!/bin/bash -e\r\necho a\r\n", b"#!/bin/bash -e\necho a\n"),
        ("./x", b"#!/usr/bin/env -S bash -e\necho a\n", b"#!/usr/bin/env -S bash -e\necho a\n"),
        ("/app/x 1 2", b"\xef\xbb\xbfecho a", b"echo a"),
        ("sh x", b"#!/usr/bin/python3\n", b"#!/usr/bin/python3\n"),
        ("bash -euxo pipefail x", b"a", b"a"),
        ("sudo -E bash ./x", b"a", b"a"),
        (". ./x", b"a", b"a"),
        ("source x", b"a", b"a"),
    ],
)
def test_scripts(command: str, text: bytes, expected: bytes) -> None:
    found = ask(command, {"/app/x": text})
    assert found is not None
    assert [(one.text, one.directory, one.path) for one in found.shells] == [(expected, "/app", "/app/x")]
    assert not found.unread


@pytest.mark.parametrize(
    ("command", "expected", "unread"),
    [
        ("bash -lc 'apt-get update && make'", b"apt-get update && make", False),
        ('sh -c "apt-get install $P"', b"apt-get install $P", False),
        ('sh -c "$COMMAND"', b"$COMMAND", True),
        ('sh -c "a $(b)"', b"a $(b)", True),
        ("eval 'a b'", b"a b", False),
        ("busybox sh -c 'a b'", b"a b", False),
    ],
)
def test_text_for_a_shell(command: str, expected: bytes, unread: bool) -> None:
    found = ask(command, {})
    assert found is not None
    assert [one.text for one in found.shells] == [expected]
    assert bool(found.unread) is unread


@pytest.mark.parametrize(
    "shebang", ["/usr/bin/env python3", "/usr/bin/python3.11", "/usr/bin/env -S node --no-warnings", "/usr/bin/perl -w"]
)
def test_programs_by_their_shebang(shebang: str) -> None:
    found = ask("./x", {"/app/x": f"#!{shebang}\na".encode()})
    assert found is not None
    assert (len(found.codes), found.shells, found.unread) == (1, (), "")


@pytest.mark.parametrize(
    ("command", "text", "reason"),
    [
        ("./x", b"\x7fELF\0", "/app/x is no script"),
        ("./y", b"", "/app/y is not shown"),
        ("sh", b"", "`sh` runs what it is fed"),
        ("bash -s x", b"", "`bash` runs what it is fed"),
        ("env -C /y ./x", b"", "./x is not shown"),
        ("BASH_ENV=y bash x", b"", "BASH_ENV changes what `bash` reads"),
        ("run-parts /etc/x", b"", "`run-parts` runs what lies in /etc/x"),
        ("python -", b"", "`python` runs what it is fed"),
        ("./x", b"#!/usr/bin/expect\n", "/app/x is run by `expect`"),
    ],
)
def test_unread(command: str, text: bytes, reason: str) -> None:
    found = ask(command, {"/app/x": text})
    assert found is not None
    assert found.unread == reason


@pytest.mark.parametrize(
    ("command", "path"),
    [
        ("python x.py a", "/app/x.py"),
        ("python3.11 -u -W ignore x.py", "/app/x.py"),
        ("python -m pkg.mod", "/app/pkg/mod.py"),
        ("python -m pkg", "/app/pkg/__main__.py"),
        ("node --max-old-space-size=4096 x.js", "/app/x.js"),
        ("node x", "/app/x.js"),
        ("ruby x.rb", "/app/x.rb"),
        ("perl x.pl", "/app/x.pl"),
        ("php x.php", "/app/x.php"),
        ("pip install .", "/app/setup.py"),
        ("pip install --no-cache-dir -e '.[dev]'", "/app/setup.py"),
        ("pip install -r reqs.txt", "/app/setup.py"),
        ("python -m pip install ./", "/app/setup.py"),
        ("python setup.py install", "/app/setup.py"),
        ("rake a", "/app/Rakefile"),
        ("inv a", "/app/tasks.py"),
        ("awk -f x.awk y", "/app/x.awk"),
    ],
)
def test_programs(command: str, path: str) -> None:
    names = "x.py pkg/mod.py pkg/__main__.py x.js x.rb x.pl x.php setup.py Rakefile tasks.py x.awk".split()
    files = {f"/app/{name}": b"a" for name in names} | {"/app/reqs.txt": b"flask\n-e .\n"}
    found = ask(command, files)
    assert found is not None
    assert [one.path for one in found.codes] == [path]
    assert not found.unread


@pytest.mark.parametrize("command", ["python -c 'a'", "node -e 'a'", "perl -e 'a'", "ruby -e 'a'", "php -r 'a'"])
def test_text_for_an_interpreter(command: str) -> None:
    found = ask(command, {})
    assert found is not None
    assert [one.text for one in found.codes] == [b"a"]


@pytest.mark.parametrize(
    "command", ["awk '{system(\"x\")}' y", "awk '{print > \"x\"}' y", "sed '1e x' y", "sed s/a/b/e y"]
)
def test_awk_and_sed_that_start_or_write_something(command: str) -> None:
    found = ask(command, {})
    assert found is not None
    assert len(found.codes) == 1


@pytest.mark.parametrize("command", ["/opt/venv/bin/python x.py", ".venv/bin/python3 x.py", "/usr/bin/env python x.py"])
def test_an_interpreter_by_its_path(command: str) -> None:
    found = ask(command, {"/app/x.py": b"a"})
    assert found is not None
    assert [one.path for one in found.codes] == ["/app/x.py"]


def test_a_script_that_is_called_as_a_tool() -> None:
    found = ask("./npm ci", {"/app/npm": b"echo a"})
    assert found is not None
    assert [one.text for one in found.shells] == [b"echo a"]


@pytest.mark.parametrize(
    ("command", "path", "text", "expected"),
    [
        ("just b", "/app/justfile", b"v := `git x`\nb a='1': c\n  @echo {{v}}\n", {"git x", "echo ${made}"}),
        ("just", "/justfile", b"a:\n\tapk \\\n\t  add\n\n\t-b\n", {"apk  add", "b"}),
        ("just", "/app/justfile", b"a:\n  #!/usr/bin/env bash\n  b\n", {"#!/usr/bin/env bash\nb"}),
        (
            "task a",
            "/app/Taskfile.yml",
            b"tasks:\n  a:\n    desc: no no\n    cmds:\n      - b {{.X}}\n      - task: c\n",
            {"b ${made}"},
        ),
        (
            "task a",
            "/app/Taskfile.yml",
            b"tasks:\n  a: b c\n  d:\n    cmds:\n    - cmd: 'e f'\n    - |\n      g\n      h\n",
            {"b c", "e f", "g\nh\n"},
        ),
        (
            "task a",
            "/app/Taskfile.yml",
            b"vars:\n  V: a b\n  W:\n    sh: git x\ntasks:\n  a: [b, 'c d']\n",
            {"git x", "b", "c d"},
        ),
        (
            "tox -e x",
            "/app/tox.ini",
            b"[testenv]\ndeps = a\ncommands =\n  a {posargs}\n  - b \\\n    c\n",
            {"a ${made}", "b  c"},
        ),
        (
            "tox",
            "/app/pyproject.toml",
            b'[tool.tox]\nlegacy_tox_ini = """\n[testenv]\ncommands = a\n"""\n[tool.tox.x]\ncommands = [["b", "c"]]\n',
            {"a", "b c"},
        ),
        (
            "composer install",
            "/app/composer.json",
            b'{"scripts":{"post-install-cmd":["@php a.php","@x"],"x":"b","y":"c"}}',
            {"php a.php", "b"},
        ),
        (
            "composer y",
            "/app/composer.json",
            b'{"scripts":{"post-install-cmd":"a","y":["@composer b","@putenv A=1"]}}',
            {"composer b", "export A=1"},
        ),
        ("composer install --no-scripts", "/app/composer.json", b'{"scripts":{"post-install-cmd":"a"}}', set()),
        ("bundle exec rake a", "/x", b"", {"rake a"}),
        ("poetry run python a.py", "/x", b"", {"python a.py"}),
        ("uv run --frozen a.py", "/x", b"", {"python a.py"}),
        ("pipenv run a", "/app/Pipfile", b'[scripts]\na = "b c"\n', {"b c"}),
    ],
)
def test_task_runners(command: str, path: str, text: bytes, expected: set[str]) -> None:
    found = ask(command, {path: text})
    assert found is not None
    assert {one.text.decode() for one in found.shells} == expected
    assert not found.unread


@pytest.mark.parametrize(
    ("command", "path", "text"),
    [
        ("just", "/x", b""),
        ("just", "/app/justfile", b"import 'x'\n"),
        ("task", "/x", b""),
        ("task", "/app/Taskfile.yml", b"includes:\n  a: ./b\n"),
        ("task", "/app/Taskfile.yml", b"tasks:\n  a: &x b c\n"),
        ("task", "/app/Taskfile.yml", b"tasks:\n  a:\n    dir: b\n    cmds: [c]\n"),
        ("tox", "/x", b""),
        ("composer install", "/app/composer.json", b"{"),
        ("composer install", "/app/composer.json", b'{"scripts":{"post-install-cmd":"A\\\\B::c"}}'),
        ("rake", "/app/Rakefile", b"load 'x'"),
    ],
)
def test_task_runners_unread(command: str, path: str, text: bytes) -> None:
    found = ask(command, {path: text})
    assert found is not None
    assert found.unread


def test_literals() -> None:
    text = b"""
    run("apt-get install -y jq"); f = open('data/x.json'); subprocess.run(["apk", 'add', "jq"])
    `rm -rf a`; %w[gem install b]; don't = "a \\"b\\" c"
    cat <<-EOF
      yum install c
    EOF
    require ./lib/d
    """
    found = set(literals(Code(text, "/app", "/app/x")))
    expected = {"apt-get install -y jq", "data/x.json", "apk add jq", "rm -rf a", "gem install b", 'a "b" c', "./lib/d"}
    assert expected <= found
    assert b"apk add jq" in {one.text for one in shells_in(Code(text, None, ""))}
