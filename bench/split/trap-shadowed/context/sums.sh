#!/bin/sh
set -eu
echo 'scale=3; e(1)' | bc
awk 'BEGIN { print strftime("%Y", 0), toupper("sum"), length(PROCINFO["version"]) > 0 }'
for tool in bc awk; do command -v "$tool"; done
