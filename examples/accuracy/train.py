"""Train one of the networks of nets.py; stops and goes on at any epoch.

    python train.py mnist_conv
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from datasets import Split, load
from layers import Net
from nets import RECIPES, Recipe

CACHE = Path(__file__).resolve().parent / "cache"


def phase_codes(n_timesteps: int) -> torch.Tensor:
    """(timesteps, 256): whether a byte spikes at a timestep; sim's `rate`, n = round(T p / 255) spikes, evenly spaced."""
    count = (2 * n_timesteps * np.arange(256) + 255) // 510
    phase = np.arange(n_timesteps + 1).reshape(-1, 1) * count // n_timesteps
    return torch.from_numpy((np.diff(phase, axis=0) > 0).astype(np.float32))


def encoded(recipe: Recipe, pixels: torch.Tensor) -> torch.Tensor:
    """Images (n, ...) of bytes as the net takes them: spikes (timesteps, n, ...), or values (1, n, ...) that stand for each timestep."""
    if recipe.value_bits > 1:
        return (pixels >> (8 - recipe.value_bits)).float().unsqueeze(0)
    return phase_codes(recipe.n_timesteps)[:, pixels]


def shifted_and_turned(pixels: torch.Tensor) -> torch.Tensor:
    """Images (n, 1, height, width) of bytes, each turned by up to 12 degrees, scaled by up to 10 % and shifted by up to 2 pixels."""
    n, size = len(pixels), pixels.shape[-1]
    angle = (torch.rand(n) * 2 - 1) * (12 / 180 * np.pi)
    scale = 1 + (torch.rand(n) * 2 - 1) * 0.1
    shift = (torch.rand(n, 2, 1) * 2 - 1) * (4 / size)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(n, 2, 2) * scale.view(n, 1, 1)
    grid = nn.functional.affine_grid(torch.cat([turn, shift], 2), list(pixels.shape), align_corners=False)
    moved = nn.functional.grid_sample(pixels.float(), grid, align_corners=False)
    return moved.round().clamp(0, 255).long()


def epoch(net: Net, recipe: Recipe, train: Split, optimizer, schedule) -> float:
    """One pass over the training part; returns the mean loss, the cross entropy of output spike counts."""
    pixels, labels = torch.from_numpy(train.pixels.astype(np.int64)), torch.from_numpy(train.labels)
    net.train()
    n_batches, total = len(pixels) // recipe.batch, 0.0
    for chosen in torch.randperm(len(pixels))[: n_batches * recipe.batch].view(n_batches, -1):
        shown = encoded(recipe, shifted_and_turned(pixels[chosen]) if recipe.augment else pixels[chosen])
        loss = nn.functional.cross_entropy(net(shown).sum(dim=0), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        net.clip_latents()
        total += loss.item()
    return total / n_batches


@torch.no_grad()
def accuracy(net: Net, recipe: Recipe, split: Split) -> float:
    """The percentage of samples whose most frequent output (the first of equals) is their label."""
    right = 0
    net.eval()
    for start in range(0, len(split.labels), 500):
        part = split.take(slice(start, start + 500))
        counts = net(encoded(recipe, torch.from_numpy(part.pixels.astype(np.int64)))).sum(dim=0)
        right += int((counts.argmax(dim=1).numpy() == part.labels).sum())
    return 100 * right / len(split.labels)


def train(name: str, recipe: Recipe) -> Net:
    """Trains to the recipe's last epoch, from the last one that stands in cache/."""
    training, validation, _ = load(recipe.dataset, recipe.shape)
    torch.manual_seed(recipe.seed)
    net = recipe.build()
    optimizer = torch.optim.Adam(net.parameters(), lr=recipe.rate)
    n_batches = len(training.labels) // recipe.batch
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: recipe.factor(step / n_batches))
    CACHE.mkdir(exist_ok=True)
    path, first = CACHE / f"{name}.pt", 0
    if path.exists():
        kept = torch.load(path)
        first = kept["epoch"]
        for part, state in zip((net, optimizer, schedule), kept["states"]):
            part.load_state_dict(state)
    for number in range(first + 1, recipe.epochs + 1):
        torch.manual_seed(1000 * recipe.seed + number)
        started = time.process_time()
        loss = epoch(net, recipe, training, optimizer, schedule)
        percent = accuracy(net, recipe, validation)
        seconds = time.process_time() - started
        print(f"{name} epoch {number}: loss {loss:.4f}, validation {percent:.2f} %, {seconds:.0f} s of CPU", flush=True)
        torch.save({"epoch": number, "states": [part.state_dict() for part in (net, optimizer, schedule)]}, path)
    return net


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("net", choices=sorted(RECIPES))
    name = parser.parse_args().net
    torch.set_num_threads(1)
    train(name, RECIPES[name])


if __name__ == "__main__":
    main()
