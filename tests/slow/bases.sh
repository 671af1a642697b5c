#!/bin/bash
# Makes the base images that the examples name, from Debian's packages, where they cannot be pulled.
#   debian:bookworm    as the official one: no package index, and downloaded archives are deleted (docker-clean)
#   python:3.11-slim   Debian's python3 as `python`, with pip
#   node:18-slim       Debian's nodejs and npm, and a `node` user
# They trust the certificates of this machine, so that apt-get, pip and npm work behind a proxy of its own.
# Images that are there already are left as they are. Needs DOCKER_HOST (engine.sh).
set -euo pipefail
have() { docker image inspect "$1" >/dev/null 2>&1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
certificates=/usr/local/share/machine-certificates.pem # not in /etc/ssl: installing ca-certificates rewrites that

if ! have debian:bookworm; then
  command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap >/dev/null; }
  debootstrap --variant=minbase bookworm "$scratch/root" >/dev/null
  cd "$scratch/root"
  rm -rf var/cache/apt/archives/*.deb var/cache/apt/*.bin var/lib/apt/lists/* var/log/*.log
  cp /etc/ssl/certs/ca-certificates.crt ".$certificates"
  printf '[global]\ncert = %s\n' "$certificates" >etc/pip.conf
  printf 'cafile=%s\nupdate-notifier=false\n' "$certificates" >root/.npmrc
  cat >etc/apt/apt.conf.d/docker-clean <<'CONF'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
CONF
  echo 'Acquire::Languages "none";' >etc/apt/apt.conf.d/docker-no-languages
  echo 'Acquire::GzipIndexes "true";' >etc/apt/apt.conf.d/docker-gzip-indexes
  tar -c . | docker import -c 'CMD ["bash"]' - debian:bookworm >/dev/null
  cd /
fi

mkdir "$scratch/context"
make_image() { have "$1" || docker build -q --network=host -t "$1" -f - "$scratch/context" >/dev/null; }
install='apt-get update && apt-get install -y --no-install-recommends'
make_image python:3.11-slim <<D
FROM debian:bookworm
RUN $install python3 python3-pip python3-venv ca-certificates && ln -s python3 /usr/bin/python \
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED
ENV PIP_CERT=$certificates
CMD ["python3"]
D
make_image node:18-slim <<D
FROM debian:bookworm
RUN $install nodejs npm && rm -rf /var/lib/apt/lists/* && groupadd node && useradd -m -g node node \
 && cp /root/.npmrc /home/node/.npmrc
ENV NODE_EXTRA_CA_CERTS=$certificates PIP_CERT=$certificates
CMD ["node"]
D
