ARG RELEASE=bookworm
FROM debian:${RELEASE} AS build
ARG VERSION=1.7.0
ARG PREFIX=/opt/meter
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
COPY meter.c /tmp/
RUN mkdir -p "$PREFIX/bin" && gcc -DVERSION="\"$VERSION\"" -o "$PREFIX/bin/meter" /tmp/meter.c

FROM debian:${RELEASE}-slim
ARG VERSION=1.7.0
ARG PREFIX=/opt/meter
ARG USERNAME=meter
ENV METER_VERSION=$VERSION METER_HOME=$PREFIX
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.title="meter"
COPY --from=build $PREFIX $PREFIX
RUN useradd --system "$USERNAME"
ENV PATH=$METER_HOME/bin:$PATH
WORKDIR $METER_HOME
USER $USERNAME
CMD ["meter"]
