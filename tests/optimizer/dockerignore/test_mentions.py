"""What a program, a tool or a script that is run may open or ask is not kept out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dfopt.optimizer.dockerignore.dockerfiles import Dockerfile
from dfopt.optimizer.dockerignore.plan import plan

ALL = 'FROM a\nCOPY . .\nCMD ["./run"]\n'


def kept_out(root: Path, files: dict[str, str], dockerfile: str = ALL) -> list[str]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    found = plan(str(root), [Dockerfile("Dockerfile", dockerfile.encode())], (), docker_files=["Dockerfile"])
    return [item.pattern for item in found.added]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "cfg = dict(l.split('=') for l in open('.env'))"),
        ("app.py", "from dotenv import load_dotenv"),
        ("app.py", "env = environ.Env()"),
        ("server.js", "fs.readFileSync(path.join(__dirname, '.env'))"),
        ("server.mjs", "import 'dotenv/config'"),
        ("src/deep/settings.ts", "readFileSync(`${root}/.env`)"),
        ("app.rb", "Dotenv.load"),
        ("main.go", "godotenv.Load()"),
        ("src/main.rs", "dotenvy::dotenv().ok();"),
        ("public/index.php", "parse_ini_file('../.env')"),
        ("requirements.txt", "python-dotenv==1.0"),
        ("requirements/base.txt", "django-environ"),
        ("requirements.txt", "pydantic-settings>=2"),
        ("requirements.txt", "python-decouple"),
        ("pyproject.toml", '[project]\ndependencies = ["dynaconf"]'),
        ("settings.py", "class Settings(BaseSettings): pass"),
        ("package.json", '{"dependencies": {"next": "14"}}'),
        ("package.json", '{"devDependencies": {"vite": "5"}}'),
        ("package.json", '{"dependencies": {"react-scripts": "5"}}'),
        ("package.json", '{"dependencies": {"nuxt": "3"}}'),
        ("package.json", '{"dependencies": {"astro": "4"}}'),
        ("package.json", '{"scripts": {"start": "bun run index.ts"}}'),
        ("package.json", '{"scripts": {"dev": "node --env-file=.env a.js"}}'),
        ("composer.json", '{"require": {"laravel/framework": "^11"}}'),
        ("composer.json", '{"require": {"symfony/runtime": "7.*"}}'),
        ("composer.json", '{"require": {"vlucas/phpdotenv": "5"}}'),
        ("Gemfile", "gem 'dotenv-rails'"),
        ("Cargo.toml", '[dependencies]\nsqlx = "0.7"'),
        ("go.mod", "require github.com/joho/godotenv v1.5.1"),
        ("pom.xml", "<groupId>io.quarkus</groupId>"),
        ("justfile", "set dotenv-load"),
        ("Procfile", "web: honcho start"),
        ("supervisord.conf", "command=env $(cat /app/.env) run"),
    ],
)
def test_what_may_open_a_file_of_variables(tmp_path: Path, path: str, text: str) -> None:
    assert kept_out(tmp_path, {".env": "A=1", ".env.local": "A=2", path: text}) == []


@pytest.mark.parametrize("command", ["dotenv -- ./run", "pipenv run ./a", "bun run a.ts", "next start", "cat .env"])
def test_an_instruction_may_open_it_too(tmp_path: Path, command: str) -> None:
    assert kept_out(tmp_path, {".env": "A=1"}, f"FROM a\nCOPY . .\nCMD {command}\n") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "Copy .env.example to .env"),
        (".gitignore", ".env"),
        ("docker-compose.yml", "env_file: .env"),
        ("package-lock.json", '{"node_modules/dotenv": {}}'),
        ("app.js", "process.env.PORT; import.meta.env.MODE; require('./config.env.js')"),
        ("app.py", "os.environ['A']; from .environment import x"),
        ("node_modules/a/index.js", "open('.env')"),
        (".env.example", "# copy to .env"),
        ("package.json", '{"name": "next-door", "description": "the next .environment"}'),
    ],
)
def test_what_opens_none(tmp_path: Path, path: str, text: str) -> None:
    assert ".env" in kept_out(tmp_path, {".env": "A=1", path: text})


def test_a_program_may_open_a_key(tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\n"
    assert kept_out(tmp_path, {"tls/server.key": key, "app.js": "event.key; x.key"}) == ["**/*.key"]
    assert kept_out(tmp_path, {"app.js": "readFileSync('tls/server.key')"}) == []
    assert kept_out(tmp_path, {"app.js": "open(name + '.key')"}) == []
    assert kept_out(tmp_path, {"app.js": "", "nginx.conf": "ssl_certificate_key /etc/tls/server.key;"}) == []


def test_a_program_may_open_what_a_repository_has_for_itself(tmp_path: Path) -> None:
    assert kept_out(tmp_path, {"Jenkinsfile": "x", ".vscode/a": "x", "app.py": ""}) == [".vscode", "Jenkinsfile"]
    assert kept_out(tmp_path, {"app.py": "open('Jenkinsfile')"}) == [".vscode"]
    assert kept_out(tmp_path, {"tsconfig.json": '{"exclude": [".vscode"]}'}) == [".vscode"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("scripts/version.js", "execSync('git describe --tags')"),
        ("scripts/version.js", "spawnSync('git', ['rev-parse', 'HEAD'])"),
        ("scripts/version.py", "subprocess.check_output(['git', 'log', '-1'])"),
        ("scripts/version.py", "open('.git/HEAD').read()"),
        ("tools/v.ts", "path.join('.git', 'HEAD')"),
        ("tools/v.ts", "import simpleGit from 'simple-git'"),
        ("tools/v.py", "from git import Repo"),
        ("tools/v.pl", "`git -C . rev-parse --short HEAD`"),
        ("tools/v.rb", "`git --git-dir .git log -1`"),
        ("package.json", '{"scripts": {"build": "nx affected -t build"}}'),
        ("package.json", '{"scripts": {"prepare": "husky install"}, "devDependencies": {"husky": "^7.0.0"}}'),
        ("build.sbt", "enablePlugins(GitVersioning) // sbt-git"),
        ("docusaurus.config.js", "showLastUpdateTime: true"),
        ("config.toml", "enableGitInfo = true"),
    ],
)
def test_who_may_ask_git(tmp_path: Path, path: str, text: str) -> None:
    assert ".git" not in kept_out(tmp_path, {".git/HEAD": "x", path: text})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.js", "fetch('https://example.org/a.git'); // the git repository"),
        ("tsconfig.json", '{"exclude": [".git", "node_modules"]}'),
        ("README.md", "git describe"),
        ("package.json", '{"devDependencies": {"husky": "^9.0.0"}}'),
        ("renovate.json", '{"type": "git"}'),
        (".github/workflows/a.yml", "run: git describe"),
    ],
)
def test_who_asks_it_nothing(tmp_path: Path, path: str, text: str) -> None:
    assert ".git" in kept_out(tmp_path, {".git/HEAD": "x", path: text})


@pytest.mark.parametrize(
    ("command", "out"),
    [
        ("rm -rf .git", True),
        ("mv a b && rm -rf docker .git && chmod +x b", True),
        ("rm -r .git", False),
        ("rm -rf .git && git describe", False),
        ("tar czf /git.tgz .git && rm -rf .git", False),
        ("find . -name .git -exec rm -rf {} +", False),
        ("echo $(rm -rfv .git)", False),
    ],
)
def test_removing_it_needs_none(tmp_path: Path, command: str, out: bool) -> None:
    assert (".git" in kept_out(tmp_path, {".git/HEAD": "x"}, f"FROM a\nCOPY . .\nRUN {command}\n")) is out


def test_removing_a_secret_needs_none(tmp_path: Path) -> None:
    assert kept_out(tmp_path, {".env": "A=1"}, "FROM a\nCOPY . .\nRUN rm -f .env\n") == [".env"]
    assert kept_out(tmp_path, {".env": "A=1"}, "FROM a\nCOPY . .\nRUN rm .env\n") == []
