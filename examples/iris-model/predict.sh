#!/bin/sh
exec python /app/predict.py "$@"
