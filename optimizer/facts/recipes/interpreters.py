"""Programs in Python, JavaScript, Ruby, Perl, PHP, awk and sed: files that are handed over, and text that is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...dockerfile.commands import Command
from .base import Recipe, arguments, options, place

#: For each language: options that take a value, and those that give the program itself.
_LANGUAGES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "python": (frozenset(("-W", "-X", "-m", "-c", "--check-hash-based-pycs")), frozenset(("-c",))),
    "node": (
        frozenset(
            ("-e", "--eval", "-p", "--print", "-pe", "-r", "--require", "--import", "--loader", "-C", "--env-file",
             "--experimental-loader", "--conditions", "--input-type")
        ),
        frozenset(("-e", "--eval", "-p", "--print", "-pe")),
    ),
    "ruby": (frozenset(("-e", "-I", "-r", "-C", "-E", "-W")), frozenset(("-e",))),
    "perl": (frozenset(("-e", "-E", "-I", "-M", "-m")), frozenset(("-e", "-E"))),
    "php": (frozenset("-r -d -c -f -B -R -F -E -S -t".split()), frozenset(("-r", "-B", "-R", "-E"))),
    "awk": (frozenset(("-f", "-v", "-F", "--file", "-e", "--source", "-i")), frozenset(("-e", "--source"))),
    "sed": (frozenset(("-e", "-f", "--expression", "--file", "-l")), frozenset(("-e", "--expression"))),
}  # fmt: skip
_SAME = {"pypy": "python", "nodejs": "node", "gawk": "awk", "mawk": "awk", "nawk": "awk", "gsed": "sed"}
#: A line of a requirements file that names a directory.
_LOCAL = re.compile(
    r"\s*(?:-e\s+|--editable[ =])?(\.{1,2}(?:/[\w./-]*)?|/[\w./-]+|file:[\w./-]+)"
    r"(?:\[.*\])?\s*(?:[#;].*)?$"
)
_PRELOADS = frozenset(("-r", "--require", "--import", "--loader", "--experimental-loader"))
_QUERIES = frozenset(("-V", "--version", "-h", "--help"))


def read(command: Command, recipe: Recipe, _: Mapping[str, str]) -> bool:
    """Add the program that an interpreter is handed, or what pip builds."""
    name = command.name.rstrip("0123456789.") or command.name
    language = _SAME.get(name, name)
    words = arguments(command)
    if language == "pip":
        return _pip(words, recipe)
    if language == "deno":
        words = words[1:] if words[:1] in (["run"], ["test"]) else words
        for word in words:
            if not word.startswith("-"):
                _file(word, recipe)
                return True
        return False
    valued, texts = _LANGUAGES[language]
    found = options(words, valued, stop=language != "sed")
    written = [value for option, value in found.given if option in texts]
    if language == "python" and (module := _module(words)) is not None:
        return _python_module(module[0], module[1], recipe)
    files = [value for option, value in found.given if option in ("-f", "--file") and language in ("awk", "sed", "php")]
    for option, value in found.given:
        if language == "node" and option in _PRELOADS and value.startswith("."):
            _file(value, recipe)
    operands = found.operands
    if written or files:
        for text in written:
            if "$" in text and any(
                word.value is None and text in word.raw.decode("utf-8", "replace") for word in command.argv
            ):
                recipe.doubt(f"what `{command.name}` is told is not known before")
            _text(language, text, recipe)
        for file in files:
            _file(file, recipe)
    elif language in ("awk", "sed"):
        for text in operands[:1]:
            _text(language, text, recipe)
    elif operands and operands[0] != "-":
        _file(operands[0], recipe)
    elif not any(option in _QUERIES or option == "-v" for option, _value in found.given):
        recipe.doubt(f"`{command.name}` runs what it is fed")
    # Most texts for awk and sed start nothing: then they are commands like any other.
    return language not in ("awk", "sed") or bool(recipe.found.codes or recipe.unread)


def _text(language: str, text: str, recipe: Recipe) -> None:
    """Add a program given in the command; those of awk and sed only where they may start or write something."""
    if language == "awk" and not re.search(r"system|\||getline|>", text):
        return
    if language == "sed" and not re.search(
        r"(?:^|[;{}\d$/\n])\s*e|/[gpiImM\d]*e[gpiImM\d]*(?:\s|;|$|\})|\W[gpiImM\d]*e$", text
    ):
        return
    recipe.code(text.encode("utf-8", "replace"))


def _file(name: str, recipe: Recipe) -> None:
    path = place(name, recipe.directory)
    text = recipe.read(path)
    if text is None and path is not None:
        inside = ("/__main__.py", ".js", ".cjs", ".mjs", ".json", "/index.js", "/package.json")
        for ending in inside:
            text = recipe.read(path + ending)
            if text is not None:
                path += ending
                break
    if path is None or text is None:
        recipe.doubt(f"{path or name} is not shown")
    elif b"\0" in text:
        recipe.doubt(f"{path} is no text")
    else:
        recipe.code(text, path)


def _module(words: list[str]) -> tuple[str, list[str]] | None:
    """The module that Python is told to run, and what stands behind it."""
    for at, word in enumerate(words):
        if word == "-c" or word[:1] != "-":
            return None
        if re.fullmatch(r"-[a-zA-Z]*m.*", word) and not word.startswith(("-W", "-X")):
            inside = word.partition("m")[2]
            return (
                (inside, words[at + 1 :]) if inside else (words[at + 1] if at + 1 < len(words) else "", words[at + 2 :])
            )
        if word in ("-W", "-X"):
            return _module(words[at + 2 :])
    return None


def _python_module(module: str, words: list[str], recipe: Recipe) -> bool:
    if module == "pip":
        return _pip(words, recipe)
    if module in ("build", "pep517.build"):
        _build(".", recipe)
        return True
    if "$" in module or not module:
        recipe.doubt("which module Python runs is not known")
        return True
    base = module.replace(".", "/")
    found = recipe.first((f"{base}.py", f"{base}/__main__.py", f"src/{base}/__main__.py"))
    if found is None:
        return False
    recipe.code(found[1], found[0])
    package = recipe.first((f"{base.partition('/')[0]}/__init__.py",))
    if package:
        recipe.code(package[1], package[0])
    return True


def _pip(words: list[str], recipe: Recipe) -> bool:
    """Add what builds the projects that pip is told to install; False where it installs none of the image's."""
    valued = frozenset(
        "-r --requirement -c --constraint -t --target --prefix --root -i --index-url --extra-index-url -f --find-links "
        "--trusted-host --platform --python-version --proxy --timeout --cache-dir --src -C --config-settings -e "
        "--editable --progress-bar --no-binary --only-binary -d --dest -w --wheel-dir --upgrade-strategy".split()
    )
    found = options(words, valued)
    if not found.operands or found.operands[0] not in ("install", "wheel", "download"):
        return False
    local = [value for name, value in found.given if name in ("-e", "--editable")] + found.operands[1:]
    lists = [value for name, value in found.given if name in ("-r", "--requirement")]
    for name in lists:
        text = recipe.read(place(name, recipe.directory))
        if text is not None:
            for line in text.decode("utf-8", "replace").splitlines():
                match = _LOCAL.match(line)
                if match:
                    local.append(match[1].removeprefix("file:").replace("//", "/"))
                elif re.match(r"\s*(?:-r|--requirement)", line) and len(lists) < 32:
                    lists.append(re.sub(r"\s*(?:-r|--requirement)[ =]*", "", line).strip())
    any_local = False
    for operand in local:
        bare = re.sub(r"\[[^\]]*\]$", "", operand)
        if bare in (".", "..") or ("/" in bare and "://" not in bare and not bare.startswith("git+")) or "$" in bare:
            any_local = True
            if not bare.endswith((".whl", ".gz", ".zip", ".bz2")):
                _build(bare, recipe)
            elif not bare.endswith(".whl"):
                recipe.doubt(f"the build of {bare} is not shown")
    return any_local


def _build(name: str, recipe: Recipe) -> None:
    """Add the build of the Python project in a directory."""
    base = place(name, recipe.directory)
    found = recipe.first(("setup.py",), base) if base else None
    project = recipe.first(("pyproject.toml", "setup.cfg"), base) if base else None
    if found:
        recipe.code(found[1], found[0], base)
    if project:
        recipe.code(project[1], project[0], base)  # its build may name a backend or hooks of the project's own
    if not found and not project:
        recipe.doubt(f"the build of {base or name} is not shown")
