"""How the time grows with the file: lines with findings, one long RUN, chained stages, nested ifs.

    python bench/growth.py [NAME ...]

Every input is made here and rewritten in one process. What a line costs should not depend on how many there are.
BuildKit's parser takes all of them: it knows no limit but that of a line, of 65,535 bytes.
"""

from __future__ import annotations

import argparse
import gc
import time

from dfopt.optimizer import optimize

FIVE_LINES = """\
RUN apt-get update && apt-get install -y pkg{0}
RUN pip install x{0}
COPY f{0}.sh /opt/f{0}.sh
RUN chmod 755 /opt/f{0}.sh
ENV A={0}
"""


def findings(lines: int) -> str:
    """A file of that many lines, four of five with something to rewrite."""
    return "FROM debian:12\n" + "".join(FIVE_LINES.format(number) for number in range(lines // 5))


def commands(count: int, joint: str) -> str:
    """One RUN of that many commands, the first of which is to be followed by a clean-up."""
    return "FROM debian:12\nRUN apt-get update && apt-get install -y a" + f"{joint}true" * (count - 2) + "\n"


def stages(count: int) -> str:
    """Stages, each FROM the one before it."""
    first = "FROM debian:12 AS s0\nRUN pip install a\n"
    return first + "".join(f"FROM s{number - 1} AS s{number}\nENV A={number}\n" for number in range(1, count))


def nested(depth: int) -> str:
    """An `if` in an `if`, as deep as that, beside an install, each on a line of its own."""
    opening = "if true; then \\\n" * depth
    return f"FROM debian:12\nRUN pip install a\nRUN {opening}true \\\n" + "; fi \\\n" * (depth - 1) + "; fi\n"


INPUTS = {
    "1,000 lines with findings": lambda: findings(1000),
    "4,000 lines with findings": lambda: findings(4000),
    "20,000 lines with findings": lambda: findings(20000),
    "one RUN of 4,000 commands on one line": lambda: commands(4000, " && "),
    "one RUN of 4,000 commands, a line each": lambda: commands(4000, " \\\n && "),
    "one RUN of 20,000 commands, a line each": lambda: commands(20000, " \\\n && "),
    "500 chained stages": lambda: stages(500),
    "5,000 chained stages": lambda: stages(5000),
    "500 nested ifs": lambda: nested(500),
    "5,000 nested ifs": lambda: nested(5000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time growing inputs.")
    parser.add_argument("inputs", nargs="*", help="only the inputs whose name holds one of these")
    wanted = parser.parse_args().inputs
    optimize(findings(100))  # what is imported and loaded once
    print("| input | lines | seconds | microseconds a line | rewrites |")
    print("|---|---:|---:|---:|---:|")
    for name, make in INPUTS.items():
        if wanted and not any(part in name for part in wanted):
            continue
        text = make()
        gc.collect()  # what the input before left is not this one's
        start = time.perf_counter()
        result = optimize(text)
        took = time.perf_counter() - start
        lines = text.count("\n")
        print(f"| {name} | {lines:,} | {took:.2f} | {took / lines * 1e6:,.0f} | {len(result.applied):,} |", flush=True)


if __name__ == "__main__":
    main()
