# The README's two commands. Everything else is `cargo xtask --help` and `omoi --help`.
.PHONY: up test check-machine

# Build the release and start everything on this machine: pages, API, private Postgres, private event bus.
up: check-machine
	@scripts/say-first-build
	@# In the release profile: what the chores need is mostly what the product needs, and is compiled once.
	cargo run --release --package xtask -- dashboard
	cargo build --release --package api --bin omoi
	@exec "$$(scripts/target-dir)/release/omoi" up $(UP_ARGS)

# Every check and every test; ends with the test runner's summary.
test: check-machine
	cargo xtask test

# Names everything that is missing, before anything is done.
check-machine:
	@scripts/check-machine
