"""Train a binarized spiking net with snnTorch, bake it, export it to NIR and record what it does.

    python train.py --dataset mnist
    python train.py --dataset digits
"""

import argparse
import time

import numpy as np
import torch
from torch import nn

from bake import bake, fold
from coding import phase_spikes
from dataset import HERE, SHAPES, Split, load_test, load_train
from finetune import GridNet, flipped_latents
from model import N_TIMESTEPS, TrainNet, baked_net, count_spikes, n_correct
from nir_file import read_layers, write_nir
from record import nir_path, record

TOLERATED_LOSS = 0.2  # percentage points that rounding may cost before training goes on with it in the loop


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", choices=sorted(SHAPES), default="mnist")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--finetune-epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--slope", type=float, default=2.0, help="of the arctangent surrogate gradient")
    parser.add_argument("--grid", type=float, default=0.5, help="thresholds and biases become multiples of this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-export", action="store_true", help="report on the validation part only")
    return parser.parse_args()


def epochs(net: nn.Module, train: Split, n_epochs: int, rate: float, batch: int):
    """Adam with a cosine rate on the cross entropy of output spike counts; yields the loss of each epoch."""
    codes = torch.from_numpy(phase_spikes(np.arange(256)[None], N_TIMESTEPS)[:, 0].astype(np.float32))
    pixels, labels = torch.from_numpy(train.pixels.astype(np.int64)), torch.from_numpy(train.labels.astype(np.int64))
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    n_batches = len(pixels) // batch
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_epochs * n_batches)
    for _ in range(n_epochs):
        net.train()
        total = 0.0
        for chosen in torch.randperm(len(pixels))[: n_batches * batch].view(n_batches, batch):
            counts = net(codes[:, pixels[chosen]]).sum(dim=0)
            loss = nn.functional.cross_entropy(counts, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            net.clip_latents()
            total += loss.item()
        net.eval()
        yield total / n_batches


def percent(layers: list[dict[str, np.ndarray]], split: Split) -> float:
    """Accuracy of baked (or merely folded) layers."""
    return 100 * n_correct(count_spikes(baked_net(layers), split.pixels), split.labels) / len(split.labels)


def train_layers(options: argparse.Namespace, train: Split, validation: Split) -> list[dict[str, np.ndarray]]:
    """Train, fold, round; train on with rounding in the loop if rounding costs too much."""
    net = TrainNet(SHAPES[options.dataset], options.slope)
    for epoch, loss in enumerate(epochs(net, train, options.epochs, options.rate, options.batch), start=1):
        print(f"epoch {epoch}: loss {loss:.4f}, validation {percent(fold(net), validation):.2f} %", flush=True)
    folded = fold(net)
    layers = bake(folded, options.grid)
    exact, rounded = percent(folded, validation), percent(layers, validation)
    print(f"folded {exact:.2f} %, rounded to {options.grid} {rounded:.2f} % (training {percent(layers, train):.2f} %)")
    if exact - rounded <= TOLERATED_LOSS:
        return layers
    grid_net = GridNet(folded, flipped_latents(net, folded), options.grid, options.slope)
    for loss in epochs(grid_net, train, options.finetune_epochs, options.rate / 10, options.batch):
        print(f"rounding in the loop: loss {loss:.4f}, validation {percent(grid_net.layers(), validation):.2f} %")
    return grid_net.layers()


def main() -> None:
    options = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    started = time.monotonic()
    layers = train_layers(options, *load_train(options.dataset))
    print(f"trained in {time.monotonic() - started:.0f} s")
    if options.no_export:
        return
    path = nir_path(options.dataset)
    write_nir(path, baked_net(layers), SHAPES[options.dataset][0], options.dataset)
    truth = record(options.dataset, baked_net(read_layers(path)), load_test(options.dataset), vars(options))
    print(f"{path.relative_to(HERE)}: test {truth['correct']} of {truth['test_images']} correct")


if __name__ == "__main__":
    main()
