#!/bin/sh
# Usage: smoke.sh IMAGE. Prints the reports, the same for every build that works.
docker run --rm "$1"
docker run --rm "$1" gnuplot --version
