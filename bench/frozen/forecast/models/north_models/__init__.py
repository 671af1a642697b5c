"""Factors, learned from the table beside this file."""

from pathlib import Path


def factors() -> dict[str, float]:
    names = [line.rstrip().rsplit(",", 1)[1] for line in (Path(__file__).parent / "table.csv").open()]
    return {name: 4 * names.count(name) / len(names) for name in sorted(set(names))}
