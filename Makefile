# `make test` installs or finds the tools that the tests need, then runs every test.
.PHONY: test setup

setup:
	scripts/setup.sh

test: setup
	cargo test --release --workspace --no-fail-fast -- --test-threads 2
