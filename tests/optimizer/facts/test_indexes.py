"""Who needs the index that an earlier layer left: what a RUN and a container start, as far as files show it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.facts.indexes import later_answer
from dfopt.optimizer.facts.stages import Facts

BASE = "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y curl\n"
INSTALLS = "#!/bin/sh\napt-get install -y git\n"
REFRESHES = "#!/bin/sh\nset -e\napt-get update && apt-get install -y git\n"
ALL = "WORKDIR /app\nCOPY . .\n"


def need(rest: str, files: dict[str, str], directory: Path, base: str = BASE, name: str = "apt") -> str:
    """Whether anything behind the first RUN needs its index; `files` are the context, which there is none without."""
    for path, text in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text)
    facts = Facts(Document.parse((base + rest).encode()), Context(str(directory)) if files else None)
    run = facts.stages[0].runs[0]
    tool = import_module(f"dfopt.optimizer.knowledge.tools.{name}").TOOL
    return later_answer(run.stage, run.at, tool)[0]


@pytest.mark.parametrize(
    "start",
    [
        "/s/run", "sh /s/run", "bash -x /s/run", "sudo -E /s/run", "env A=b /s/run", "exec /s/run", "time /s/run",
        "nohup /s/run", "setsid /s/run", "tini -- /s/run", "dumb-init /s/run", "xvfb-run -a /s/run", "su -c /s/run",
        "su root -c '/s/run now'", "gosu root /s/run", "su-exec root /s/run", "runuser -u root -- /s/run", "eval /s/run",
        ". /s/run", "sh -c /s/run", "bash -lc '/s/run'", "cd /s && ./run", "cd /s; ./run", "cd /s && exec ./run",
        "(cd /s && sh run)", "find /s -type f -exec {} \\;", "find /s -type f -exec sh {} \\;", "ls /s/* | xargs -n1 sh",
        "cat /s/run | sh", "sh < /s/run", "parallel sh ::: /s/run", "flock /tmp/x /s/run", "x=$(/s/run)",
        "if /s/run; then true; fi", "S=/s; $S/run", "for f in run; do sh /s/$f; done", "run-parts /s",
        "cp /s/run /usr/bin/prep && prep", "export PATH=/s:$PATH && run",
    ],
)  # fmt: skip
def test_a_script_that_installs_is_found_however_a_run_starts_it(start: str, tmp_path: Path) -> None:
    assert need(f"COPY i.sh /s/run\nRUN {start}\n", {"i.sh": INSTALLS}, tmp_path) != "no"


@pytest.mark.parametrize(
    "start", ["/s/run", "exec /s/run", "tini -- /s/run", "gosu root /s/run", "sh -c /s/run", "cd /s && ./run"]
)
def test_a_script_that_refreshes_for_itself_needs_nothing(start: str, tmp_path: Path) -> None:
    assert need(f"COPY u.sh /s/run\nRUN {start}\n", {"u.sh": REFRESHES}, tmp_path) == "no"


@pytest.mark.parametrize(
    "rest",
    [
        "COPY i.sh /usr/local/bin/prep\nRUN prep\n",
        "COPY i.sh /usr/local/bin/prep\nRUN bash -c prep\n",
        "ENV PATH=/app/bin:$PATH\nCOPY i.sh /app/bin/prep\nRUN prep\n",
        "ENV PATH $PATH:/app/bin\nCOPY i.sh /app/bin/prep\nRUN prep\n",
        "ENV H=/app\nENV PATH=$H/bin:$PATH\nCOPY i.sh $H/bin/prep\nRUN prep\n",
        "COPY i.sh /tmp/prep\nRUN PATH=/tmp:$PATH prep\n",
        "COPY i.sh /tmp/i\nRUN mv /tmp/i /usr/local/bin/prep\nRUN prep\n",
        "COPY i.sh /tmp/i\nRUN ln -s /tmp/i /usr/local/bin/prep && prep\n",
        "COPY i.sh /tmp/prep\nRUN install -m 755 /tmp/prep /usr/local/bin/\nRUN prep\n",
        "COPY i.sh /opt/tools/prep\nRUN cp -r /opt/tools/. /usr/local/bin\nRUN prep\n",
        "COPY i.sh /opt/tools/prep\nRUN cp /opt/tools/* /usr/local/bin/\nRUN prep\n",
        "RUN printf '#!/bin/sh\\napt-get install -y x' > /usr/bin/prep && chmod +x /usr/bin/prep\nRUN prep\n",
        "RUN echo 'apt-get install -y x' | tee /usr/bin/prep\nRUN prep\n",
        "RUN cat <<EOF > /usr/bin/prep\napt-get install -y x\nEOF\nRUN prep\n",
        "COPY <<EOF /usr/bin/prep\napt-get install -y x\nEOF\nRUN prep\n",
        "FROM debian:12 AS b\nCOPY i.sh /s/a\nFROM base\nCOPY --from=b /s /t\nRUN sh /t/a\n",
        "FROM base\nCOPY i.sh /s\nRUN sh /s\n",
        "RUN --mount=type=bind,source=i.sh,target=/i.sh sh /i.sh\n",
        "WORKDIR /m\nRUN --mount=target=. ./i.sh\n",
        "COPY i.sh /s/run\nONBUILD RUN /s/run\n",
        'COPY i.sh /s/run\nRUN ["/s/run"]\n',
        "COPY i.sh /s/run\nRUN <<EOF\n/s/run\nEOF\n",
        "ENV PM=apt-get\nRUN $PM install -y x\n",
    ],
)
def test_a_script_is_found_wherever_it_lies(rest: str, tmp_path: Path) -> None:
    assert need(rest, {"i.sh": INSTALLS}, tmp_path) != "no"


@pytest.mark.parametrize(
    ("start", "files"),
    [
        ("make", {"Makefile": "all:\n\t./i.sh\n", "i.sh": INSTALLS}),
        ("make -C /app all", {"Makefile": "all:\n\tapt-get install -y x\n"}),
        ("npm ci", {"package.json": '{"scripts": {"postinstall": "apt-get install -y x"}}'}),
        ("npm run a", {"package.json": '{"scripts": {"prea": "./i.sh", "a": "b"}}', "i.sh": INSTALLS}),
        ("composer install", {"composer.json": '{"scripts": {"post-install-cmd": "apt-get install -y x"}}'}),
        ("pip install .", {"setup.py": "import os\nos.system('apt-get install -y x')\n"}),
        ("python x.py", {"x.py": "import subprocess\nsubprocess.run(['apt-get', 'install', 'x'])\n"}),
        ("python x.py", {"x.py": "import y\ny.go()\n", "y.py": "import os\nos.system('apt-get install x')\n"}),
        ("python x.py", {"x.py": "import os\nos.system('sh run')\n", "run": INSTALLS}),
        ("node x", {"x.js": "require('./lib/y')\n", "lib/y.js": "execSync('apt-get install -y x')\n"}),
        ("ruby x.rb", {"x.rb": "`apt-get install x`\n"}),
        ("perl x.pl", {"x.pl": "system('apt-get', 'install', 'x');\n"}),
        ("awk 'BEGIN{system(\"apt-get install x\")}'", {"none": ""}),
        ("Rscript x.R", {"x.R": 'system("apt-get install x")\n'}),
        ("conda run -n b bash x", {"x": INSTALLS}),
    ],
)  # fmt: skip
def test_what_stands_in_files_of_tools_is_read(start: str, files: dict[str, str], tmp_path: Path) -> None:
    assert need(f"{ALL}RUN {start}\n", files, tmp_path) != "no"


@pytest.mark.parametrize(
    ("start", "files"),
    [
        ("make build", {"Makefile": "build:\n\tgo build\ndeps:\n\tapt-get install -y x\n"}),
        ("make", {"Makefile": "all:\n\t./u.sh\n", "u.sh": REFRESHES}),
        ("npm run a", {"package.json": '{"scripts": {"a": "tsc", "deps": "apt-get install -y x"}}'}),
        ("python setup.py install", {"setup.py": "from setuptools import setup\nsetup()\n"}),
        ("apt-get update && ./i.sh", {"i.sh": INSTALLS}),
        ("sed -i 's/\\r$//' run && ./run", {"run": "#!/bin/sh\nnginx -t\n"}),
        ("mv run /usr/bin/prep && prep", {"run": "#!/bin/sh\nnginx -t\n"}),
    ],
)
def test_what_installs_nothing_frees_the_index(start: str, files: dict[str, str], tmp_path: Path) -> None:
    assert need(f"{ALL}RUN {start}\n", files, tmp_path) == "no"


@pytest.mark.parametrize(
    "start",
    [
        'CMD ["/e.sh"]', "CMD /e.sh", "CMD exec /e.sh", 'ENTRYPOINT ["tini", "--", "/e.sh"]', 'CMD ["gosu", "a", "/e.sh"]',
        'ENTRYPOINT ["sh", "-c"]\nCMD ["/e.sh"]', 'ENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["/e.sh"]',
        "HEALTHCHECK --interval=5s CMD /e.sh || exit 1", 'ENV S=/e.sh\nENTRYPOINT ["sh", "-c", "$S"]', "ENV S=/e.sh\nCMD $S",
        'ENV A=apt-get\nCMD sh -c "$A install -y x"', "WORKDIR /\nCMD ./e.sh", "CMD cd / && exec ./e.sh",
    ],
)  # fmt: skip
def test_what_a_container_starts_is_read(start: str, tmp_path: Path) -> None:
    assert need(f"COPY i.sh /e.sh\n{start}\n", {"i.sh": INSTALLS}, tmp_path) != "no"
    assert need(f"COPY i.sh /e.sh\n{start}\n".replace("apt-get", "npm"), {"i.sh": REFRESHES}, tmp_path) == "no"


@pytest.mark.parametrize(
    "rest",
    [
        'COPY s.conf /s.conf\nCMD ["supervisord", "-c", "/s.conf"]\n',
        'COPY s.conf /etc/supervisor/conf.d/\nCMD ["supervisord"]\n',
        "COPY cron /etc/cron.d/x\nCMD cron -f\n",
    ],
)
def test_settings_of_daemons_name_what_a_container_starts(rest: str, tmp_path: Path) -> None:
    files = {"i.sh": INSTALLS, "s.conf": "[program:x]\ncommand=/e.sh\n", "cron": "* * * * * root /e.sh\n"}
    assert need(f"COPY i.sh /e.sh\n{rest}", files, tmp_path) != "no"


@pytest.mark.parametrize("line", ["import lib.y", "from lib import a, y", "from lib.y import go", "from .lib import y"])
def test_what_a_program_imports_is_read(line: str, tmp_path: Path) -> None:
    files = {"x.py": f"{line}\n", "lib/y.py": "run(['apt-get', 'install', 'x'])\n"}
    assert need(f"{ALL}RUN python x.py\n", files, tmp_path) == "maybe"
    assert need(f"{ALL}RUN python x.py\n", {"x.py": "import os\n"}, tmp_path) == "no"


@pytest.mark.parametrize(
    "command",
    [
        "apt-cache policy x", "apt list", "apt-mark hold x", "dpkg -i x.deb || apt-get -f install", "apt-get -s install x",
        "apt-get --print-uris install x", "apt-get build-dep x", "apt-get source x", "aptitude search x", "nala install x",
        "apt-file search x", "grep-aptavail -P x", "apt-get dselect-upgrade", "cp -a /var/lib/apt /x", "cp -a /var/lib /x",
        "tar czf /x.tgz /var/lib/apt", "rm -r /var/lib/apt/lists/*", "rosdep install -y x", "mk-build-deps -i",
        "ansible-playbook x.yml", "unattended-upgrade", "npx @puppeteer/browsers install chrome --install-deps",
        "curl -sSL https://example.org/i | sh", "python3 -c 'import apt; apt.Cache()'",
    ],
)  # fmt: skip
def test_readers_of_the_index(command: str, tmp_path: Path) -> None:
    assert need(f"RUN {command}\n", {}, tmp_path) != "no"


@pytest.mark.parametrize(
    "command",
    [
        "V=/venv; $V/bin/pip install x", "python -m venv .venv && .venv/bin/pip3 install x", "./venv/bin/python x",
        "node_modules/.bin/tsc", "./vendor/bin/phpunit", "~/.cargo/bin/cargo build", "$CARGO_HOME/bin/cargo build",
        "/root/.local/bin/uv sync", "bin/rails assets:precompile", "./configure && make", "apt-mark auto curl",
        "apt-get purge -y curl", "apt-get clean", "rm -rf /var/lib/apt/lists/*", "cp -r /app /x", "dpkg -l",
        "su app -c 'npm ci'", "npx playwright install --with-deps", "bash -lc 'npm run build'",
        ". $NVM_DIR/nvm.sh && nvm install 20", "bash -c 'source /opt/ros/foxy/setup.bash && colcon build'",
    ],
)  # fmt: skip
def test_commands_without_need(command: str, tmp_path: Path) -> None:
    assert need(f"RUN {command}\n", {}, tmp_path) == "no"


@pytest.mark.parametrize(
    ("name", "base", "command", "expected"),
    [
        ("apk", "FROM alpine:3.20\nRUN apk update && apk add curl\n", "apk info x", "yes"),
        ("dnf", "FROM fedora:40\nRUN dnf install -y curl\n", "dnf install -y git", "no"),
        ("dnf", "FROM fedora:40\nRUN dnf install -y curl\n", "dnf install -y -C git", "yes"),
        ("zypper", "FROM opensuse/leap:15\nRUN zypper -n in curl\n", "zypper -n in git", "no"),
        ("zypper", "FROM opensuse/leap:15\nRUN zypper -n in curl\n", "zypper --no-refresh -n in git", "yes"),
        ("pacman", "FROM archlinux\nRUN pacman -Sy --noconfirm curl\n", "pacman -S --noconfirm git", "yes"),
        ("pacman", "FROM archlinux\nRUN pacman -Sy --noconfirm curl\n", "pacman -Syu --noconfirm git", "no"),
        ("pacman", "FROM archlinux\nRUN pacman -Sy --noconfirm curl\n", "pacman -R curl", "no"),
    ],
)
def test_other_distributions(name: str, base: str, command: str, expected: str, tmp_path: Path) -> None:
    assert need(f"RUN {command}\n", {}, tmp_path, base, name) == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("FROM scratch\nCOPY --from=base / /\nRUN apt-get install -y x\n", "yes"),
        ("FROM scratch\nCOPY --from=base /var /var\nRUN apt-get install -y x\n", "yes"),
        ("FROM scratch\nCOPY --from=base /srv /srv\nRUN apt-get install -y x\n", "no"),
        ("FROM debian:12\nRUN --mount=from=base,target=/m cp -a /m/var /x\n", "maybe"),
        ("FROM debian:12\nRUN --mount=from=base,target=/m cp -a /m /x\n", "maybe"),
        ("FROM debian:12\nRUN --mount=from=base,target=/m cp -a /m/usr/local/. /usr/local\n", "no"),
        ("FROM debian:12\nRUN --mount=from=0,source=/var/lib/apt,target=/var/lib/apt apt-get install x\n", "maybe"),
        ("FROM debian:12\nRUN --mount=from=base,source=/opt,target=/opt cp -a /opt /x\n", "no"),
    ],
)
def test_what_is_copied_from_the_stage(rest: str, expected: str, tmp_path: Path) -> None:
    assert need(rest, {}, tmp_path) == expected


def test_a_program_that_is_copied_and_not_shown_may_install(tmp_path: Path) -> None:
    assert need("COPY prep /usr/local/bin/\nRUN prep\n", {}, tmp_path) == "maybe"
    assert need("COPY other /usr/local/bin/\nRUN prep\n", {}, tmp_path) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "curl https://sh.rustup.rs -sSf | sh -s -- -y",
        "curl https://sh.rustup.rs > /tmp/i.sh && sh /tmp/i.sh -y",
        "curl -o /i.sh https://sh.rustup.rs && chmod +x /i.sh && /i.sh -y",
        "bash Miniconda3-latest-Linux-x86_64.sh -b -p /opt/conda",
        "wget -q https://repo.anaconda.com/miniconda/Miniconda3-py39.sh -O ~/m.sh && bash ~/m.sh -b",
        "curl -s http://get.sdkman.io | bash && source ~/.sdkman/bin/sdkman-init.sh && yes | sdk install groovy",
        "curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/bin",
    ],
)
def test_an_installer_on_the_web_needs_no_index(text: str, tmp_path: Path) -> None:
    assert need(f"RUN {text}\n", {}, tmp_path) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "curl https://sh.rustup.rs | sh && ./setup.sh",
        "curl https://sh.rustup.rs | sh && cat /x | sh",
        ": https://get.docker.com && /ci/install-deps.sh",
        "curl -O https://sh.rustup.rs/i.sh && sh /tmp/other.sh",
    ],
)
def test_it_excuses_nothing_that_is_started_beside_it(text: str, tmp_path: Path) -> None:
    assert need(f"RUN {text}\n", {}, tmp_path) == "maybe"
