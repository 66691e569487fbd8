# guidon edge in a container: non-root, and content with a read-only root file system. What it keeps is in /data.
#
#     docker build --tag guidon-edge .
#     docker run --read-only --cap-drop ALL --publish 8000:8000 --volume guidon-edge:/data \
#       --env ENVIRONMENT_KEY_PAIRS --env API_URL=https://flags.example.com/api/v1/ guidon-edge

FROM node:20-slim AS build
WORKDIR /guidon
COPY package.json package-lock.json ./
COPY test/react/18/package.json test/react/18/
RUN npm ci --ignore-scripts
COPY rollup.config.js tsconfig.json ./
COPY scripts scripts
COPY src src
RUN npm run build

FROM node:20-slim
# The command has its libraries inside: nothing is installed here.
COPY --from=build /guidon/package.json /guidon/
COPY --from=build /guidon/dist /guidon/dist
RUN mkdir --mode 700 /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8000
ENV NODE_ENV=production DATA_DIR=/data
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8000/proxy/health/liveness').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without npm or a shell in between, so that SIGTERM arrives.
ENTRYPOINT ["node", "/guidon/dist/cli.js", "edge"]
CMD ["--log-format", "json"]
