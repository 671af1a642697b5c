"""Which commands run code that is not shown."""

from __future__ import annotations

import pytest

from dfopt.optimizer.dockerfile.shell import Command, read_text
from dfopt.optimizer.facts.unseen import inert, installed_tool, may_use, mentions, runs_unknown
from dfopt.optimizer.knowledge.tools.apt import TOOL


def command(text: str) -> Command:
    script = read_text(text.encode())
    assert script is not None
    return script.commands[0]


@pytest.mark.parametrize(
    "text",
    [
        "./install.sh", "/opt/x/setup", "sh x", "bash x.sh", "sh -c './x'", "bash -c 'bash y'", "su a -c ./x", "gosu a ./x",
        "$X", "$DIR/run", "ansible-playbook x", "puppet apply x", "rosdep install", "setup-x", "x.sh", "x.bash",
        "make install-deps", "python install.py", "node setup.js", "source ./x", ". x", "eval x", "unattended-upgrade",
        "npx x --install-deps", "bin/other", "./pip", "$X/other", "tini -- ./x.sh", "dumb-init /opt/install", "xargs ./x",
        "xvfb-run -a ./deploy.sh", "linux32 ../x", "retry 5 /srv/setup-it", "x /y.bash", "./configure --install-deps",
        "ubuntu-drivers install", "pwsh -File x.ps1",
    ],
)  # fmt: skip
def test_unknown_code(text: str) -> None:
    assert runs_unknown(command(text))
    assert may_use(TOOL, command(text))


@pytest.mark.parametrize(
    "text",
    [
        "pip install x", "make", "make install", "python setup.py install", "/usr/bin/x", "/bin/x", "./configure",
        ". /venv/bin/activate", "source ~/.bashrc", ". ~/.nvm/nvm.sh", "sh -c 'echo x'", "su a -c 'npm ci'", "node x.js",
        "psql -f ./schema.sql", "x /usr/bin/install-x", "x /opt/data", "x ./a.txt", "make ./x",
        "venv/bin/pip install x", "./gradlew build", "npx playwright install --with-deps", "/opt/conda/bin/conda install x",
    ],
)  # fmt: skip
def test_known_code(text: str) -> None:
    assert not runs_unknown(command(text))
    assert not may_use(TOOL, command(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".venv/bin/pip3", "pip3"),
        ("./venv/bin/python3.11", "python3.11"),
        ("/opt/env/bin/pip", "pip"),
        ("$V/bin/pip", "pip"),
        ('"${V}/bin/pip"', "pip"),
        ("$V/bin/run", ""),
        ("$V/pip", ""),
        ("node_modules/.bin/any", "any"),
        ("./vendor/bin/any", "any"),
        ("~/.cargo/bin/cargo", "cargo"),
        ("$HOME/.local/bin/uv", "uv"),
        ("/root/.local/bin/run", ""),
        ("bin/rails", "rails"),
        ("./bin/bundle", "bundle"),
        ("bin/make", ""),
        ("pip", ""),
        ("./pip", ""),
    ],
)
def test_tools_in_environments(text: str, expected: str) -> None:
    assert installed_tool(command(text)) == expected


@pytest.mark.parametrize(
    "text", ["rm x", "/bin/rm x", "dos2unix ./x.sh", "awk '{print $1}'", "curl x", "/usr/bin/git clone x"]
)
def test_inert(text: str) -> None:
    assert inert(command(text))


@pytest.mark.parametrize("text", ["./rm x", "awk 'BEGIN{system(\"apt-get install x\")}'", "tini x", "/app/git x"])
def test_not_inert(text: str) -> None:
    assert not inert(command(text))


@pytest.mark.parametrize("text", ["x apt-get install y", "x 'apt install y'", "x nala", "x apt-cache"])
def test_mentions(text: str) -> None:
    assert mentions(TOOL, command(text))
    assert may_use(TOOL, command(text))


@pytest.mark.parametrize(
    "text", ["x /etc/apt/sources.list", "x aptitude-doc", "echo apt", "sed -i s/x/y/ /usr/bin/apt"]
)
def test_no_use(text: str) -> None:
    assert not may_use(TOOL, command(text))
