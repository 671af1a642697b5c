"""Words of commands as the archives that they name."""

from __future__ import annotations

import pytest

from dfopt.optimizer.knowledge.archives import plain


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a.tgz", b"a.tgz"),
        (b'"a.tgz"', b"a.tgz"),
        (b"'a.tgz'", b"a.tgz"),
        (b'"$A.tgz"', b"$A.tgz"),
        (b"'$A.tgz'", b"'$A.tgz'"),
        (b'"a"b"c"', b'"a"b"c"'),
        (b'"a', b'"a'),
        (b'"', b'"'),
        (b'""', b""),
    ],
)
def test_quotes_around_the_whole_of_a_word_are_no_part_of_it(raw: bytes, expected: bytes) -> None:
    assert plain(raw) == expected
