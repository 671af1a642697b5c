FROM golang:1.22 AS build

WORKDIR /src
COPY go.mod ./
RUN go mod download
COPY . .
RUN apt-get update && apt-get install -y tzdata ca-certificates
RUN CGO_ENABLED=0 go build -trimpath -o /usr/local/bin/zones .

FROM scratch
ENV PATH=/usr/local/bin
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/bin/zones /usr/local/bin/
WORKDIR /src
ENTRYPOINT ["zones"]
CMD ["2024-07-01T12:00:00Z", "Europe/Berlin", "Asia/Kolkata"]
