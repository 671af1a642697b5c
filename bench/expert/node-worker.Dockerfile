FROM node:18-slim AS test
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY worker.js jobs.json test.js ./
RUN npm test && npm prune --omit=dev

FROM node:18-slim
RUN npm install -g semver@7.6.0 && npm cache clean --force
COPY --from=test /app /app
WORKDIR /app
COPY --chmod=755 healthcheck.sh /healthcheck.sh

USER node
HEALTHCHECK CMD /healthcheck.sh
CMD ["node", "worker.js"]
