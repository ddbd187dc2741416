"""Lets torch load without the CUDA packages (2.5 GB) that its wheel asks for and that no test here calls.

    python cuda_stubs.py TORCH_LIB_FOLDER

For each missing library that the wheel's libraries need, writes one of that name in which every function that they
want returns an error code. Needs cc and readelf.
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

# 999 is cudaErrorUnknown, and no library's word for success.
FUNCTION = "int {name}(void) {{ return 999; }}\n"


def readelf(option: str, library: Path) -> str:
    return subprocess.run(["readelf", "-W", option, library], check=True, capture_output=True, text=True).stdout


def wanted(folder: Path) -> dict[str, dict[str, set[str]]]:
    """By library that is not there and by version, the symbols that the libraries in the folder want."""
    missing, unversioned = defaultdict(lambda: defaultdict(set)), set()
    for library in sorted(folder.glob("*.so*")):
        needed = re.findall(r"\(NEEDED\).*\[(lib(?:cu|nv|nccl).*)\]", readelf("--dynamic", library))
        for name in needed:
            if not (folder / name).exists():
                missing[name][""] |= set()
        home = {}
        for name, versions in re.findall(r"File: (\S+)((?:.*\n.*Name: \S+)+)", readelf("--version-info", library)):
            home |= {version: name for version in re.findall(r"Name: (\S+)", versions)}
        for name, _, version in re.findall(r"UND (\w+)(@(\S+))?", readelf("--dyn-syms", library)):
            if home.get(version) in missing:
                missing[home[version]][version].add(name)
            elif not version and re.match(r"cu|nv|nccl", name):
                unversioned.add(name)
    for versions in missing.values():
        if set(versions) == {""}:
            versions[""] = unversioned
    return missing


def build(library: Path, versions: dict[str, set[str]]) -> None:
    """A shared library with these symbols in these versions."""
    with TemporaryDirectory() as folder:
        source, script = Path(folder, "stub.c"), Path(folder, "versions")
        source.write_text("".join(FUNCTION.format(name=name) for name in sorted(set().union(*versions.values()))))
        named = {version: "".join(f"{name};" for name in sorted(names)) for version, names in versions.items() if version}
        script.write_text("".join(f"{version} {{ global: {names} }};\n" for version, names in named.items()))
        options = [f"-Wl,-soname,{library.name}"] + ([f"-Wl,--version-script,{script}"] if named else [])
        subprocess.run(["cc", "-w", "-fno-builtin", "-shared", "-fPIC", *options, "-o", library, source], check=True)


def main() -> None:
    folder = Path(sys.argv[1])
    for name, versions in wanted(folder).items():
        build(folder / name, versions)


main()
