FROM node:18-slim AS build
RUN apt-get update && apt-get install -y python3 make g++ libnode-dev zlib1g-dev
WORKDIR /srv/digest
COPY package.json binding.gyp addon.cc ./
RUN npm install --nodedir=/usr --no-audit
RUN npm prune --omit=dev --ignore-scripts

FROM node:18-slim
WORKDIR /srv/digest
COPY package.json ./
COPY --from=build /srv/digest/node_modules node_modules
COPY --from=build /srv/digest/build/Release/digest.node build/Release/
COPY index.js .
HEALTHCHECK CMD node -e "require('./build/Release/digest.node')"
CMD ["npm", "start", "--silent"]
