FROM golang:1.22

ENV CGO_ENABLED=0
WORKDIR /go/src
RUN --mount=type=bind,target=/tmp/gate \
    cd /tmp/gate \
 && go vet ./... \
 && go test ./... \
 && go build -o /usr/local/bin/gate ./cmd/gate \
 && rm -rf /root/.cache/go-build

RUN --mount=type=bind,source=dictionaries.tar.xz,target=/tmp/dictionaries.tar.xz \
    apt-get update && apt-get install -y --no-install-recommends xz-utils && rm -rf /var/lib/apt/lists/* \
 && groupadd gate && useradd -l -g gate -d /var/lib/gate gate \
 && mkdir -p /var/lib/gate && tar -xJf /tmp/dictionaries.tar.xz -C /var/lib/gate \
 && chown -R gate:gate /var/lib/gate

WORKDIR /var/lib/gate
USER gate

EXPOSE 8080
HEALTHCHECK CMD ["gate", "-check"]
ENTRYPOINT ["gate"]
CMD ["-listen", ":8080"]
