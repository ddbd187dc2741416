#!/usr/bin/env bash
# How much of its weight port the stage that sets the pace of MNIST 784-128-10 uses, by the counters of the Verilated design, in
# the steady state: presentations of 64 timesteps, of which the first and the last few cycles hardly count. Once with spikes in
# every beat, so that all weights are read, and once with images, whose silent beats are skipped where that is faster. Beside it,
# how much of the time a byte of the input arrives at the host port, which holds a stage up that reads faster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
spikeforge=${CARGO_TARGET_DIR:-target}/release/spikeforge
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --quiet --release --package spikeforge-runtime --bins
tools/venv-frameworks/bin/python - "$work/dense.npy" <<'PYTHON'
import sys
import numpy as np
np.save(sys.argv[1], (np.random.default_rng(1).random((64, 20, 784)) < 0.3).astype(np.uint8))
PYTHON

# Of the weight port and of the host port, in percent: 98 bytes are a timestep of 784 inputs.
shares() {
    "$spikeforge" cosim "$work/$1" --json "${@:2}" | python3 -c '
import json, sys
cosim = json.load(sys.stdin)
counters = cosim["counters"]
assert cosim["mismatches"] == 0
busy = counters["stages"][0]["busy_cycles"] / counters["timesteps"]
print("%.1f %% (%.1f %%)" % (100 * counters["efficiency"][0], 100 * 98 / busy))'
}

echo "| board | spikes in every beat: weight port (host port) | 20 images of MNIST at a rate |"
echo "|---|---|---|"
for board in ulx3s-25f tang-nano-20k hx8k-breakout icebreaker; do
    "$spikeforge" compile examples/snntorch/mnist_784_128_10.nir --board "$board" --counters -o "$work/$board" >/dev/null
    dense=$(shares "$board" --inputs "$work/dense.npy")
    images=$(shares "$board" --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 64 --limit 20)
    echo "| $board | $dense | $images |"
done
