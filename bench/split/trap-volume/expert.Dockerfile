FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends libgdbm-dev
COPY seed.c /usr/src/seed.c
RUN gcc -O2 -o /usr/local/bin/seed /usr/src/seed.c -lgdbm

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgdbm6 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/seed /usr/local/bin/
RUN mkdir -p /var/lib/seed/blobs && seed --make /var/lib/seed/data.db \
 && useradd -r seed && chown -R seed: /var/lib/seed
VOLUME /var/lib/seed
USER seed
CMD ["seed"]
