"""The two data sets, as arrays, with splits that never change."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data"
CACHE = HERE / "cache"

SHAPES = {"mnist": (784, 128, 10), "digits": (64, 48, 10)}


@dataclass(frozen=True)
class Split:
    """pixels: uint8 (n, inputs). labels: uint8 (n,)."""

    pixels: np.ndarray
    labels: np.ndarray

    def part(self, start: int, stop: int) -> "Split":
        return Split(self.pixels[start:stop], self.labels[start:stop])


def read_idx(path: Path) -> np.ndarray:
    """Read an unsigned-byte IDX file, gzipped or not, into an array of the shape that its header gives."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        content = file.read()
    if content[:3] != b"\x00\x00\x08":
        raise ValueError(f"{path.name} is not an IDX file of unsigned bytes")
    header = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:header], dtype=">u4").astype(int)
    return np.frombuffer(content[header:], dtype=np.uint8).reshape(shape)


def _split(images: Path, labels: Path) -> Split:
    pixels = read_idx(images)
    return Split(pixels.reshape(len(pixels), -1), read_idx(labels))


def load_train(dataset: str) -> tuple[Split, Split]:
    """(training, validation). Both come from the training part: the test part is never looked at here."""
    if dataset == "digits":
        whole = _split(DATA / "digits/digits-images-idx3-ubyte.gz", DATA / "digits/digits-labels-idx1-ubyte.gz")
        return whole.part(0, 1200), whole.part(1200, 1437)
    images = CACHE / "train-images-idx3-ubyte"
    if not images.exists():
        raise SystemExit("the MNIST training images are missing; run ./fetch_mnist.sh first")
    whole = _split(images, CACHE / "train-labels-idx1-ubyte")
    return whole.part(0, 55_000), whole.part(55_000, 60_000)


def load_test(dataset: str) -> Split:
    """The test part: 10 000 images of MNIST, or the last 360 digits."""
    if dataset == "digits":
        whole = _split(DATA / "digits/digits-images-idx3-ubyte.gz", DATA / "digits/digits-labels-idx1-ubyte.gz")
        return whole.part(1437, 1797)
    return _split(DATA / "mnist/t10k-images-idx3-ubyte.gz", DATA / "mnist/t10k-labels-idx1-ubyte.gz")
