#!/usr/bin/env bash
# The same Verilog under cocotb and under spikeforge's own simulation, in one run: cycles a second and their ratio.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/target/bench-cocotb
spikeforge=${SPIKEFORGE:-cargo run --quiet --release --package spikeforge-runtime --bin spikeforge --}
venv=$root/tools/venv-cocotb
cd "$root"
[ -x "$venv/bin/cocotb-config" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q cocotb==1.8.1; }

rm -rf "$work" && mkdir -p "$work"
$spikeforge compile examples/snntorch/mnist_784_128_10.nir --board hx8k-breakout -o "$work/mnist.bundle" >/dev/null
cp bench/cocotb/Makefile bench/cocotb/drive.py "$work/mnist.bundle"/*.hex "$work/mnist.bundle/spikeforge_accelerator.v" "$work"
python3 bench/cocotb/frames.py 784 8 20 "$work/frames.bin"

(cd "$work" && PATH=$venv/bin:$PATH FRAMES=$work/frames.bin ANSWER=$work/answer.bin make >cocotb.log 2>&1) \
    || { tail -20 "$work/cocotb.log" >&2; exit 1; }
peer=$(sed -n 's/^cocotb: .*cycles, \([0-9]*\) cycles a second/\1/p' "$work/cocotb.log")
[ -n "$peer" ] || { tail -20 "$work/cocotb.log" >&2; exit 1; }
ours=$($spikeforge cosim "$work/mnist.bundle" --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 8 --json 2>/dev/null \
    | python3 -c 'import json, sys; print(int(json.load(sys.stdin)["cycles_per_second"]))')
echo "cocotb 1.8.1 on Verilator, driving only:                      $peer cycles a second"
echo "spikeforge cosim, every spike and membrane compared as well:  $ours cycles a second"
echo "ratio $((ours / peer))"
