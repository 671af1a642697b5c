FROM node:18-slim AS assets
WORKDIR /build
COPY package.json build.js notes.md ./
RUN npm run build

FROM node:18-slim
# python3-pip is used by the nightly export
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini wget python3-pip \
 && pip install --no-cache-dir --break-system-packages markdown==3.6 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY package.json server.js ./
COPY --from=assets /build/dist ./dist
COPY --chmod=755 start.sh /start.sh

USER node
EXPOSE 3000
ENTRYPOINT ["tini", "--", "/start.sh"]
