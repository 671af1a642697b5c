"""Which findings are one suggestion, what a suggestion saves by itself, and what a change is the cause of."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from itertools import chain, combinations
from pathlib import Path

import pytest

from dfopt.optimizer import Result, Settings, optimize
from dfopt.optimizer.cli import run
from dfopt.optimizer.review.git import Changed, Hunk
from dfopt.optimizer.review.review import Reviewed, review_file
from dfopt.optimizer.review.suggest import accept_all, suggest

INSTALL = "RUN apt-get install -y --no-install-recommends \\\n    curl \\\n    git\n"
ENVS = "".join(f"ENV A{n}={n}\n" for n in range(12))
GEMS = "RUN gem install bundler\nENV A=1\nRUN npm ci\nENV B=1\nRUN cd x && bundle install\n"


def said(text: str, settings: Settings | None = None) -> Reviewed:
    result = optimize(text, settings=settings)
    return review_file("Dockerfile", result, partial(optimize, settings=settings), unsafe=False)


def choices(text: str) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(one.first, one.last, one.rules) for one in suggest(optimize(text), optimize)]


def test_a_refresh_that_moves_and_the_index_that_is_cleared_then_are_one() -> None:
    file = said("FROM debian:12-slim\nRUN apt-get update\n" + ENVS + INSTALL)
    (item,) = file.items
    assert (item.first, item.last, item.saves) == (2, 17, 19_000_000)
    assert set(item.rules) == {"index-refreshed-alone", "package-index-kept"}


def test_what_lies_far_apart_is_shown_without_what_lies_between() -> None:
    file = said(
        "FROM debian:12-slim\nRUN apt-get update\n" + ENVS + "RUN apt-get install -y --no-install-recommends a\n"
    )
    lines = file.diff.decode().split("\n")
    assert [line[:12] for line in lines if line.startswith("-")] == ["--- a/Docker", "-RUN apt-get", "-RUN apt-get"]
    assert [line[:12] for line in lines if line.startswith("+")] == ["+++ b/Docker", "+RUN apt-get"]
    assert " ENV A6=6" not in lines


@pytest.mark.parametrize(
    ("text", "saves"),
    [
        # Each layer has an index: without the other suggestion, the other layer keeps it.
        ("RUN apt-get update\nENV A=1\nRUN apt-get update && apt-get install -y curl\n", [None, None]),
        ("RUN apt-get update && apt-get install -y a\nENV A=1\nRUN apt-get update && apt-get install -y b\n", [None] * 2),
        # Something else needs it, so that nobody may clear it.
        ("RUN apt-get update\nENV A=1\nRUN apt-get install -y a\nADD x /etc/apt/\nRUN apt-get install -y c\n", [None]),
        ("RUN apt-get update\nRUN apt-get install -y a\nRUN pip install b\nRUN apt-get install -y c\n", [19_000_000]),
        # What cannot be read may keep one.
        ('RUN ["apt-get", "update"]\nRUN apt-get update && apt-get install -y a\n', [None]),
        ("RUN apt-get update && apt-get install -y a\nENV A=1\n", [19_000_000]),
        (
            "RUN apt-get update && apt-get install -y a\n"
            "RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n",
            [19_000_000],
        ),
    ],
)  # fmt: skip
def test_what_another_layer_still_holds_is_not_saved(text: str, saves: list[int | None]) -> None:
    file = said("FROM debian:12-slim\n" + text)
    assert [item.saves for item in file.items if item.suggestion] == saves


def test_what_is_offered_as_unsafe_saves_what_no_other_layer_holds() -> None:
    text = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends a\nRUN ./install.sh\n"
    strict = Settings(assume=frozenset())
    items = review_file("Dockerfile", optimize(text, settings=strict), partial(optimize, settings=strict)).items
    assert [(item.rules, item.saves) for item in items] == [(("package-index-kept",), 19_000_000)]
    again = text + "RUN apt-get update && apt-get install -y --no-install-recommends b || true\n"
    items = review_file("Dockerfile", optimize(again, settings=strict), partial(optimize, settings=strict)).items
    assert [item.saves for item in items if item.rules == ("package-index-kept",)] == [None]


def tied(text: bytes, *, goal: bytes) -> Result:
    """A fix that leaves the last install of `GEMS` where only one of that and the first has been changed before."""
    first, last = b"RUN gem install bundler\n", b"RUN cd x && bundle install\n"
    if (first in text) != (last in text):
        text = text.replace(last, last[:-1] + b" || true\n").replace(first, first[:-1] + b" || true\n")
    return optimize(text, goal=goal)


def test_what_does_not_hold_without_another_is_one_with_it_and_with_what_lies_between() -> None:
    result = optimize("FROM ruby:3.2\n" + GEMS)
    assert {item.follows for item in result.applied} == {()}
    assert [(one.first, one.last) for one in suggest(result, optimize)] == [(2, 2), (4, 4), (6, 6)]
    assert [(one.first, one.last) for one in suggest(result, tied)] == [(2, 6)]


def test_of_many_those_of_the_same_kinds_are_one() -> None:
    pair = "WORKDIR /a{0}\nRUN npm ci\nENV A={0}\n"
    result = optimize("FROM ruby:3.2\n" + "".join(pair.format(n) for n in range(40)) + GEMS)
    found = suggest(result, tied)
    assert (found[-1].first, found[-1].last) == (122, 126)
    assert len(found) == 41


FAR_APART = "FROM ruby:3.2\nRUN gem install bundler\n{}RUN cd x && bundle install\n".format(
    "".join(f"WORKDIR /a{n}\nRUN npm ci\nENV A={n}\n" for n in range(40))
)


def test_of_many_those_far_apart_are_one_where_they_do_not_hold_alone() -> None:
    result = optimize(FAR_APART)
    assert len(suggest(result, optimize)) == 42
    assert [(one.first, one.last) for one in suggest(result, tied)] == [(2, FAR_APART.count("\n"))]


def test_of_many_those_that_only_a_shorter_file_ties_stay_apart() -> None:
    def near(text: bytes, *, goal: bytes) -> Result:
        return (tied if text.count(b"npm") < 40 else optimize)(text, goal=goal)

    assert len(suggest(optimize(FAR_APART), near)) == 42


def test_a_clean_up_that_mounts_far_above_make_needless_goes_with_them() -> None:
    installs = "".join(f"RUN pip install a{n}\nENV A={n}\n" for n in range(40))
    text = (
        f"FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y curl\n{installs}"
        "RUN make && apt-get clean && rm -rf /var/lib/apt/lists/*\n"
    )
    fix: Callable[..., Result] = partial(optimize, settings=Settings(frozenset(("all",))))
    result = fix(text)
    (one,) = suggest(result, fix)
    assert {"index-not-mounted", "cleanup-needless"} < set(one.rules)


@pytest.mark.parametrize(
    "text",
    [
        "FROM ruby:3.2\n" + GEMS,
        "FROM debian:12-slim\nRUN apt-get update\n" + ENVS + INSTALL + "RUN pip install a\nRUN pip install b\n",
        "FROM ubuntu:22.04\nRUN apt-get update\nRUN apt install -y a\nRUN add-apt-repository -y ppa:x/y\nRUN apt-get update\n"
        "RUN apt install -y b\nRUN apt clean\nRUN rm -rf /var/lib/apt/lists/*\nRUN npm ci\n",
        "FROM debian:12-slim\r\nRUN pip install a\r\nRUN npm ci\r\nRUN gem install b",
    ],
)
@pytest.mark.parametrize("settings", [Settings(), Settings(frozenset(("all",)))], ids=["default", "all"])
def test_any_subset_comes_to_the_fix(text: str, settings: Settings) -> None:
    fix: Callable[..., Result] = partial(optimize, settings=settings)
    result = fix(text.encode())
    made = suggest(result, fix)
    for subset in chain.from_iterable(combinations(made, size) for size in range(len(made) + 1)):
        assert fix(accept_all(result.original, subset)).patched == result.patched


def test_a_trial_that_does_not_parse_or_never_agrees_leaves_one_suggestion() -> None:
    result = optimize("FROM debian:12-slim\nRUN pip install a\nENV A=1\nRUN npm ci\n")

    def other(text: bytes, *, goal: bytes) -> Result:
        return optimize(text + b"RUN true\n")

    def broken(text: bytes, *, goal: bytes) -> Result:
        return optimize(b"NONSENSE\n")

    assert len(suggest(result, optimize)) == 2
    for refix in (other, broken):
        (one,) = suggest(result, refix)
        assert one.accept(result.original) == result.patched


def test_a_change_between_two_parts_is_no_reason_to_speak() -> None:
    text = "FROM debian:12-slim\nRUN apt-get update\n" + ENVS + "RUN apt-get install -y --no-install-recommends a\n"
    old = {line: line for line in range(1, 16)}
    result = optimize(text)

    def items(*changed: int) -> int:
        hunk = Hunk(1, 15, {line: line for line in old if line not in changed}, frozenset())
        return len(review_file("x", result, optimize, Changed("x", "x", (hunk,)), before=lambda: result).items)

    assert [items(8), items(2), items(15)] == [0, 1, 1]


CAUSES = {
    "a clean-up of its own": (
        "FROM debian:12-slim\nRUN apt-get update && apt-get install -y --no-install-recommends a\n"
        "RUN rm -rf /var/lib/apt/lists/*\nRUN npm ci\n",
        "RUN rm -rf /var/lib/apt/lists/*\n",
        ["package-index-kept"],
    ),
    "an ignore comment": (
        "FROM debian:12-slim\n# dfopt ignore=download-cache-kept\nRUN pip install a\n" + ENVS + "RUN npm ci\n",
        "# dfopt ignore=download-cache-kept\n",
        ["download-cache-kept"],
    ),
    "an ignore comment that is not the nearest": (
        "FROM debian:12-slim\n# dfopt ignore=download-cache-kept\n# why\n#\n#\n#\nRUN pip install a\n" + ENVS,
        "# dfopt ignore=download-cache-kept\n",
        ["download-cache-kept"],
    ),
    "a variable that every install reads": (
        "FROM debian:12-slim\nENV PIP_NO_CACHE_DIR=1\n" + ENVS + "RUN pip install a\nRUN npm ci\n",
        "ENV PIP_NO_CACHE_DIR=1\n",
        ["download-cache-kept"],
    ),
    "a line that causes nothing": ("FROM debian:12-slim\nENV X=1\n" + ENVS + "RUN pip install a\n", "ENV X=1\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("before", "gone", "rules"), CAUSES.values(), ids=CAUSES)
def test_what_a_deletion_causes_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    before: str,
    gone: str,
    rules: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "Dockerfile"

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example", "-c", "commit.gpgsign=false")
        subprocess.run(("git", *identity, *arguments), check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    path.write_text(before)
    git("add", "-A")
    git("commit", "-qm", "before")
    path.write_text(before.replace(gone, ""))
    assert run(["review", "--base", "main", "--isolated", "--quiet"]) == 0
    out = capfd.readouterr().out
    assert [line.split()[1] for line in out.splitlines() if line.startswith("Dockerfile:")] == rules


def test_a_file_that_could_not_be_read_before_has_no_causes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "FROM debian:12-slim\n" + ENVS + "RUN pip install a\n"
    result = optimize(text)
    hunk = Hunk(1, 4, {1: 1, 3: 3, 4: 4}, frozenset())
    file = review_file("x", result, optimize, Changed("x", "x", (hunk,)), before=lambda: None)
    assert file.items == ()


def test_the_line_of_before() -> None:
    # Two lines came, and three went, with three lines around them; below, five more came at the end.
    first = Hunk(4, 11, {4: 4, 5: 5, 6: 6, 9: 10, 10: 11, 11: 12}, frozenset((8,)))
    last = Hunk(18, 25, {18: 19, 19: 20, 20: 21}, frozenset())
    changed = Changed("x", "x", (first, last))
    lines = [changed.line_before(line) for line in (1, 4, 7, 8, 9, 11, 12, 17, 20, 21, 25)]
    assert lines == [1, 4, None, None, 10, 12, 13, 18, 21, None, None]
