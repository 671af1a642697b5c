FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /src
RUN make -C /src

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends bc file sqlite3 && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/ticker /usr/local/sbin/
COPY jobs.tab /etc/jobs.tab
COPY jobs /usr/local/share/jobs
CMD ["/usr/local/sbin/ticker", "/etc/jobs.tab"]
