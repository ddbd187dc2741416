#!/usr/bin/env bash
# The whole proof ladder, and its table as the README shows it. Hours; every log stays in target/verify.
#
# A rung that fails is a line of the table too, and the exit status.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
logs=target/verify
mkdir -p $logs
spikeforge() { cargo run --quiet --release --package spikeforge-runtime --bin spikeforge -- "$@"; }
failed=no

# row WHAT FIGURE COMMAND
row() { echo "| $1 | $2 | \`$3\` |" | tee -a $logs/table.md; }

# Runs COMMAND, keeps its log as NAME, and tells in words how it ended.
run() {
    local name=$1
    shift
    echo "verify-full: $name: $*" >&2
    if "$@" >$logs/$name.log 2>&1; then return 0; fi
    failed=yes
    echo "verify-full: $name FAILED, see $logs/$name.log" >&2
    return 1
}

# Tests of a package, counted.
tests() {
    local name=$1 what=$2
    shift 2
    local outcome=equal
    run $name cargo test --release "$@" -- --test-threads 2 ${ignored:-} || outcome=FAILED
    local passed=$(grep -oE '^test result: .* [0-9]+ passed' $logs/$name.log | grep -oE '[0-9]+ passed' | awk '{n += $1} END {print n + 0}')
    row "$what" "$outcome, $passed tests" "cargo test --release $*"
}

# Every rung of one bundle. The lines of its table are the figures.
ladder() {
    local name=$1 board=$2 model=$3
    shift 3
    rm -rf $logs/$name.bundle
    run $name-compile spikeforge compile "$model" --board "$board" -o $logs/$name.bundle || return
    local command="spikeforge verify $name.bundle $*"
    run $name spikeforge verify $logs/$name.bundle --waveform $logs/$name.fst "$@"
    local line
    while read -r rung seconds figure; do
        row "$name on $board: $rung" "$figure" "$command"
    done < <(grep -E '^  (memories|rtl|icarus|starts|pressure|netlist|placed|bitstream) ' $logs/$name.log)
}

: >$logs/table.md
row rung "last full run" command
row --- --- ---
tests rewrites "1 rewrites, packing, the reference twice" -p spikeforge-sim -p spikeforge-compiler --lib --test sim --test model_folding --test model_semantics
tests blocks "2 blocks and operators, rust-hdl against Verilator" -p spikeforge-compiler --test hardware
ignored=--include-ignored tests random "3 random and special networks, two simulators, random states, a host that hesitates" -p spikeforge-runtime --test rtl_equal --test hard_ways
ladder digits hx8k-breakout examples/snntorch/digits_64_48_10.nir
ladder mnist hx8k-breakout examples/snntorch/mnist_784_128_10.nir --inputs data/mnist/t10k-images-idx3-ubyte.gz --encode rate --timesteps 8
ladder digits-ecp5 ulx3s-25f examples/snntorch/digits_64_48_10.nir
ladder digits-gowin tang-nano-9k examples/snntorch/digits_64_48_10.nir
ignored=--include-ignored tests generations "5 bitstream by both tool generations" -p spikeforge-compiler --test toolchain_ladder
ignored=--include-ignored tests netlists "4, 5 cells of ECP5 and Gowin, the newer tools' bitstream" -p spikeforge-runtime --test netlists
tests formal "6 proofs by induction and miter, each with a fault that it finds" -p spikeforge-compiler --test formal
run mutate make mutate
row "7 mutants of the netlist" "$(grep -oE '[0-9]+ of [0-9]+ mutants killed' $logs/mutate.log || echo FAILED)" "make mutate"
run mutate-rust make mutate-rust
row "7 mutants of sim and compiler" "$(grep -E 'mutants tested' $logs/mutate-rust.log | tr '\n' ';' || echo FAILED)" "make mutate-rust"
run fuzz make fuzz
while read -r line; do row "8 fuzz ${line%%:*}" "${line#*: }" "make fuzz"; done < <(grep -E 'runs in' $logs/fuzz.log)
tests noise "8 random bytes into the Verilated UART, answered right at the next frame" -p spikeforge-runtime --test uart_noise
tests faults "9 a link that drops, repeats, flips, delays and closes" -p spikeforge-runtime --test hardware_faults --test devices
echo
cat $logs/table.md
[ $failed = no ]
