#!/bin/sh
export LINKS="${LINKS:-/src/links.txt}"
exec "$@"
