FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY . /tmp/build
RUN make -C /tmp/build deploy

FROM debian:bookworm-slim
COPY --from=build /srv /srv
ENV PATH=/srv/current/bin:$PATH
CMD ["serve"]
