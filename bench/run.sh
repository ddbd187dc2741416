#!/usr/bin/env bash
# Every table of bench/README.md in one go, on a machine that should do nothing else.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${CARGO_TARGET_DIR:-target}

echo "machine: $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), $(verilator --version | cut -d' ' -f1,2), $(rustc --version)"
scripts/frameworks.sh >&2
cargo build --quiet --release --package spikeforge-bench --bins
echo; echo "## The reference beside numpy, snnTorch and Norse (bench/peers/reference.py)"; echo
tools/venv-frameworks/bin/python bench/peers/reference.py "$target/release/reference" target/bench-reference \
    || echo "the goal of bench/peers/reference.py is missed"
echo; echo "## Verilated cycles a second beside cocotb (bench/cocotb/compare.sh)"; echo
bench/cocotb/compare.sh
echo; echo "## The design in this process and as its own (scripts/verilated.sh bench)"; echo
scripts/verilated.sh bench
echo; echo "## The weight port (bench/weight_port.sh)"; echo
bench/weight_port.sh
echo; echo "## Reference, emitter, model to Verilog (cargo bench -p spikeforge-bench)"; echo
cargo bench --quiet --package spikeforge-bench 2>/dev/null | grep -E '^[a-z0-9].*|time:|thrpt:'
