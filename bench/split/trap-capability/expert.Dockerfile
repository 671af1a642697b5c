FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends libcap2-bin
COPY low.c /tmp/low.c
RUN gcc -O2 -o /usr/local/bin/low /tmp/low.c && setcap cap_net_bind_service+ep /usr/local/bin/low

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/low /usr/local/bin/
USER www-data
CMD ["low"]
