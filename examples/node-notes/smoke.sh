#!/bin/sh
# Usage: smoke.sh IMAGE. Prints what the service answers, the same for every build that works.
name=node-notes-$$
docker run --rm --detach --name "$name" "$1" >/dev/null
docker exec "$name" wget --quiet --tries=20 --retry-connrefused --waitretry=1 -O - http://localhost:3000/today
echo
docker exec "$name" python3 -c 'import markdown; print(markdown.markdown("*done*"))'
docker kill "$name" >/dev/null
