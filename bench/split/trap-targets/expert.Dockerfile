FROM debian:bookworm-slim AS docs
COPY manual.txt /manual.txt
RUN sed 's/^/> /' /manual.txt > /manual.out

FROM debian:bookworm AS test
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY lamp.c /src/
RUN gcc -DTEST -o /src/test /src/lamp.c && /src/test
CMD ["/src/test"]

FROM debian:bookworm AS build
# the compiler
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY lamp.c /src/
RUN gcc -O2 -o /usr/local/bin/lamp /src/lamp.c

FROM debian:bookworm-slim AS release
COPY --from=build /usr/local/bin/lamp /usr/local/bin/
# the manual that `lamp --help` prints
COPY --from=docs /manual.out /usr/local/share/lamp/manual.txt
CMD ["lamp", "--help"]
