#!/bin/sh
set -e
metrics-agent --once
metrics-tools summary
metrics-export --csv
