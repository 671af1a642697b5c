#!/bin/bash
# Starts a Docker engine with BuildKit on a bare Debian machine, as root, and prints the DOCKER_HOST to export.
# Debian's stable docker.io may be too old for `COPY --chmod` and heredocs, so trixie's lives in a directory of its own
# and its dockerd runs from there. An engine that answers already is left as it is. Idempotent.
set -euo pipefail
if [ -n "${DOCKER_HOST:-}" ] && docker version >/dev/null 2>&1; then
  echo "export DOCKER_HOST=$DOCKER_HOST"
  exit
fi
root=${DFOPT_ENGINE:-/opt/dfopt-docker}
socket=unix://$root/run/docker-dfopt.sock
say() { echo "engine.sh: $*" >&2; }
if [ ! -x "$root/usr/sbin/dockerd" ]; then
  say "installing an engine under $root"
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }
  debootstrap --variant=minbase --include=docker.io,docker-buildx,docker-cli,iptables,ca-certificates \
    trixie "$root" >"$root.log" 2>&1
fi
command -v docker >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq docker.io >/dev/null; }
mkdir -p ~/.docker/cli-plugins
buildx=$root/usr/libexec/docker/cli-plugins/docker-buildx
# What is there stays: somebody may be building with it, and would find none for a moment.
cmp -s "$buildx" ~/.docker/cli-plugins/docker-buildx || install -m 755 "$buildx" ~/.docker/cli-plugins/docker-buildx
if ! DOCKER_HOST=$socket docker version >/dev/null 2>&1; then
  mountpoint -q "$root" || mount --bind "$root" "$root" # dockerd pivots: its root must be a mount point
  mount --make-private "$root"
  for directory in proc sys dev; do
    mountpoint -q "$root/$directory" || { mount --rbind "/$directory" "$root/$directory"; mount --make-rslave "$root/$directory"; }
  done
  rm -f "$root/run/docker-dfopt.pid" "$root/run/docker-dfopt.sock"
  nohup unshare -m chroot "$root" dockerd -H unix:///run/docker-dfopt.sock --data-root /var/lib/docker-dfopt \
    --exec-root /run/docker-dfopt --pidfile /run/docker-dfopt.pid --bip 172.31.0.1/16 >"$root.log" 2>&1 &
  for _ in $(seq 60); do
    DOCKER_HOST=$socket docker version >/dev/null 2>&1 && break
    sleep 0.5
  done
fi
DOCKER_HOST=$socket docker version >/dev/null || { tail -5 "$root.log" >&2; exit 1; }
echo "export DOCKER_HOST=$socket"
