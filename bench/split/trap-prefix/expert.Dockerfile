FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /usr/src/press
RUN make -C /usr/src/press install prefix=/usr

FROM debian:bookworm-slim
COPY --from=build /usr/bin/press /usr/bin/press-worker /usr/bin/
COPY --from=build /usr/share/press /usr/share/press
COPY --from=build /var/spool/press /var/spool/press
COPY --from=build /var/cache/press /var/cache/press
COPY --from=build /var/log/press /var/log/press
COPY --from=build /etc/default/press /etc/default/
CMD ["press"]
