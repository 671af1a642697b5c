#!/bin/sh
# Wait for nothing yet; a place for migrations.
set -e
exec "$@"
