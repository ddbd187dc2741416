"""The four networks: what they are made of and how they are trained."""

from dataclasses import dataclass

from layers import Block, Net


@dataclass(frozen=True)
class Recipe:
    """blocks: (weight shape, pool behind it) each. shape: of one input. augment: shifts and turns images in training."""

    dataset: str
    shape: tuple[int, ...]
    blocks: tuple[tuple[tuple[int, ...], int], ...]
    n_timesteps: int
    epochs: int
    batch: int = 100
    rate: float = 2e-3
    augment: bool = False
    seed: int = 1

    def build(self) -> Net:
        return Net(*(Block(shape, pool) for shape, pool in self.blocks))


RECIPES = {
    "digits_conv": Recipe(
        "digits", (1, 8, 8), (((16, 1, 3, 3), 1), ((32, 16, 3, 3), 2), ((10, 128), 1)), 8, 60, batch=32
    ),
    "mnist_conv": Recipe(
        "mnist", (1, 28, 28), (((16, 1, 5, 5), 2), ((32, 16, 5, 5), 2), ((10, 512), 1)), 4, 12, augment=True
    ),
    "fashion_dense": Recipe("fashion", (784,), (((512, 784), 1), ((10, 512), 1)), 8, 20),
    "cancer_dense": Recipe("cancer", (30,), (((32, 30), 1), ((2, 32), 1)), 8, 60, batch=16),
}
