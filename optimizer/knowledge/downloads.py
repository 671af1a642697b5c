"""Where curl, wget and aria2c store what they download, as far as their words tell (manuals of these names)."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command, Word
from .archives import base_name, file_name, plain

_CURL_VALUES = frozenset(b"oHAebduxXmEKyYzwTFCcDUPQrt")  # short options that take the next word; curl(1)
_WGET_VALUES = frozenset(b"OoaPtTwQUABDIXelie")  # wget(1)
_ARIA_VALUES = frozenset(b"dolijskxmtTuM")  # aria2c(1)
_SHORT_WITH_VALUE = {"curl": _CURL_VALUES, "wget": _WGET_VALUES, "aria2c": _ARIA_VALUES}
_SAYS_WHERE = {"curl": ("", "o"), "wget": ("P", "O"), "aria2c": ("d", "o")}  # short options: the directory, the file
_DIRECTORIES = frozenset((b"--directory-prefix", b"--dir"))
_WHERE = _DIRECTORIES | {b"--output", b"--output-document", b"--out"}


def saved_as(command: Command) -> list[bytes]:
    """The names under which a download is stored, as far as they are certain."""
    if command.name not in ("curl", "wget", "aria2c"):
        return []
    words = [plain(word.raw) for word in command.argv[1:]]
    output: list[bytes] = []
    urls: list[bytes] = []
    directory, by_name = b"", command.name != "curl"
    values = _SHORT_WITH_VALUE[command.name]
    into, to = _SAYS_WHERE[command.name]
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else b""
        at += 1
        long_name, equals, value = word.partition(b"=")
        if word.startswith(b"--"):
            if long_name in _WHERE:
                if not equals:
                    value, at = following, at + 1
                if long_name in _DIRECTORIES:
                    directory = value
                else:
                    output.append(value)
            elif long_name == b"--remote-name":
                by_name = True
            elif long_name in _LONG_WITH_VALUE and not equals:
                at += 1
            elif long_name in _UNCERTAIN:
                return []
        elif word.startswith(b"-") and len(word) > 1:
            letters = word[1:]
            for place, letter in enumerate(letters):
                if letter in values:
                    value = letters[place + 1 :]
                    if not value:
                        value, at = following, at + 1
                    if chr(letter) == to:
                        output.append(value)
                    elif chr(letter) == into:
                        directory = value
                    break
                if command.name == "curl" and letter == ord("O"):
                    by_name = True
                if command.name == "curl" and letter in b"JRZ":
                    return []
        else:
            urls.append(word)
    if command.name == "curl" and output and by_name:
        return []
    if not output and not by_name:
        own = [one.target.raw for one in command.redirections]
        return [file_name(own[0])] if len(own) == 1 and command.redirections[0].operator == ">" else []
    names = output or [name for url in urls if (name := _remote_name(url))]
    if directory and (not output or command.name == "aria2c"):
        names = [directory.rstrip(b"/") + b"/" + name for name in names]
    return [file_name(name) for name in names]


def _remote_name(url: bytes) -> bytes:
    """What a file is called that is fetched from `url`; empty where that is not certain."""
    if variable := re.fullmatch(rb"\$\{?(\w+)\}?", url):
        return b"$(basename $" + variable[1] + b")"
    return base_name(url) if re.fullmatch(rb"(?:\w+://)?[^/?#]+/[^?#]+", url) else b""


def one_spelling(name: bytes) -> bytes:
    """A file's name with its variables, and what stands for the last part of a URL, spelled in one way."""
    name = re.sub(rb"\$\{(\w+)\}", rb"$\1", plain(name))
    name = re.sub(rb"`basename \"?(\$\w+)\"?`|\$\(basename \"?(\$\w+)\"?\)", rb"$(basename \1\2)", name)
    return re.sub(rb"\$\{(\w+)##\*/\}", rb"$(basename $\1)", name)


def cloned_into(command: Command) -> bytes:
    """The directory that a ``git clone`` makes, as it is spelled; empty where that is not certain, or it is bare."""
    words = command.operands(_CLONE_VALUES) if command.name == "git" else []
    if len(words) not in (2, 3) or command.argv[1].raw != b"clone" or command.has_option("bare", "mirror"):
        return b""
    if len(words) == 3:
        return plain(words[2].raw)
    name = base_name(plain(words[1].raw).rstrip(b"/")).removesuffix(b".git")
    return b"" if name.startswith((b"$", b"`")) else name


_CLONE_VALUES = frozenset(
    ("-b", "--branch", "--depth", "-c", "--config", "-j", "--jobs", "-o", "--origin", "-C", "--reference", "--template",
     "--shallow-since", "--filter", "--separate-git-dir", "-u", "--upload-pack")
)  # fmt: skip


def installer(command: Command) -> Word | None:
    """The word of `command` that is a program or a script to install something with, told by its name."""
    words = command.argv
    if command.name in _SHELLS or command.name.startswith("python"):
        words = words[1:]
        while words and words[0].raw in (b"-e", b"-x", b"-ex", b"-u"):
            words = words[1:]
    elif "/" not in command.program:
        return None
    named = words[:1] and re.fullmatch(_INSTALLER, base_name(plain(words[0].raw)))
    return words[0] if named else None


_SHELLS = frozenset(("sh", "bash", "dash", "ash", "php"))
_INSTALLER = (
    rb"(?i)get[-_][\w.-]+\.(?:py|sh)|[\w.${}-]*(?:install|setup|bootstrap|conda|forge)[\w.${}-]*|[\w.${}-]+\.(?:run|sh)"
)

#: The address or the name of an installer of which its manual says that it is of no use when it is done: pip,
#: *Installation*; conda, *Installing on Linux*; getcomposer.org, *Command-line installation*.
ONCE = rb"get-pip\.py|(?:Mini|Ana)conda[\w.${}-]*\.sh|(?:Mini|Mamba)forge\S*\.sh|composer-setup\.php"


_UNCERTAIN = frozenset(
    b"--content-disposition --trust-server-names --remote-header-name --next --output-dir --config --input-file".split()
)
_LONG_WITH_VALUE = frozenset(
    b"--header --user-agent --user --data --cookie --retry --retry-delay --retry-max-time --max-time --connect-timeout "
    b"--proxy --cacert --cert --key --tries --timeout --wait --waitretry --referer --url --range --limit-rate "
    b"--password --post-data --ciphers --proto --tlsv1.2-x --request --form --progress".split()
)
