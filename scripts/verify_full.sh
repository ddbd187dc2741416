#!/usr/bin/env bash
# The whole proof ladder, and its table as the README shows it. Hours; every log stays in target/verify.
#
#   scripts/verify_full.sh [PIECE..]     these pieces only; the table is of the last run of each
#
# A rung that fails is a line of the table too, and the exit status.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
logs=target/verify
mkdir -p $logs
pieces=(rewrites blocks random digits mnist ecp5 gowin spram generations netlists formal mutate mutate-rust fuzz noise faults)
[ $# -eq 0 ] || pieces=("$@")
spikeforge() { cargo run --quiet --release --package spikeforge-runtime --bin spikeforge -- "$@"; }
failed=no

# row WHAT FIGURE COMMAND
row() { echo "| $1 | $2 | \`$3\` |" | tee -a "$logs/$piece.md"; }

# Runs COMMAND, keeps its log as NAME, and tells in words how it ended.
run() {
    local name=$1
    shift
    echo "verify-full: $name: $*" >&2
    if "$@" >"$logs/$name.log" 2>&1; then return 0; fi
    failed=yes
    echo "verify-full: $name FAILED, see $logs/$name.log" >&2
    return 1
}

# Tests of packages, counted; WHICH are arguments for all of them.
tests() {
    local what=$1 which=$2
    shift 2
    local outcome=equal
    run "$piece" cargo test --release "$@" -- --test-threads 2 $which || outcome=FAILED
    local passed
    passed=$(grep -oE '^test result: .* [0-9]+ passed' "$logs/$piece.log" | grep -oE '[0-9]+ passed' | awk '{n += $1} END {print n + 0}')
    row "$what" "$outcome, $passed tests" "cargo test --release $*${which:+ -- $which}"
}

# Every rung of one bundle. The lines of its table are the figures.
ladder() {
    local board=$1 model=$2
    shift 2
    rm -rf "$logs/$piece.bundle"
    run "$piece-compile" spikeforge compile "$model" --board "$board" -o "$logs/$piece.bundle" || return
    run "$piece" spikeforge verify "$logs/$piece.bundle" --waveform "$logs/$piece.fst" "$@"
    local rung seconds figure
    while read -r rung seconds figure; do
        row "$(basename "$model" .nir) on $board: $rung" "$figure" "spikeforge verify $piece.bundle${*:+ $*}"
    done < <(grep -E '^  (memories|rtl|icarus|starts|pressure|netlist|placed|bitstream) ' "$logs/$piece.log")
}

digits=examples/snntorch/digits_64_48_10.nir
mnist=examples/snntorch/mnist_784_128_10.nir
images=data/mnist/t10k-images-idx3-ubyte.gz

climb() {
    case $piece in
        rewrites) tests "1 rewrites, packing, the reference against a plain one" "" \
            -p spikeforge-sim -p spikeforge-compiler --lib --test sim --test rewrites --test model_folding --test model_semantics ;;
        blocks) tests "2 blocks and operators, rust-hdl against Verilator" "" -p spikeforge-compiler --test hardware ;;
        random) tests "3 random and special networks, two simulators, random states, a host that hesitates" --include-ignored \
            -p spikeforge-runtime --test rtl_equal --test hard_ways --test convolution ;;
        digits) ladder hx8k-breakout $digits ;;
        mnist) ladder hx8k-breakout $mnist --inputs $images --encode rate --timesteps 8 ;;
        ecp5) ladder ulx3s-25f $digits ;;
        gowin) ladder tang-nano-9k $digits ;;
        spram) tests "4 weights in SPRAM, RTL, board and cells" "" -p spikeforge-runtime --test spram ;;
        generations) tests "5 bitstream by both tool generations, what cannot be read back" --include-ignored \
            -p spikeforge-compiler --test toolchain_ladder ;;
        netlists) tests "4, 5 cells of ECP5 and Gowin, the newer tools' bitstream" --include-ignored -p spikeforge-runtime --test netlists ;;
        formal) tests "6 proofs by induction and miter, each with a fault that it finds" "" -p spikeforge-compiler --test formal ;;
        mutate)
            run mutate make mutate
            row "7 mutants of the netlist" "$(grep -oE '[0-9]+ of [0-9]+ mutants killed.*' $logs/mutate.log || echo FAILED)" "make mutate" ;;
        mutate-rust)
            run mutate-rust make mutate-rust
            row "7 mutants of sim and compiler" "$(grep -hE 'mutants tested' $logs/mutate-rust.log | tr '\n' ';' || echo FAILED)" "make mutate-rust" ;;
        fuzz)
            run fuzz make fuzz
            local line
            while read -r line; do row "8 fuzz ${line%%:*}" "${line#*: }" "make fuzz"; done < <(grep -E 'runs in' $logs/fuzz.log) ;;
        noise) tests "8 random bytes into the Verilated UART, answered right at the next frame" "" -p spikeforge-runtime --test uart_noise ;;
        faults) tests "9 a link that drops, repeats, flips, delays and closes; counters tell" "" \
            -p spikeforge-runtime --test hardware_faults --test devices ;;
        *) echo "verify-full: no piece is called $piece" >&2; exit 2 ;;
    esac
}

for piece in "${pieces[@]}"; do
    : >"$logs/$piece.md"
    climb
done
echo
printf '| rung | last full run | command |\n| --- | --- | --- |\n'
for piece in "${pieces[@]}"; do cat "$logs/$piece.md"; done
[ $failed = no ]
