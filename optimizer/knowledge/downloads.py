"""Where curl and wget store what they download, as far as their words tell (manuals curl(1), wget(1))."""

from __future__ import annotations

import re

from ..dockerfile.shell import Command
from .archives import ARCHIVE, base_name, file_name, plain

_CURL_VALUES = frozenset(b"oHAebduxXmEKyYzwTFCcDUPQrt")  # short options that take the next word; curl(1)
_WGET_VALUES = frozenset(b"OoaPtTwQUABDIXelie")  # wget(1)


def saved_as(command: Command) -> list[bytes]:
    """The names under which a download is stored, as far as they are certain."""
    if command.name not in ("curl", "wget"):
        return []
    words = [plain(word.raw) for word in command.argv[1:]]
    output: list[bytes] = []
    urls: list[bytes] = []
    directory, by_name = b"", command.name == "wget"
    values = _CURL_VALUES if command.name == "curl" else _WGET_VALUES
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else b""
        at += 1
        long_name, equals, value = word.partition(b"=")
        if word.startswith(b"--"):
            if long_name in (b"--output", b"--output-document", b"--directory-prefix"):
                if not equals:
                    value, at = following, at + 1
                if long_name == b"--directory-prefix":
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
                    if chr(letter) == ("o" if command.name == "curl" else "O"):
                        output.append(value)
                    elif chr(letter) == "P" and command.name == "wget":
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
    names = output or [base_name(url) for url in urls if b"?" not in url and b"#" not in url and b"://" in url]
    if directory and not output:
        names = [directory.rstrip(b"/") + b"/" + name for name in names]
    return [file_name(name) for name in names if re.fullmatch(ARCHIVE, name)]


_UNCERTAIN = frozenset(
    b"--content-disposition --trust-server-names --remote-header-name --next --output-dir --config --input-file".split()
)
_LONG_WITH_VALUE = frozenset(
    b"--header --user-agent --user --data --cookie --retry --retry-delay --retry-max-time --max-time --connect-timeout "
    b"--proxy --cacert --cert --key --tries --timeout --wait --waitretry --referer --url --range --limit-rate "
    b"--password --post-data --ciphers --proto --tlsv1.2-x --request --form --progress".split()
)
