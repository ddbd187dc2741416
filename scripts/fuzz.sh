#!/usr/bin/env bash
# Lets libFuzzer look for bytes that break what reads strangers' bytes.
#
#   scripts/fuzz.sh SECONDS [TARGET..]     each target for so long; what it finds new goes into fuzz/corpora
#
# Coverage is counted by options that the stable compiler has; neither nightly nor cargo-fuzz is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?how many seconds for each target}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(ls fuzz/corpora))

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/fuzz
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
coverage+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
coverage+=" -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
# For the host's build scripts there is no fuzzer to link with, so the target is named and they are left alone.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="$coverage" cargo build --quiet --release --target "$host" --package spikeforge-fuzz --bin fuzz --features libfuzzer

failed=no
for target in "${targets[@]}"; do
    found=$(mktemp -d)
    log=$found.log
    if SPIKEFORGE_FUZZ=$target "$CARGO_TARGET_DIR/$host/release/fuzz" "$found" "fuzz/corpora/$target" \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=32768 -artifact_prefix="fuzz/$target-" \
        -print_final_stats=1 >"$log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        coverage=$(grep -o 'cov: [0-9]*' "$log" | tail -1)
        echo "$target: $runs runs in $seconds s, $coverage, nothing broke"
    else
        failed=yes
        echo "$target: broke; the bytes are in fuzz/$target-*, the log in $log" >&2
        grep -m 3 -E "panicked|ERROR|SUMMARY" "$log" >&2 || true
    fi
    # The smallest set of new inputs that reach something new; of those the small ones are kept.
    SPIKEFORGE_FUZZ=$target "$CARGO_TARGET_DIR/$host/release/fuzz" -merge=1 "fuzz/corpora/$target" "$found" >/dev/null 2>&1 || true
    find "fuzz/corpora/$target" -type f -size +24k -delete
    rm -rf "$found"
done
[ $failed = no ]
