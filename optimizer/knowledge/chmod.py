"""What chmod(1) makes of the mode of a file."""

from __future__ import annotations

import re
import stat

_PART = r"([ugoa]*)([+=-])([rwxX]*|[ugo])"


def changed_mode(mode: int, change: str) -> int | None:
    """The permission bits after ``chmod change``, with the usual umask, of what has `mode`, its type included.

    None where the change, or the mode, is not plain.
    """
    bits = stat.S_IMODE(mode)
    if re.fullmatch(r"0?[0-7]{3}", change):
        return int(change, 8)
    for part in change.split(","):
        found = re.fullmatch(_PART, part)
        if found is None or bits & 0o7000 or (found[2] == "=" and not found[1]):
            return None
        who, sign, letters = found.groups()
        given = _given(bits, letters, is_directory=stat.S_ISDIR(mode))
        mask = sum(0o7 << shift for letter, shift in _SHIFTS if not who or letter in who or "a" in who)
        value = (given | given << 3 | given << 6) & mask & ~(0 if who else 0o022)
        bits = bits | value if sign == "+" else bits & ~value if sign == "-" else (bits & ~mask) | value
    return bits


_SHIFTS = (("u", 6), ("g", 3), ("o", 0))


def _given(bits: int, letters: str, *, is_directory: bool) -> int:
    """The three bits that the right side of a symbolic mode means."""
    if letters in ("u", "g", "o"):
        return bits >> dict(_SHIFTS)[letters] & 0o7
    executable = "x" in letters or ("X" in letters and (is_directory or bool(bits & 0o111)))
    return 4 * ("r" in letters) | 2 * ("w" in letters) | executable
