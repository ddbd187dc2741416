#!/usr/bin/env bash
# The Verilated design inside the program that drives it (feature verilated of the crate sim), beside the one that is a process.
#
#   scripts/verilated.sh test     random and real presentations, random reset, a waveform: against the reference
#   scripts/verilated.sh bench    cycles a second of both backends, in one run
#
# The program holds one design, and one version of Verilator: each is built anew for another.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
model=examples/snntorch/mnist_784_128_10.nir

# Verilates the bundle's accelerator into the folder that the build takes in.
verilate() {
    local bundle=$1 folder=$2; shift 2
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$bundle"/*.hex "$folder"
    sed "s|\$readmemh(\"|&$root/$folder/|" "$bundle/spikeforge_accelerator.v" > "$folder/spikeforge_accelerator.v"
    verilator --cc -O3 --noassert --x-assign fast --x-initial unique --top-module spikeforge_accelerator -Mdir "$folder" \
        "$@" "$folder/spikeforge_accelerator.v"
    cp "$bundle/accelerator.cpp" "$folder"
    export SPIKEFORGE_VERILATED=$root/$folder
}

export CXXFLAGS="${CXXFLAGS:-} -include $root/sim/src/verilated/compat.h"
bundle=target/verilated/bundle
case "${1:-}" in
    test | bench) ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
esac
rm -rf "$bundle"
mkdir -p target/verilated
# The whole workspace each time: a part of it would have its dependencies built anew, with other features.
cargo build --quiet --release --workspace --bin spikeforge
"${CARGO_TARGET_DIR:-target}/release/spikeforge" compile "$model" --board hx8k-breakout -o "$bundle" > /dev/null
export SPIKEFORGE_BUNDLE=$root/$bundle
if [ "$1" = test ]; then
    verilate "$bundle" target/verilated/model --trace
    cargo test --release --workspace --features spikeforge-runtime/verilated --test in_process
else
    verilate "$bundle" target/verilated/model
    cargo build --quiet --release --workspace --features spikeforge-bench/verilated --bin in_process
    "${CARGO_TARGET_DIR:-target}/release/in_process"
fi
