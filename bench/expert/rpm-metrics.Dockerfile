FROM fedora:40

RUN dnf install -y --nodocs --setopt=install_weak_deps=False metrics-tools metrics-agent metrics-export \
 && dnf clean all

COPY --chmod=755 report.sh /usr/local/bin/report

USER nobody
CMD ["report"]
