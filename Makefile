# make demo        a trained network to a proven bitstream, before your eyes (three minutes after the installs)
# make test        every test
# make cosim-full  the Verilated design against the reference on all 10 000 test images
# make cosim-learn the design that learns 784-256-10 beside the reference, on 500 images
# make verify-full the whole proof ladder, as a table (hours)
# make mutate      faults planted in a netlist, and how many the comparison finds; make mutate-rust the same in the Rust
# make fuzz        libFuzzer on everything that reads strangers' bytes, SECONDS (60) each
# make accuracy    the networks of examples/accuracy for their smallest boards, Verilated design against the reference
# make train-table trains what bench/training/runs.jsonl lacks, and prints its tables (hours)
# make test-boards the boards of ECP5 and Gowin to a bitstream, by the PyPI tools (774 MB)
.PHONY: train-table learning-table accuracy demo test cosim-full cosim-learn test-boards verify-full mutate mutate-rust fuzz setup frameworks
# Simulations are built once and kept in the tree.
export SPIKEFORGE_CACHE ?= $(CURDIR)/target/simulations
SPIKEFORGE = cargo run --quiet --release --package spikeforge-runtime --bin spikeforge --

setup:
	scripts/setup.sh

# snnTorch, Norse, sinabs and spikingjelly, for the tests against them (1.5 GB).
frameworks:
	scripts/frameworks.sh

demo: setup
	$(SPIKEFORGE) demo

test: setup frameworks
	cargo test --release --workspace --no-fail-fast -- --test-threads 2
	scripts/verilated.sh test

cosim-full: setup
	$(SPIKEFORGE) compile examples/snntorch/mnist_784_128_10.nir --board hx8k-breakout -o demo.bundle
	$(SPIKEFORGE) cosim demo.bundle --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 8

cosim-learn: setup
	$(SPIKEFORGE) compile --learn sign-symmetric --shape 784-256-10 --board ulx3s-85f -o learn.bundle
	$(SPIKEFORGE) cosim learn.bundle --learn sign-symmetric --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode ramp \
	  --timesteps 8 --labels data/mnist/t10k-labels-idx1-ubyte.gz --limit 500

train-table: setup
	scripts/datasets.sh mnist
	$(SPIKEFORGE) train-table --runs bench/training/runs.jsonl --commit $$(git rev-parse --short HEAD)

test-boards:
	scripts/setup.sh --with-yowasp
	cargo test --release --package spikeforge-compiler --test toolchain_boards --test toolchain_ladder -- --ignored --test-threads 1
	cargo test --release --package spikeforge-runtime --test netlists -- --ignored --test-threads 1

verify-full:
	scripts/setup.sh --with-yowasp
	scripts/verify_full.sh

mutate: setup
	cargo test --release --package spikeforge-runtime --test mutation -- --ignored --nocapture

# One mutant in so many of sim, and of compiler; all of them take days.
MUTANTS_OF ?= 24 100
mutate-rust:
	scripts/mutate_rust.sh $(MUTANTS_OF)

SECONDS ?= 60
fuzz:
	scripts/fuzz.sh $(SECONDS)

accuracy: setup
	$(SPIKEFORGE) compile examples/accuracy/digits_conv.nir --board icebreaker -o digits.bundle
	$(SPIKEFORGE) cosim digits.bundle --inputs data/digits/digits-images-idx3-ubyte.gz --encode rate --timesteps 8 --limit 100
	$(SPIKEFORGE) compile examples/accuracy/cancer_dense.nir --board icebreaker -o cancer.bundle
	$(SPIKEFORGE) cosim cancer.bundle --inputs data/cancer/cancer-images-idx3-ubyte.gz --encode rate --timesteps 16
	$(SPIKEFORGE) compile examples/accuracy/mnist_conv.nir --board ulx3s-12f -o mnist.bundle
	$(SPIKEFORGE) cosim mnist.bundle --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 4 --limit 100
	scripts/datasets.sh fashion
	cargo test --release --package spikeforge-compiler --test accuracy_nets -- --include-ignored
	$(SPIKEFORGE) compile examples/accuracy/fashion_dense.nir --board icebreaker --weights spram -o fashion.bundle
	$(SPIKEFORGE) cosim fashion.bundle --inputs data/cache/fashion/t10k-images-idx3-ubyte.gz --encode values --timesteps 4 --limit 100


# Trains what bench/learning/runs.jsonl lacks of the table of accuracies, and prints it.
learning-table:
	scripts/datasets.sh mnist fashion
	$(SPIKEFORGE) learning-table --runs bench/learning/runs.jsonl --commit $$(git rev-parse --short HEAD)
