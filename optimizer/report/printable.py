"""What others wrote, as a terminal may have it: an escape sequence in it must not move the cursor or hide a line."""

from __future__ import annotations


def printable(text: str, keep: str = "") -> str:
    """`text` with every character escaped that cannot be seen, but for those of `keep`, and every undecodable byte."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    undecodable = "\udc80" <= char <= "\udcff"  # as Python decodes a byte of a name
    return f"\\x{ord(char) - 0xDC00:02x}" if undecodable else ascii(char)[1:-1]


def place(path: str) -> str:
    """`path` such that a line may begin with it: two colons there are a command to a runner of GitHub Actions."""
    return f"./{path}" if path.startswith("::") else path


def printable_lines(text: bytes) -> str:
    """Lines such as those of a diff or a file, without carriage returns at their ends; tabs stay."""
    lines = text.decode("utf-8", "surrogateescape").split("\n")
    return "\n".join(printable(line.removesuffix("\r"), keep="\t") for line in lines)
