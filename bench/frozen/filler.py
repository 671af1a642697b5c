"""Prints LINES lines of made-up records, the same for the same SEED: python3 filler.py LINES SEED."""

import random
import sys

lines, seed = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)
for number in range(lines):
    print(f"{number:07d},{draw.getrandbits(160):040x},{draw.choice(('north', 'south', 'east', 'west'))}")
