# The server alone: `omoi serve` against a Postgres and a NATS of your own (docker-compose.yml brings both).

# The pages first: the program is compiled with them inside.
FROM node:22-bookworm-slim AS pages
WORKDIR /src/dashboard
COPY dashboard .
RUN npm install --no-save --no-audit --no-fund && npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=pages /src/dashboard/dist dashboard/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package api --bin omoi \
    && cp target/release/omoi /usr/local/bin/omoi

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --no-create-home --uid 10001 omoi
COPY --from=build /usr/local/bin/omoi /usr/local/bin/omoi
USER omoi
EXPOSE 4310
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD curl --fail --silent http://127.0.0.1:4310/readyz
ENTRYPOINT ["omoi"]
# The port reaches whoever reaches the container; docker-compose.yml publishes it on the loopback only.
CMD ["serve", "--listen", "0.0.0.0:4310", "--trusted-network"]
