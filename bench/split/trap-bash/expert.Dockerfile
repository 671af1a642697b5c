FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
WORKDIR /app
COPY server.c /app/
RUN gcc -o server server.c

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends gettext-base procps && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY server.conf.template /app/
COPY --from=build /app/server ./
COPY --chmod=755 docker-entrypoint.sh /usr/local/bin/
ENV PORT=8080
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["./server"]
