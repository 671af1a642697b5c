FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends uuid-dev uuid-runtime
WORKDIR /opt/tickets
COPY tickets.c ./
RUN cc -O2 -o tickets tickets.c -luuid

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends uuid-runtime && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/tickets
COPY --from=build /opt/tickets/tickets ./
RUN mkdir queue && chown uuidd:uuidd queue
USER uuidd
CMD ["./tickets"]
