"""The four networks: what they are made of and how they are trained."""

import math
from dataclasses import dataclass

from layers import Block, Net, Readout


@dataclass(frozen=True)
class Recipe:
    """blocks: (weight shape, pool behind it) each. shape: of one input. augment: shifts and turns images in training.
    value_bits: images enter as values of so many bits, the same at each timestep, not as spikes at a rate. membranes: the last crossbar answers by its membranes, not by spikes.

    The rate falls as a cosine that would end after `period` epochs (all of them, if not given), and from the epoch
    `ramp` on in a straight line to 0 at the last.
    """

    dataset: str
    shape: tuple[int, ...]
    blocks: tuple[tuple[tuple[int, ...], int], ...]
    n_timesteps: int
    epochs: int
    batch: int = 100
    rate: float = 2e-3
    augment: bool = False
    value_bits: int = 1
    membranes: bool = False
    seed: int = 1
    period: int | None = None
    ramp: int | None = None

    def factor(self, progress: float) -> float:
        """The share of the rate after that many epochs."""
        period, ramp = self.period or self.epochs, self.ramp if self.ramp is not None else self.epochs
        cosine = (1 + math.cos(math.pi * min(progress, ramp) / period)) / 2
        return cosine if progress <= ramp else cosine * (self.epochs - progress) / (self.epochs - ramp)

    def build(self) -> Net:
        blocks = [Block(shape, pool, self.n_timesteps) for shape, pool in self.blocks]
        if self.membranes:
            blocks[-1] = Readout(self.blocks[-1][0], self.n_timesteps)
        return Net(*blocks)


RECIPES = {
    "digits_conv": Recipe(
        "digits", (1, 8, 8), (((16, 1, 3, 3), 1), ((32, 16, 3, 3), 2), ((10, 128), 1)), 8, 40, batch=32
    ),
    "mnist_conv": Recipe(
        "mnist", (1, 28, 28), (((16, 1, 5, 5), 2), ((32, 16, 5, 5), 2), ((10, 512), 1)), 4, 9, augment=True, period=12, ramp=4
    ),
    "fashion_dense": Recipe(
        "fashion", (784,), (((512, 784), 1), ((10, 512), 1)), 4, 16, value_bits=4, membranes=True
    ),
    "cancer_dense": Recipe("cancer", (60,), (((128, 60), 1), ((2, 128), 1)), 16, 20, batch=16),
}
