FROM golang:1.22 AS build

RUN apt-get update && apt-get install -y libsqlite3-dev curl
WORKDIR /go/src/notes
COPY . .
RUN go build -o /usr/local/bin/notes .

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl libsqlite3-0 && rm -rf /var/lib/apt/lists/*
RUN groupadd -r notes && useradd -r -g notes notes
RUN mkdir -p /var/lib/notes && chown notes:notes /var/lib/notes
COPY --from=build /usr/local/bin/notes /usr/local/bin/
ENV NOTES_DB=/var/lib/notes/notes.db
WORKDIR /go/src/notes
USER notes
EXPOSE 8080
HEALTHCHECK --interval=30s CMD curl --fail --silent http://localhost:8080/notes || exit 1
CMD ["notes"]
