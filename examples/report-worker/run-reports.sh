#!/bin/sh
set -e
make --no-print-directory --silent
for report in out/*.txt; do
    echo "== $report"
    cat "$report"
done
