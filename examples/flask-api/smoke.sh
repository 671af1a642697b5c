#!/bin/sh
# Usage: smoke.sh IMAGE. Prints what the service answers, the same for every build that works.
docker run --rm "$1" python -c '
from app import app
client = app.test_client()
print(client.get("/health").get_json())
print(client.get("/letter?name=Ada").get_data(as_text=True), end="")'
docker run --rm --entrypoint stat "$1" -c '%n %a %U:%G' /etc/flask-api.ini /usr/local/bin/entrypoint.sh
