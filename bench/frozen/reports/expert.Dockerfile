FROM node:18-slim

RUN apt-get update && apt-get install -y curl git && rm -rf /var/lib/apt/lists/*

ENV PORT=3000
WORKDIR /usr/src/app

# Bundle app source
COPY --chown=node:node . .
RUN npm install \
 && npm run build \
 && npm prune --production \
 && npm cache clean --force \
 && chown node:node . package-lock.json \
 && chown -R node:node dist node_modules

ENV NODE_ENV=production
USER node

EXPOSE 3000
HEALTHCHECK --interval=1m --timeout=3s CMD curl -fs http://localhost:3000/healthz || exit 1
CMD [ "npm", "start" ]
