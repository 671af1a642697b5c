#!/bin/sh
# Tells who is called: escalate LEVEL
set -eu
grep "^$1 " /usr/local/share/routes/routes.txt
