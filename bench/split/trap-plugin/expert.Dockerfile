FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends libyaml-dev libjansson-dev
COPY . /usr/src/mixer
RUN make -C /usr/src/mixer install

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libyaml-0-2 libjansson4 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/mixer /usr/local/bin/
COPY --from=build /usr/local/lib/mixer /usr/local/lib/mixer
COPY --from=build /etc/mixer /etc/mixer
CMD ["mixer"]
