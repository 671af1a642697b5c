FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y cargo pkg-config zlib1g-dev
COPY . /usr/src/checksum
WORKDIR /usr/src/checksum
RUN cargo install --offline --path . --root /usr/local

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends zlib1g && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/checksum /usr/local/bin/
WORKDIR /data
USER nobody
ENTRYPOINT ["checksum"]
