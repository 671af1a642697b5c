FROM golang:1.22

RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY go.mod main.go links.txt ./
RUN --mount=type=cache,target=/root/.cache/go-build \
    go build -ldflags='-s -w' -o /usr/local/bin/go-links .
COPY --chmod=755 docker-entrypoint.sh /docker-entrypoint.sh

EXPOSE 8080
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["go-links"]
