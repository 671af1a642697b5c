FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends libssl-dev ca-certificates
COPY trust.c /tmp/
RUN gcc -O2 -o /usr/local/bin/trust /tmp/trust.c -lcrypto

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libssl3 && rm -rf /var/lib/apt/lists/*
COPY company.crt /usr/local/share/ca-certificates/
RUN update-ca-certificates
COPY --from=build /usr/local/bin/trust /usr/local/bin/
CMD ["trust"]
