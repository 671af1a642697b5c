FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /src
RUN make -C /src install

FROM debian:bookworm-slim
COPY --from=build /usr/local/bin/helper /usr/local/bin/
COPY --from=build /usr/local/share/man/man1/helper.1 /usr/local/share/man/man1/
COPY --from=build /usr/local/share/doc/helper /usr/local/share/doc/helper
COPY --from=build /usr/local/include/helper /usr/local/include/helper
WORKDIR /srv
CMD ["helper"]
