"""What the rules make of caches that languages' tools keep, tool by tool, and where they stay."""

from __future__ import annotations

import pytest

from rule_cases import check_keep, check_rewrite, check_unsafe

# what fills the cache, and what clears it
PACKAGES = (
    ("pecl install redis", "rm -rf /tmp/pear"),
    ("pear install PHP_CodeSniffer", "rm -rf /tmp/pear"),
    ("bower install --allow-root", "rm -rf ~/.cache/bower"),
    ('. "$NVM_DIR/nvm.sh" && nvm install 20', 'rm -rf "$NVM_DIR/.cache"'),
    ("opam install dune", "rm -rf ~/.opam/download-cache"),
    ("mix deps.get", "rm -rf ~/.hex/packages ~/.hex/cache.ets"),
    ("hf download org/model", "rm -rf ~/.cache/huggingface/xet"),
    ("huggingface-cli download org/model", "rm -rf ~/.cache/huggingface/xet"),
)

BUILDS = (
    ("lein uberjar", "rm -rf ~/.m2/repository"),
    ("cabal update && cabal install x", "rm -rf ~/.cabal/packages ~/.cache/cabal/packages"),
    ("stack install", "rm -rf ~/.stack/pantry"),
)

# what is unsafe, what clears the cache, and why it may be needed
UNSAFE = (
    ("bazel build //x && cp bazel-bin/x /x", "bazel clean --expunge", "`bazel-bin` and its like lead into it"),
    ("dotnet build", "dotnet nuget locals all --clear", "what dotnet builds may load its libraries from there"),
    ("dotnet publish -o /x", "dotnet nuget locals all --clear", "line 3 runs a program that may build again"),
)

# rule, Dockerfile, and a reason that is given, or a difference that keeps it
KEEPS = (
    ("package-cache-kept", "FROM php:8\nRUN pecl install redis && rm -r /tmp/pear\n", (" && rm -r /tmp/pear", "")),
    ("package-cache-kept", "FROM php:8\nRUN pecl install redis\nRUN rm -r /tmp/pear\n", "line 3 removes the cache"),
    ("package-cache-kept", "FROM php:8\nRUN pecl config-set temp_dir /x && pecl install y\n", ("temp_dir", "bin_dir")),
    ("package-cache-kept", "FROM x\nRUN bower install && bower cache clean\n", (" && bower cache clean", "")),
    ("package-cache-kept", "FROM x\nRUN bower install --offline\nRUN bower i\n", (" --offline", "")),
    ("package-cache-kept", "FROM x\nRUN nvm install 20 && nvm cache clear\n", (" && nvm cache clear", "")),
    ("package-cache-kept", "FROM x\nRUN bash -c '. ~/.nvm/nvm.sh && nvm install 20'\n", ("bash -c '. ~/.nvm/nvm.sh && nvm install 20'", "nvm install 20")),
    ("package-cache-kept", "FROM x\nRUN opam install dune && opam clean -a\n", (" && opam clean -a", "")),
    ("package-cache-kept", "FROM x\nRUN mix deps.compile\n", ("compile", "get")),
    ("package-cache-kept", "FROM x\nENV HF_HOME=/models\nRUN hf download org/model\n", ("HF_HOME", "HF_TOKEN")),
    ("package-cache-kept", "FROM x\nRUN npx playwright install chromium\n", ("npx playwright", "npm")),
    ("build-cache-kept", 'FROM x\nRUN dotnet restore\nRUN dotnet publish --no-restore\nCMD ["/x"]\n', "line 3 builds with"),
    ("build-cache-kept", 'FROM x\nRUN dotnet build\nCMD ["dotnet", "run"]\n', "line 3 builds with this cache"),
    ("build-cache-kept", "FROM x\nRUN lein deps\nCMD lein run\n", "line 3 builds with this cache"),
    ("build-cache-kept", 'FROM x\nRUN stack build\nCMD ["stack", "exec", "x"]\n', "line 3 builds with this cache"),
    ("build-cache-kept", "FROM x\nRUN cabal update\nCMD cabal run\n", "line 3 builds with this cache"),
)  # fmt: skip


@pytest.mark.parametrize(("fills", "clears"), PACKAGES)
def test_a_cache_of_packages(fills: str, clears: str) -> None:
    check_rewrite("package-cache-kept", f"FROM x\nRUN {fills}\n", f"FROM x\nRUN {fills} && {clears}\n")


@pytest.mark.parametrize(("fills", "clears"), BUILDS)
def test_a_cache_of_builds(fills: str, clears: str) -> None:
    end = 'CMD ["java", "-jar", "/x.jar"]\n'
    check_rewrite("build-cache-kept", f"FROM x\nRUN {fills}\n{end}", f"FROM x\nRUN {fills} && {clears}\n{end}")


@pytest.mark.parametrize(("fills", "clears", "reason"), UNSAFE)
def test_a_cache_that_may_be_needed(fills: str, clears: str, reason: str) -> None:
    end = 'CMD ["dotnet", "/x/x.dll"]\n'
    check_unsafe("build-cache-kept", f"FROM x\nRUN {fills}\n{end}", f"FROM x\nRUN {fills} && {clears}\n{end}", reason)


@pytest.mark.parametrize(("rule", "text", "expected"), KEEPS)
def test_keeps(rule: str, text: str, expected: str | tuple[str, str]) -> None:
    check_keep(rule, text, expected)
