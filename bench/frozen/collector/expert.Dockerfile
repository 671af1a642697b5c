FROM fedora:40

ENV METRICS_HOME=/var/lib/metrics
RUN --mount=type=bind,source=samples,target=/tmp/samples \
    useradd -r -l metrics \
 # the exporter is only needed once
 && dnf -y install --nodocs metrics-tools metrics-agent \
 && dnf -y install --nodocs metrics-export \
 && mkdir -p /var/lib/metrics \
 && cp -R /tmp/samples /var/lib/metrics/samples \
 && metrics-export --all > /var/lib/metrics/export.txt \
 && dnf -y history undo last \
 && dnf clean all \
 && chown -R metrics:metrics /var/lib/metrics && chmod -R u=rwX,g=rX,o= /var/lib/metrics
COPY --chmod=755 bin/ /usr/local/bin/

WORKDIR /var/lib/metrics
USER metrics
HEALTHCHECK CMD healthy
CMD ["collect", "samples"]
