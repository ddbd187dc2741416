#!/usr/bin/env bash
# Installs the frameworks that train spiking networks (snnTorch, Norse, sinabs, spikingjelly; pinned) into
# tools/venv-frameworks, for the tests against them and for the training scripts. About 1.5 GB, two minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "frameworks: $*"; }
fail() { echo "frameworks: $*" >&2; exit 1; }

venv=tools/venv-frameworks
requirements=tests/frameworks/requirements.txt
stamp=$venv/spikeforge-frameworks
wanted=$(sha256sum $requirements tests/frameworks/cuda_stubs.py)
if [ "$(cat $stamp 2>/dev/null)" = "$wanted" ]; then
    say "found them in $venv"
    exit 0
fi
command -v cc >/dev/null && command -v readelf >/dev/null || fail "cc and readelf are needed; apt-get install gcc binutils"
python3 -c 'import ensurepip, venv' 2>/dev/null || fail "python3 with venv is needed; apt-get install python3-venv"
say "installing $requirements into $venv"
python3 -m venv $venv
pip() { $venv/bin/python -m pip --disable-pip-version-check "$@"; }
# What builds Norse comes first.
grep -E '^(setuptools|setuptools-scm|vcs-versioning|wheel|packaging)==' $requirements >$venv/first.txt
pip install --quiet --no-deps -r $venv/first.txt || fail "the installation failed; delete $venv and try again"
pip install --quiet --no-deps --no-build-isolation --no-compile -r $requirements \
    || fail "the installation failed; delete $venv and try again"
# torch's wheel is built for CUDA: without a graphics card it needs nothing of it but that the names are there.
$venv/bin/python tests/frameworks/cuda_stubs.py "$(echo $venv/lib/python3*/site-packages/torch/lib)"
$venv/bin/python -c 'import torch' || fail "torch does not load; python 3.11 on x86-64 Linux is what this is tested with"
echo "$wanted" >$stamp
say "ready: $venv"
