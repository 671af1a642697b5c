FROM debian:bookworm AS build
RUN apt-get update
RUN apt-get install -y --no-install-recommends cmake g++ make libpng-dev libboost-program-options-dev
COPY . /src
RUN mkdir /src/build && cd /src/build && cmake -DCMAKE_BUILD_TYPE=Release .. && make -j2 && make install

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="thumb"
RUN apt-get update \
 && apt-get install -y --no-install-recommends libboost-program-options1.74.0 libpng16-16 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/thumb /usr/local/bin/
COPY --from=build /usr/local/lib/libchart.so /usr/local/lib/
COPY --from=build /usr/local/share/thumb /usr/local/share/thumb
RUN ldconfig
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/thumb"]
CMD ["--help"]
