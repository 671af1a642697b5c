FROM node:18-slim AS build
RUN npm install -g yarn@1.22.22
WORKDIR /build
COPY package.json yarn.lock ./
RUN yarn install --frozen-lockfile
COPY . .
RUN yarn build
RUN rm -rf .git src *.md \
 && NODE_ENV=production npm prune --omit=dev \
 && find . -name '*.map' -delete && find node_modules -name '*.d.ts' -delete

FROM node:18-slim
ENV NODE_ENV production
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --no-log-init site

COPY --from=build --chown=site:site /build /site
RUN chown site:site /site
COPY --chmod=755 docker/start.sh /usr/local/bin/start

USER site
WORKDIR /home/site/plugins
RUN npm install highlight.js@11.9.0 && npm cache clean --force

WORKDIR /site
EXPOSE 8000
HEALTHCHECK CMD curl -fs http://localhost:8000/ >/dev/null
ENTRYPOINT ["tini", "--"]
CMD ["start"]
