#!/usr/bin/env bash
# How much of its weight port the first layer of MNIST 784-128-10 uses, by the counters of the Verilated design: with spikes in
# every beat, so that all weights are read, and with images, whose silent beats are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
spikeforge=${CARGO_TARGET_DIR:-target}/release/spikeforge
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --quiet --release --package spikeforge-runtime --bins
tools/venv-frameworks/bin/python - "$work/dense.npy" <<'PYTHON'
import sys
import numpy as np
np.save(sys.argv[1], (np.random.default_rng(1).random((8, 20, 784)) < 0.3).astype(np.uint8))
PYTHON

# Of the layer that sets the pace, in percent.
share() {
    "$spikeforge" cosim "$work/$1" --json "${@:2}" 2>/dev/null \
        | python3 -c 'import json, sys; print("%.1f %%" % (100 * json.load(sys.stdin)["counters"]["efficiency"][0]))'
}

echo "| board | spikes in every beat | images at a rate, 20 of MNIST |"
echo "|---|---|---|"
for board in ulx3s-25f tang-nano-20k hx8k-breakout icebreaker; do
    "$spikeforge" compile examples/snntorch/mnist_784_128_10.nir --board "$board" --counters -o "$work/$board" >/dev/null
    dense=$(share "$board" --inputs "$work/dense.npy")
    images=$(share "$board" --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 8 --limit 20)
    echo "| $board | $dense | $images |"
done
