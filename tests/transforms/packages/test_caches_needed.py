"""What makes it unsafe to take a cache away: files of the context, later readers, the program that the image starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer import Settings, optimize
from dfopt.optimizer.facts.context import Context

NPM = "FROM node:20\nWORKDIR /app\n{}RUN npm ci\n"
PIP = "FROM python:3.12\n{}RUN pip install flask\n"
UV = "FROM python:3.12\nWORKDIR /app\n{}RUN uv sync\n"
GO = "FROM golang:1.22\nWORKDIR /src\n{}RUN go build -o /usr/local/bin/app .\n"
MVN = "FROM maven:3.9\nWORKDIR /src\n{}RUN mvn -B package\n"
START = 'CMD ["/usr/local/bin/app"]\n'


@pytest.mark.parametrize(
    ("text", "name", "content", "word"),
    [
        (NPM.format("COPY . .\n"), ".npmrc", "offline=true\n", "cache clean"),
        (NPM.format("COPY . .\n"), ".npmrc", "prefer-offline = true\n", "cache clean"),
        (NPM.format("COPY . .\n"), "packages/a/.npmrc", "cache=/app/npm\n", "cache clean"),
        (NPM.format("COPY home/ /root/\n"), "home/.npmrc", "cache=/app/npm\n", "cache clean"),
        (NPM.format("COPY .np* ./\n"), ".npmrc", "cache=/app/npm\n", "cache clean"),
        (PIP.format("COPY etc/ /etc/\n"), "etc/pip.conf", "[install]\nno-index = true\n", "--no-cache-dir"),
        (UV.format("COPY pyproject.toml .\n"), "pyproject.toml", '[tool.uv]\nlink-mode = "symlink"\n', "--no-cache"),
        (UV.format("COPY . .\n"), "uv.toml", "offline = true\n", "--no-cache"),
        (MVN.format("COPY . .\n") + "CMD java -jar a.jar\n", "pom.xml", "<classpathLayoutType>repository", "rm -rf"),
        (MVN.format("COPY . .\n") + "CMD java -jar a.jar\n", ".mvn/maven.config", "-o\n", "rm -rf"),
        (GO.format("COPY . .\n") + START, "go.env", "GOFLAGS=-mod=mod\n", "modcache"),
        ("FROM fedora:40\nRUN dnf install -y a\nCOPY etc /etc/dnf\n", "etc/dnf.conf", "cacheonly=1\n", "dnf clean"),
        ("FROM fedora:40\nCOPY my-dnf.conf /etc/dnf/dnf.conf\nRUN dnf install -y a\n", "my-dnf.conf", "keepcache=True\n",
         "dnf clean"),
        ("FROM archlinux\nCOPY pacman.conf /etc/\nRUN pacman -Syu --noconfirm git\n", "pacman.conf", "CacheDir = /c\n",
         "rm -rf"),
    ],
)  # fmt: skip
def test_a_file_of_the_context_configures_it(text: str, name: str, content: str, word: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    context = Context(str(tmp_path))
    assert word.encode() not in optimize(text.encode(), context=context).patched
    path.write_text("# nothing\n")
    assert word.encode() in optimize(text.encode(), context=context).patched


def test_what_is_not_brought_does_not_count(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("offline=true\n")
    (tmp_path / "package.json").write_text("{}")
    text = NPM.format("COPY package.json ./\n").encode()
    assert b"cache clean" in optimize(text, context=Context(str(tmp_path))).patched
    (tmp_path / ".dockerignore").write_text(".npmrc\n")
    text = NPM.format("COPY . .\n").encode()
    assert b"cache clean" in optimize(text, context=Context(str(tmp_path))).patched


def test_yarn_plug_and_play_runs_from_the_cache(tmp_path: Path) -> None:
    text = b"FROM node:20\nWORKDIR /app\nCOPY package.json ./\nRUN yarn install --production\n"
    (tmp_path / "package.json").write_text('{"installConfig": {"pnp": true}}')
    assert b"cache clean" not in optimize(text, context=Context(str(tmp_path))).patched
    (tmp_path / "package.json").write_text('{"packageManager": "yarn@4.1.0"}')
    assert b"cache clean" not in optimize(text, context=Context(str(tmp_path))).patched
    (tmp_path / "package.json").write_text('{"packageManager": "yarn@1.22.22"}')
    assert b"cache clean" in optimize(text, context=Context(str(tmp_path))).patched


@pytest.mark.parametrize(
    "text",
    [
        # Installed again without a network, or from the cache alone.
        NPM.format("") + "RUN rm -rf node_modules\nRUN --network=none npm ci\n",
        NPM.format("") + "RUN npm_config_offline=true npm ci\n",
        NPM.format("") + "ENV NPM_CONFIG_PREFER_OFFLINE=true\n",
        NPM.format("") + "RUN npm config set offline true\n",
        PIP.format("") + "RUN --network=none pip install flask\n",
        # Taken along with a directory that it lies in.
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\nCOPY --from=deps /root /root\n",
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\nCOPY --from=dev /root/ /root/\n",
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\nCOPY --from=0 / /\n",
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\n"
        "RUN --mount=type=bind,from=deps,source=/root,target=/r cp -r /r/. /root\n",
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\nCOPY --from=deps /home/node /home/node\n",
        NPM.format("") + "RUN cp -a /root /srv/root\n",
        NPM.format("") + "RUN tar -czf /srv/home.tgz ~\n",
        # A program that the image starts out of the cache.
        'FROM node:20\nRUN npx --yes cowsay\nRUN npm ci\nCMD ["npx", "cowsay"]\n',
        'FROM node:20\nRUN npm exec -y cowsay\nRUN npm ci\nENTRYPOINT ["npm", "exec", "cowsay"]\n',
        "FROM python:3.12\nRUN uv sync --script /report.py\n",
        # A wheel that can no longer be built.
        "FROM python:3.12\nRUN pip install a && apt-get purge -y gcc\nRUN pip install --target /o a\n",
        "FROM python:3.12\nRUN pip install a\nRUN apt-get autoremove -y gcc\nRUN pip3 install --target /o a\n",
    ],
)
def test_somebody_may_read_it(text: str) -> None:
    first = next(n for n, line in enumerate(text.splitlines()) if any(w in line for w in ("npm ci", "pip in", "uv sy")))
    patched = optimize(text.encode()).patched.decode().splitlines()
    assert patched[first] == text.splitlines()[first]


@pytest.mark.parametrize(
    "text",
    [
        NPM.format("") + "RUN npm run build\nCMD npx serve\n",
        NPM.format("") + "RUN --network=none rm -rf /tmp/a\n",
        NPM.format("") + "RUN chown -R node /app && cp -a /app /srv\n",
        "FROM node:20 AS deps\nRUN npm ci\nFROM deps AS dev\nFROM node:20\nCOPY --from=deps /app /app\n",
        PIP.format("") + "RUN pip install gunicorn\nENV HF_HUB_OFFLINE=1\n",
        "FROM python:3.12\nRUN pip install a && apt-get purge -y gcc\nRUN python -m a\n",
    ],
)
def test_nobody_reads_it(text: str) -> None:
    patched = optimize(text.encode()).patched
    assert b"cache clean" in patched or b"--no-cache-dir" in patched


@pytest.mark.parametrize(
    "later",
    [
        "RUN make check\n" + START,
        "RUN golangci-lint run\n" + START,
        "RUN /usr/local/bin/app migrate && ./test\n" + START,
        'CMD ["air"]\n',
        'CMD ["dlv", "debug"]\n',
        'CMD ["make", "run"]\n',
        "CMD make run\n",
        'ENTRYPOINT ["/go/bin/air"]\n',
    ],
)
def test_what_is_not_known_may_build_again(later: str) -> None:
    assert b"modcache" not in optimize((GO.format("") + later).encode()).patched


@pytest.mark.parametrize(
    "later", [START, 'CMD ["app"]\n', "RUN chmod +x /usr/local/bin/app && mkdir /data\n" + START, 'CMD ["src"]\n']
)
def test_what_is_known_does_not_build(later: str) -> None:
    assert b"modcache" in optimize((GO.format("") + later).encode()).patched


@pytest.mark.parametrize(
    "text",
    [
        f"FROM opensuse/leap:15.6\nRUN zypper -n install curl\nCOPY a /a\nRUN zypper -n {option} install git\n"
        for option in ("--no-remote", "--no-refresh")
    ]
    + [
        "FROM archlinux\nRUN pacman -Syu --noconfirm nginx\nCOPY a /a\nRUN pacman -U /var/cache/pacman/pkg/nginx-*.zst\n",
        "FROM archlinux\nRUN pacman -Syu --noconfirm nginx\nCOPY a /a\nRUN cp -r /var/cache /srv\n",
    ],
)
def test_a_distribution_installs_from_it(text: str) -> None:
    lines = optimize(text.encode()).patched.decode().splitlines()
    assert lines[1] == text.splitlines()[1]


@pytest.mark.parametrize(
    "run", ["sudo -u node npm ci", "sudo -H -u node npm ci", "HOME=/srv npm ci", "env HOME=/srv npm ci"]
)
def test_the_home_of_another_user_is_left_alone(run: str) -> None:
    assert b"cache clean" not in optimize(f"FROM node:20\nRUN {run}\n".encode()).patched


@pytest.mark.parametrize("run", ["sudo npm ci", "sudo -E npm ci", "CI=1 npm ci"])
def test_the_same_home_is_cleared(run: str) -> None:
    assert b"cache clean" in optimize(f"FROM node:20\nRUN {run}\n".encode()).patched


def test_a_health_check_may_build() -> None:
    text = GO.format("") + "HEALTHCHECK CMD go run ./check\n" + START
    assert b"modcache" not in optimize(text.encode()).patched


@pytest.mark.parametrize(("between", "clears"), [("", False), ("RUN uv sync\n", True)])
def test_a_project_that_uv_builds_when_it_starts(between: str, clears: bool) -> None:
    text = "FROM python:3.12\nRUN uv sync --no-install-project\nCOPY . .\n" + between + 'CMD ["uv", "run", "app"]\n'
    assert (b"uv sync --no-cache --no-install" in optimize(text.encode()).patched) == clears


@pytest.mark.parametrize(
    "copy", ["COPY apt/ /etc/apt/apt.conf.d/", "COPY apt/* /etc/apt/apt.conf.d/", "COPY apt /etc/apt"]
)
def test_what_may_replace_docker_clean(copy: str) -> None:
    text = f"FROM debian:12\n{copy}\nRUN apt-get update && apt-get install -y jq && apt-get clean\n".encode()
    assert not optimize(text, settings=Settings(select=frozenset(("cleanup-needless",)))).changed


def test_docker_clean_in_a_tree_of_the_context(tmp_path: Path) -> None:
    settings = Settings(select=frozenset(("cleanup-needless",)))
    text = b"FROM debian:12\nCOPY root/ /\nRUN apt-get update && apt-get install -y jq && apt-get clean\n"
    path = tmp_path / "root" / "etc" / "apt" / "apt.conf.d"
    path.mkdir(parents=True)
    assert optimize(text, context=Context(str(tmp_path)), settings=settings).changed
    (path / "docker-clean").write_text("# nothing\n")
    assert not optimize(text, context=Context(str(tmp_path)), settings=settings).changed


@pytest.mark.parametrize("command", ["chmod -R a+rX /root/.cache", "ls ~/.cache", "chown -R 7 $HOME/.cache/"])
def test_a_directory_that_is_there_because_of_the_cache(command: str) -> None:
    result = optimize(f"FROM python:3.12\nRUN pip install flask\nRUN {command}\n")
    assert "--no-cache-dir" not in result.text
    assert "--no-cache-dir" in optimize("FROM python:3.12\nRUN pip install flask\nRUN ls /root\n").text


@pytest.mark.parametrize(
    ("variable", "cleared"),
    [("GOOS=linux", True), ("GOPROXY=direct", True), ("GOPATH=/g", False), ("GOFLAGS=-x", False)],
)
def test_what_a_variable_before_go_says(variable: str, cleared: bool) -> None:
    text = f'FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN {variable} go build -o /usr/local/bin/app .\nCMD ["app"]\n'
    assert ("go-build" in optimize(text).text) is cleared
