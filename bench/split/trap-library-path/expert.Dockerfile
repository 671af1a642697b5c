FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make
RUN apt-get install -y --no-install-recommends liblz4-dev
ENV ENGINE_HOME=/opt/engine
COPY src /tmp/src
RUN mkdir -p $ENGINE_HOME/bin $ENGINE_HOME/lib/drivers && cd /tmp/src \
 && gcc -shared -fPIC -o $ENGINE_HOME/lib/libengine.so engine.c -ldl \
 && gcc -shared -fPIC -o $ENGINE_HOME/lib/drivers/drv_lz4.so lz4.c -llz4 \
 && gcc -o $ENGINE_HOME/bin/engine main.c -L$ENGINE_HOME/lib -lengine

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends liblz4-1 && rm -rf /var/lib/apt/lists/*
ENV ENGINE_HOME=/opt/engine
ENV LD_LIBRARY_PATH=$ENGINE_HOME/lib:$ENGINE_HOME/lib/drivers
COPY --from=build /opt/engine /opt/engine
ENTRYPOINT ["/opt/engine/bin/engine"]
CMD ["lz4"]
