FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y build-essential zlib1g-dev
WORKDIR /build
COPY . .
RUN make && make install DESTDIR=/out

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends zlib1g && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/ /
WORKDIR /build
EXPOSE 7000
CMD ["relayd", "--once"]
