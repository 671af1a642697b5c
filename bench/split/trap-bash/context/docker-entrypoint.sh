#!/usr/bin/env bash
set -eo pipefail
declare -A defaults=([HOST]=localhost [WORKERS]=2)
for name in "${!defaults[@]}"; do
    export "$name"="${!name:-${defaults[$name]}}"
done
if [[ "$1" == ./server || "${1:0:1}" == "-" ]]; then
    envsubst </app/server.conf.template >/tmp/server.conf
fi
exec "$@"
