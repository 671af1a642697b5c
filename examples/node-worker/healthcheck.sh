#!/bin/sh
test -r /app/jobs.json
