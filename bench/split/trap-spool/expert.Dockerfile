FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ libc6-dev libfmt-dev
WORKDIR /opt/spool
COPY main.cpp .
RUN g++ -O2 -o spool main.cpp -lfmt

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libfmt9 libstdc++6 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/spool
RUN mkdir -p in out/done /var/cache/spool /run/spool && chmod 700 out
COPY --from=build /opt/spool/spool .
CMD ["./spool"]
