"""What stands between an installation and a removal, with a build context to tell: files for pip, npm and mkdir."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.rules.engine import Result

SETTINGS = Settings(select=frozenset(("packages-removed-in-later-layer", "packages-removed-after-copy")))
GCC = "RUN apt-get update && apt-get install -y gcc"


def fixed(directory: Path, text: str, **files: str) -> Result:
    """`text` after safe rewrites, in a context of `files`; two underscores in a name stand for a dot."""
    for name, content in files.items():
        path = directory / name.replace("__", ".").replace("_in_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return optimize(text, context=Context(str(directory)), settings=SETTINGS)


def reasons(result: Result) -> str:
    return "; ".join(item.finding.reason for item in result.offered)


@pytest.mark.parametrize(
    "listed",
    [
        "flask==3.0\n",
        "# x\n\nflask[async]>=2 ; python_version > '3'\nidna ~= 3 # y\n",
        "--index-url https://e.org/s\na\n",
    ],
)
def test_pip_reads_nothing_but_its_requirements(tmp_path: Path, listed: str) -> None:
    text = (
        f"FROM python:3.12\nWORKDIR /a\n{GCC}\nCOPY requirements.txt .\nRUN pip install -q -r requirements.txt\n"
        "COPY . .\nRUN python a.py\nRUN apt-get purge -y gcc\n"
    )
    after = (
        f"FROM python:3.12\nWORKDIR /a\nCOPY requirements.txt .\nCOPY . .\n{GCC} \\\n"
        "    && pip install -q -r requirements.txt \\\n    && python a.py \\\n    && apt-get purge -y gcc\n"
    )
    assert fixed(tmp_path, text, requirements__txt=listed, a__py="").text == after


@pytest.mark.parametrize(
    ("listed", "install", "reason"),
    [
        ("-e .\n", "pip install -r requirements.txt", "a requirement may be a directory of what is copied"),
        ("./lib\n", "pip install -r requirements.txt", "a requirement may be a directory of what is copied"),
        ("a @ file:lib\n", "pip install -r requirements.txt", "a requirement may be a directory of what is copied"),
        ("-r other.txt\n", "pip install -r requirements.txt", "pip may read what line 6 copies"),
        ("a\n", "pip install -r requirements.txt .", "`.` may name what is copied"),
        ("a\n", "pip install -r requirements.txt b.whl", "`b.whl` may name what is copied"),
        ("a\n", "pip install -r requirements.txt --find-links x", "`--find-links` may name what is copied"),
        ("a\n", "pip install -r $A", "pip may read what line 6 copies"),
        ("a\n", "python -m pip install -r requirements.txt", "Python may load a module that is copied"),
    ],
)
def test_what_pip_may_read(tmp_path: Path, listed: str, install: str, reason: str) -> None:
    text = (
        f"FROM python:3.12\nWORKDIR /a\n{GCC}\nCOPY requirements.txt .\nRUN {install}\nCOPY . .\nRUN python a.py\n"
        "RUN apt-get purge -y gcc\n"
    )
    result = fixed(tmp_path, text, requirements__txt=listed, a__py="")
    assert not result.changed
    assert reason in reasons(result)


def test_requirements_that_are_copied_again_otherwise(tmp_path: Path) -> None:
    text = (
        f"FROM python:3.12\nWORKDIR /a\n{GCC}\nCOPY first/requirements.txt .\nRUN pip install -r requirements.txt\n"
        "COPY requirements.txt .\nRUN python a.py\nRUN apt-get purge -y gcc\n"
    )
    result = fixed(tmp_path, text, first_in_requirements__txt="a\n", requirements__txt="b\n")
    assert not result.changed
    assert "pip may read what line 6 copies" in reasons(result)


@pytest.mark.parametrize(
    ("module", "moved"), [("mill.py", True), ("mill.txt", True), ("site.py", False), ("venv", False)]
)
def test_python_loads_modules_where_it_starts(tmp_path: Path, module: str, moved: bool) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / module).write_text("")
    text = f"FROM python:3.12\nWORKDIR /a\n{GCC} && python3 -m venv /v\nCOPY app .\nRUN b && apt-get purge -y gcc\n"
    result = fixed(tmp_path, text)
    assert result.changed == moved
    assert moved or "Python may load a module that is copied" in reasons(result)


def node(directory: Path, copy: str, prune: str = "npm prune --omit=dev", **files: str) -> Result:
    lock = json.dumps({"lockfileVersion": 3, "packages": {"": {}}})
    text = f"FROM node:20\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\nRUN npm run build\n{copy}\nRUN {prune}\n"
    return fixed(directory, text, package__json="{}", package_lock__json=lock, nginx__conf="", **files)


def test_npm_prune_reads_the_project_alone(tmp_path: Path) -> None:
    result = node(tmp_path, "COPY nginx.conf .")
    assert result.text.endswith(
        "RUN npm ci \\\n    && npm run build \\\n    && npm prune --omit=dev\nCOPY nginx.conf .\n"
    )
    assert node(tmp_path, "COPY nginx.conf /b/").changed


@pytest.mark.parametrize(
    ("copy", "reason"),
    [
        ("COPY package.json .", "line 6 stands between them: `npm` may do anything"),
        ("COPY nginx.conf node_modules/", "npm may read what line 6 copies"),
        ("COPY lib /", "line 6 stands between them: `npm` may do anything"),
    ],
)
def test_what_npm_prune_may_read(tmp_path: Path, copy: str, reason: str) -> None:
    result = node(tmp_path, copy, lib_in_a="")
    assert not result.changed
    assert reason in reasons(result)


MADE = f"FROM debian:12\n{GCC}\nRUN mkdir {{}}\nCOPY a.conf {{}}\nRUN ./a && apt-get purge -y gcc\n"


@pytest.mark.parametrize(
    ("made", "target"), [("-p /s/c /s/d", "/s/c/"), ("-p /s", "/s/c/a.conf"), ("-vp /s/c", "/s/c/")]
)
def test_a_directory_that_a_copy_makes_alike(tmp_path: Path, made: str, target: str) -> None:
    text = MADE.format(made, target)
    result = fixed(tmp_path, text, a__conf="")
    assert result.text.startswith(f"FROM debian:12\nCOPY a.conf {target}\nRUN apt-get update")


@pytest.mark.parametrize(
    ("made", "target", "before"),
    [
        ("/s/c", "/s/c/", ""),
        ("-p -m 700 /s/c", "/s/c/", ""),
        ("-p /s/c", "--chown=1 /s/c/", ""),
        ("-p /s/c/a.conf", "/s/c/a.conf", ""),
        ("-p /s/c && umask 077", "/s/c/", ""),
        ("-p /s/c", "/s/c/", "USER app\n"),
    ],
)
def test_a_directory_that_a_copy_would_make_otherwise(tmp_path: Path, made: str, target: str, before: str) -> None:
    text = MADE.format(made, target).replace("RUN mkdir", f"{before}RUN mkdir")
    text = text.replace("COPY a.conf --chown=1", "COPY --chown=1 a.conf")
    assert not fixed(tmp_path, text, a__conf="").changed


@pytest.mark.parametrize(
    ("command", "moved"),
    [
        ("useradd -r -d /o/m m", True),
        ("useradd -M -d /o/m m", True),
        ("useradd -d /o/m m", False),
        ("useradd -rm -d /o/m m", False),
        ("useradd -r -R /o/m m", False),
        ("adduser --system --home /o/m m", False),
    ],
)
def test_accounts_of_the_system_have_no_home(tmp_path: Path, command: str, moved: bool) -> None:
    text = f"FROM debian:12\n{GCC}\nRUN {command}\nCOPY a.conf /o/m/a.conf\nRUN ./a && apt-get purge -y gcc\n"
    assert fixed(tmp_path, text, a__conf="").changed == moved


OWN = f"FROM debian:12\n{GCC}\nRUN mkdir /x\nCOPY a.conf /etc/mill.conf\nRUN apt-get purge -y gcc\n"


@pytest.mark.parametrize(
    ("rest", "own"),
    [
        ('WORKDIR /srv/mill\nCMD ["mill"]\n', True),
        ("RUN useradd mill\nUSER mill\n", True),
        ('WORKDIR /opt/mill\nENTRYPOINT ["/opt/mill/bin/mill"]\n', True),
        ('CMD ["mill"]\n', False),
        ('WORKDIR /srv/mill\nCMD ["mill-web"]\n', False),
        ('WORKDIR /usr/lib/mill\nCMD ["mill"]\n', False),
    ],
)
def test_settings_of_the_program_itself(tmp_path: Path, rest: str, own: bool) -> None:
    result = fixed(tmp_path, OWN + rest, a__conf="")
    assert result.changed == own
    assert own or reasons(result) == "a package may have to do with /etc/mill.conf"


def test_settings_of_the_base_are_no_program_s_own(tmp_path: Path) -> None:
    text = OWN.replace("debian:12", "mill:1") + 'WORKDIR /srv/mill\nCMD ["mill"]\n'
    assert not fixed(tmp_path, text, a__conf="").changed


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("COPY pyproject.toml .\nRUN poetry install", "`./first` may do anything"),
        ("COPY package.json .\nRUN npm ci", "`./first` may do anything"),
        ("COPY . .\nRUN pip install .", "`./first` may do anything"),
        (
            "COPY a.list /etc/apt/a.list\nRUN apt-get update && apt-get install -y jq",
            "both have to do with /etc/apt/a.list",
        ),
    ],
)
def test_what_is_installed_is_never_copied_later(tmp_path: Path, lines: str, reason: str) -> None:
    text = f"FROM debian:12\nWORKDIR /a\n{GCC} && ./first\n{lines}\nRUN apt-get purge -y gcc\n"
    unsafe = SETTINGS._replace(unsafe=True)
    result = optimize(text, context=Context(str(tmp_path)), settings=unsafe)
    assert not result.changed
    assert reason in reasons(result)
