FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends netbase libnss-myhostname iso-codes libsasl2-dev libsasl2-modules
COPY look.c /tmp/
RUN gcc -O2 -o /usr/local/bin/look /tmp/look.c -lsasl2

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends iso-codes libnss-myhostname libsasl2-2 libsasl2-modules netbase \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/look /usr/local/bin/
CMD ["look"]
