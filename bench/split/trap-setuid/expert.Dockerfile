FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /src
WORKDIR /src
RUN make && make install

FROM debian:bookworm-slim
RUN useradd -m worker
COPY --from=build /usr/local/bin/where-am-i /usr/local/bin/
COPY --from=build /usr/local/libexec/read-rack /usr/local/libexec/
RUN echo "rack 7" > /etc/rack && chmod 600 /etc/rack
USER worker
WORKDIR /home/worker
CMD ["where-am-i"]
