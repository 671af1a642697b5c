FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
WORKDIR /srv/desk
COPY . .
RUN make

FROM debian:bookworm-slim
RUN groupadd -g 2000 staffers && useradd -u 2001 -g staffers -d /srv/desk desk && useradd -u 2002 clerk
WORKDIR /srv/desk
COPY --from=build --chown=desk:staffers /srv/desk/desk ./
COPY --chown=desk:staffers journal.txt ./
COPY --chown=root:staffers --chmod=640 secret.conf ./
COPY --chown=2002:staffers --chmod=604 ledger.txt ./
RUN chown desk:staffers .
USER desk
CMD ["./desk"]
