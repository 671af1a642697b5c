FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY lantern /tmp/lantern
RUN gcc -shared -fPIC -Wl,-soname,liblantern.so.1 -o /tmp/lantern/usr/lib/liblantern.so.1 /tmp/lantern/lantern.c \
 && rm /tmp/lantern/lantern.c && dpkg-deb --root-owner-group --build /tmp/lantern /tmp/lantern.deb \
 && dpkg -i /tmp/lantern.deb
COPY main.c /tmp/
RUN gcc -o /usr/local/bin/light /tmp/main.c -l:liblantern.so.1

FROM debian:bookworm-slim
RUN --mount=from=build,source=/tmp/lantern.deb,target=/tmp/lantern.deb dpkg -i /tmp/lantern.deb
COPY --from=build /usr/local/bin/light /usr/local/bin/
CMD ["light"]
