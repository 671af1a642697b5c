"""How small do dfopt's fixes make the examples, beside an expert's hand and other fixers?

    pip install . tally-cli dockerfile-doctor      in an environment of its own, with a Docker engine (see tests/slow)
    python bench/size.py [NAME …] [--readme README.md]

For every example: the image as it is, after `dfopt fix`, after all of dfopt's safe rules, after all rules with
`--unsafe`, after what an expert wrote (bench/expert), and after the fixes of tally and dockerfile-doctor. Every image
runs the example's smoke script, whose output must be that of the original. *Removable* is what the original's layers
above the base image hold beyond one copy of the final root file system, plus the package indexes, download caches and
documentation in that copy. Documentation of Debian packages counts for itself: leaving it out is an unsafe rewrite.
What all safe rules leave is listed below the table, largest first. With `--readme`, the table there is replaced.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from dfopt.optimizer import optimize
from dfopt.optimizer.build.engines import BuildError, BuildSession, Options
from dfopt.optimizer.dockerfile.document import Document
from dfopt.optimizer.facts.context import Context
from dfopt.optimizer.image import Image
from dfopt.optimizer.image.proof import Ran
from dfopt.optimizer.image.waste import Waste, waste
from dfopt.optimizer.rules.engine import Settings
from dfopt.optimizer.rules.registry import RULES

ROOT = Path(__file__).parents[1]
# Cache mounts leave as much as clearing does, and are another way to do it.
ALL_RULES = frozenset(rule.name for rule in RULES) - {"cache-not-mounted", "index-not-mounted"}
SAFE, UNSAFE = "all safe rules", "all rules, --unsafe"
SETTINGS = {
    "dfopt fix": Settings(),
    SAFE: Settings(select=ALL_RULES),
    UNSAFE: Settings(select=ALL_RULES, unsafe=True),
}
MARKS = ("<!-- sizes: begin -->", "<!-- sizes: end -->")


class Variant(NamedTuple):
    """One image of an example; `image` is None where it does not build."""

    image: Image | None
    ran: Ran | None  # the smoke script
    same: bool  # whether the smoke script says what it says in the original
    problem: str = ""


class Row(NamedTuple):
    directory: Path
    variants: dict[str, Variant]
    removable: Waste
    left: Waste  # by all safe rules
    documentation: int  # the bytes of `removable` that are documentation of Debian packages

    @property
    def rest(self) -> int:
        """The removable bytes but for that documentation."""
        return self.removable.total - self.documentation

    def saved(self, name: str) -> int:
        """The bytes that the variant called `name` is smaller by."""
        return image_of(self.variants["original"]).size - image_of(self.variants[name]).size


def dockerfiles(directory: Path) -> dict[str, bytes]:
    """The example's Dockerfile as each of the contestants leaves it."""
    original = (directory / "Dockerfile").read_bytes()
    context = Context(str(directory), str(directory / "Dockerfile"))
    found = {"original": original}
    for name, settings in SETTINGS.items():
        found[name] = optimize(original, path="Dockerfile", context=context, settings=settings).patched
    found["expert"] = (ROOT / "bench" / "expert" / f"{directory.name}.Dockerfile").read_bytes()
    found["tally"] = after(directory, "tally", "lint", "--fix", "--fix-unsafe", "Dockerfile")
    found["dockerfile-doctor"] = after(directory, "dockerfile-doctor", "--fix", "--unsafe-fixes", "Dockerfile")
    return found


def after(directory: Path, *command: str) -> bytes:
    """The Dockerfile in a copy of `directory` after `command`, whatever its exit status: fixers tell findings by it."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(directory, copy, dirs_exist_ok=True, symlinks=True)
        program = Path(sys.executable).with_name(command[0])
        subprocess.run([program, *command[1:]], cwd=copy, capture_output=True, check=False)
        return (Path(copy) / "Dockerfile").read_bytes()


def measure(directory: Path, texts: dict[str, bytes], smoke: str) -> Row:
    """Build `texts`, the variants of the Dockerfile in the context `directory`, and run `smoke` in each image.

    The first is the original. What is the same text is the same image.
    """
    options = Options(str(directory), str(directory / "Dockerfile"), extra=("--network=host",), cache=True)
    variants: dict[str, Variant] = {}
    known: dict[bytes, Variant] = {}
    expected: Ran | None = None
    with BuildSession(
        "docker",
        options,
        lambda text: print(f"\r\x1b[K{directory.name}: {text.splitlines()[0][:100]}", end="", file=sys.stderr),
    ) as shop:
        for name, text in texts.items():
            if text in known:
                variants[name] = known[text]
                continue
            try:
                built, _ = shop.build(text, name)
            except BuildError as error:
                variants[name] = known[text] = Variant(None, None, False, " / ".join(error.lines[-3:]))
                continue
            image = shop.read(built)
            ran = shop.run(built, smoke, image)
            expected = expected or ran
            if name == "original" and ran.status:
                raise SystemExit(f"{directory.name}: the smoke script fails: {ran.output.decode()}")
            problem = "" if ran == expected else ran.output.decode()[-300:]
            variants[name] = known[text] = Variant(image, ran, ran == expected, problem)
        base = read_base(shop, directory)
    original, fixed = image_of(variants["original"]), image_of(variants[SAFE])
    removable = waste(original, base)
    documentation = sum(removable.leftovers["documentation"].values()) if b"apt-get" in texts["original"] else 0
    return Row(directory, variants, removable, waste(fixed, base), documentation)


def image_of(variant: Variant) -> Image:
    """The image of a variant that must build."""
    if variant.image is None:
        raise SystemExit(variant.problem)
    return variant.image


def read_base(shop: BuildSession, directory: Path) -> int:
    """How many layers the base image of the last stage has."""
    document = Document.parse((directory / "Dockerfile").read_bytes())
    stages = {stage.name: stage for stage in document.stages}
    base = document.stages[-1].base
    while base.lower() in stages:
        base = stages[base.lower()].base
    return len(shop.read(base).layers)


def table(rows: list[Row]) -> str:
    head = [*rows[0].variants, "removable", "of it Debian's documentation", "all safe rules remove, of the rest"]
    lines = [f"| image | {' | '.join(head)} |", "|---|" + "---:|" * len(head)]
    for row in rows:
        cells = [cell(variant) for variant in row.variants.values()]
        saved = row.saved(SAFE)
        cells += [mega(row.removable.total), mega(row.documentation), f"{mega(saved)} ({saved / row.rest:.0%})"]
        lines.append(f"| {row.directory.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def cell(variant: Variant) -> str:
    if variant.image is None:
        return "does not build"
    return mega(variant.image.size) + ("" if variant.same else " (behaves otherwise)")


def mega(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def left(row: Row) -> str:
    """What dfopt's safe fixes leave, by kind, with the largest paths of each."""
    lines = [f"{row.directory.name}: {mega(row.left.total)} left"]
    for kind, paths in {"stored twice or deleted": row.left.stored_twice, **row.left.leftovers}.items():
        if sum(paths.values()) < 10_000:
            continue
        largest = sorted(paths.items(), key=lambda item: -item[1])[:4]
        lines.append(
            f"    {mega(sum(paths.values()))} {kind}: {', '.join(f'{path} {mega(size)}' for path, size in largest)}"
        )
    for name, variant in row.variants.items():
        if variant.problem:
            lines.append(f"    {name}: {variant.problem!r}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="examples; all of them where none is named")
    parser.add_argument("--readme", type=Path, help="replace the table between the marks in this file")
    options = parser.parse_args()
    directories = [path.parent for path in sorted((ROOT / "examples").glob("*/Dockerfile"))]
    rows = [
        measure(directory, dockerfiles(directory), (directory / "smoke.sh").read_text())
        for directory in directories
        if not options.names or directory.name in options.names
    ]
    print("\r\x1b[K", end="", file=sys.stderr)
    print(table(rows))
    print("\n".join(left(row) for row in rows))
    if options.readme:
        text = options.readme.read_text()
        begin, end = MARKS
        body = f"{begin}\n{table(rows)}{end}"
        options.readme.write_text(
            re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: body, text, flags=re.DOTALL)
        )


if __name__ == "__main__":
    main()
