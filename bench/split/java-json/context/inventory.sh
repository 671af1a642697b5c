#!/bin/bash
set -euo pipefail
home=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
options=(-Dinventory.home="$home")
exec java "${options[@]}" Inventory "$@"
