#!/usr/bin/env bash
# Plants faults in the Rust of sim and compiler, one at a time, and counts those that a test finds.
#
#   scripts/mutate_rust.sh [SIM [COMPILER [OPTION..]]]     one mutant in so many of each (24 and 100); all of them take days
#
# The tests are those that run in seconds: all of sim; of compiler those that start no tool. What the whole suite adds, a
# design compared with the reference, is not counted. Options go to cargo-mutants; --in-place spares it a build.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
sim=${1:-24}
compiler=${2:-100}
shift $(($# < 2 ? $# : 2))
mutants=tools/cargo/bin/cargo-mutants
cargo install --quiet --root tools/cargo cargo-mutants --version 27.1.0 || exit 1
# Most of the time is the compiler's, so it does what it can do fast; properties are tried on fewer cases.
export PROPTEST_CASES=${PROPTEST_CASES:-32} CARGO_INCREMENTAL=1
light=(--cargo-arg=--config=profile.release.package.spikeforge-sim.opt-level=0
    --cargo-arg=--config=profile.release.package.spikeforge-compiler.opt-level=0)
quick=(model_check model_errors model_folding model_semantics model_versions model_hostile rewrites bundle_folder
    board_files cost_model snntorch_equal toolchain_plan toolchain_reports)

mkdir -p target
failed=no
# plant PACKAGE ONE_IN OPTION..: a mutant that takes twice as long as the unchanged code, and two minutes, hangs.
# Only the chosen tests are compiled. Exit 2 of cargo-mutants says that some were missed, which is a figure.
plant() {
    local package=$1 one_in=$2
    shift 2
    $mutants mutants --profile release -p "spikeforge-$package" --shard "0/$one_in" --sharding round-robin --no-shuffle \
        -o "target/mutants-$package" --minimum-test-timeout 120 --timeout-multiplier 2 --colors never "${light[@]}" "${chosen[@]}" "$@"
    case $? in 0 | 2 | 3) ;; *) failed=yes ;; esac
}

chosen=(--cargo-arg=--lib --cargo-arg=--test=sim)
plant sim "$sim" "$@"
chosen=(--cargo-arg=--lib "${quick[@]/#/--cargo-arg=--test=}")
plant compiler "$compiler" "$@"
[ $failed = no ]
