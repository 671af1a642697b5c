FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY box.c /usr/src/
RUN gcc -O2 -o /usr/local/bin/box /usr/src/box.c

FROM debian:bookworm-slim
RUN useradd -r box
COPY --from=build /usr/local/bin/box /usr/local/bin/
RUN install -d -m 1777 /var/box /var/box/shared \
 && install -d -m 0700 -o box /var/box/private \
 && install -d -m 2775 -g www-data /var/box/group
USER box
CMD ["box", "/var/box"]
