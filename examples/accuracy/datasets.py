"""The data sets as bytes, with splits that never change. scripts/datasets.sh brings what is not in data/."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Split:
    """pixels: uint8 (n, ...). labels: int64 (n,). places: int64 (n,), of the samples in their file."""

    pixels: np.ndarray
    labels: np.ndarray
    places: np.ndarray

    def take(self, chosen) -> "Split":
        return Split(self.pixels[chosen], self.labels[chosen], self.places[chosen])


def read_idx(path: Path) -> np.ndarray:
    """An unsigned-byte IDX file, gzipped or not, as an array of the shape that its header gives."""
    content = gzip.open(path).read() if path.suffix == ".gz" else path.read_bytes()
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path.name} is not an IDX file of unsigned bytes")
    header = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:header], dtype=">u4").astype(int)
    return np.frombuffer(content[header:], dtype=np.uint8).reshape(shape)


def _pair(folder: Path, prefix: str) -> Split:
    def one(kind: str) -> np.ndarray:
        for name in (f"{prefix}{kind}-ubyte", f"{prefix}{kind}-ubyte.gz"):
            if (folder / name).exists():
                return read_idx(folder / name)
        raise SystemExit(f"{folder}/{prefix}{kind}-ubyte is missing; run scripts/datasets.sh first")

    labels = one("labels-idx1").astype(np.int64)
    return Split(one("images-idx3"), labels, np.arange(len(labels)))


def load(dataset: str, shape: tuple[int, ...]) -> tuple[Split, Split, Split]:
    """(training, validation, test). The test part is used once, at the end.

    mnist, fashion: the published test part; the last 5000 training images validate.
    digits, cancer: one in five samples of each class is the test, another one in ten validates.
    """
    if dataset in ("mnist", "fashion"):
        whole, test = (_pair(ROOT / "data/cache" / dataset, prefix) for prefix in ("train-", "t10k-"))
        parts = [whole.take(slice(0, 55_000)), whole.take(slice(55_000, None)), test]
    else:
        parts = _stratified(_pair(ROOT / "data" / dataset, f"{dataset}-"))
    return tuple(Split(part.pixels.reshape(-1, *shape), part.labels, part.places) for part in parts)


def _stratified(whole: Split) -> list[Split]:
    """Of each class, in an order shuffled once and for all, 70 % train, 10 % validate and 20 % test."""
    random, parts = np.random.default_rng(2024), ([], [], [])
    for label in np.unique(whole.labels):
        members = random.permutation(np.flatnonzero(whole.labels == label))
        cuts = [len(members) * 7 // 10, len(members) * 8 // 10]
        for part, chosen in zip(parts, np.split(members, cuts)):
            part.append(chosen)
    return [whole.take(np.concatenate(part)) for part in parts]
