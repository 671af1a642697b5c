FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends build-essential zlib1g-dev
ADD tally-1.2.tar.gz /usr/src/
RUN make -C /usr/src/tally-1.2 install

FROM debian:bookworm
COPY --from=build /usr/local/bin/tally /usr/local/bin/tally
ENTRYPOINT ["tally"]
