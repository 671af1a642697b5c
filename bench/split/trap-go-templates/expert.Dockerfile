FROM golang:1.22 AS build
WORKDIR /go/src/app
COPY . .
RUN go build -o /go/bin/app .

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends tzdata && rm -rf /var/lib/apt/lists/*
COPY --from=build /go/bin/app /go/bin/
ENV PATH=/go/bin:$PATH TZ=Asia/Tokyo
WORKDIR /go/src/app
COPY templates templates
CMD ["app"]
