FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /usr/local/src/geo
WORKDIR /usr/local/src/geo
RUN make install

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/whereis-it /usr/local/bin/
COPY --from=build /usr/local/lib/libnames.so.0 /usr/local/lib/
COPY --from=build /opt/geo/lib /opt/geo/lib
RUN echo /opt/geo/lib > /etc/ld.so.conf.d/geo.conf && ldconfig
CMD ["whereis-it"]
