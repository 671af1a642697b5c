FROM debian:bookworm

ARG VERSION=2.3
ENV PLOTTER_HOME=/opt/plotter
ENV PATH=$PLOTTER_HOME/bin:$PATH

RUN --mount=type=bind,source=plotter-${VERSION}.tar.gz,target=/tmp/plotter.tar.gz \
    apt-get update \
 && apt-get install -y --no-install-recommends build-essential cmake zlib1g-dev \
 && cd /usr/src && tar xzf /tmp/plotter.tar.gz \
 && cd plotter-${VERSION} && cmake -B build -DCMAKE_INSTALL_PREFIX=$PLOTTER_HOME . && make -C build \
 && make -C build install \
 && cd / && rm -rf /usr/src/plotter-* \
 && apt-get remove -y build-essential cmake zlib1g-dev \
 && apt-get autoremove -y \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/*

COPY plotter.conf /etc/plotter.conf
RUN useradd -m -l plot
LABEL version=$VERSION

USER plot
WORKDIR /home/plot
HEALTHCHECK NONE
ENTRYPOINT ["plotter"]
CMD ["/etc/plotter.conf"]
