"""What a case is: a file that a framework's exporter wrote, spikes that went in, and the spikes of every layer."""

import json
from pathlib import Path

import nir
import numpy as np
import torch


class Recorder:
    """Keeps what each of the given modules gives at each call. take: the spikes among what it gives."""

    def __init__(self, modules, take=lambda output: output[0] if isinstance(output, tuple) else output):
        self.outputs = [[] for _ in modules]
        for index, module in enumerate(modules):
            keep = lambda _module, _inputs, output, index=index: self.outputs[index].append(take(output).detach())
            module.register_forward_hook(keep)

    def clear(self) -> None:
        """Forgets what was kept, such as the exporter's sample."""
        for output in self.outputs:
            output.clear()

    def layers(self, time_axis: int | None = None) -> list[np.ndarray]:
        """(timesteps, batch, ...) of each module; time_axis is where one call has its timesteps, if it has them."""
        if time_axis is None:
            joined = [torch.stack(outputs) for outputs in self.outputs]
        else:
            joined = [outputs[-1].movedim(time_axis, 0) for outputs in self.outputs]
        return [layer.flatten(2).numpy() for layer in joined]


def save(folder: Path, graph, inputs: np.ndarray, layers: list[np.ndarray], membranes=None, **options) -> None:
    """inputs: (timesteps, batch, ...) of 0 and 1, or of bytes. membranes: (timesteps, batch, ...) of a readout behind the layers, if
    there is one. options: those of the command line that the user has to give."""
    for layer in layers:
        assert set(np.unique(layer)) <= {0.0, 1.0}, "a layer gives something else than spikes"
        assert 0.01 < layer.mean() < 0.9, f"{folder.name}: a layer fires {layer.mean():.3f} a timestep: nothing to see"
    folder.mkdir(parents=True)
    if graph is not None:
        nir.write(folder / "model.nir", graph)
    np.save(folder / "input.npy", inputs.reshape(*inputs.shape[:2], -1).astype(np.uint8))
    for index, layer in enumerate(layers):
        np.save(folder / f"layer{index}.npy", layer.astype(np.uint8))
    if membranes is not None:
        np.save(folder / "membranes.npy", membranes.astype(np.float64))
    (folder / "options.json").write_text(json.dumps(options))


def spikes(rate: float, *shape: int, seed: int) -> np.ndarray:
    """0 and 1, of shape (timesteps, batch, ...)."""
    return (np.random.default_rng(seed).random(shape) < rate).astype(np.float32)


def values(most: int, *shape: int, seed: int) -> np.ndarray:
    """0 to most, of shape (timesteps, batch, ...)."""
    return np.random.default_rng(seed).integers(0, most + 1, shape).astype(np.float32)


def signs(*shape: int, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).choice([-1.0, 1.0], shape).astype(np.float32))


def grid(low: float, high: float, n: int, seed: int) -> torch.Tensor:
    """Multiples of 1/4, which no sum of a test rounds."""
    return torch.from_numpy(np.random.default_rng(seed).integers(4 * low, 4 * high + 1, n).astype(np.float32) / 4)


def linear(n_inputs: int, n_outputs: int, seed: int, scale=1.0) -> torch.nn.Linear:
    """Weights of -1 and +1 times a scale, biases that keep the neurons busy."""
    layer = torch.nn.Linear(n_inputs, n_outputs)
    layer.weight.data = signs(n_outputs, n_inputs, seed=seed) * scale
    layer.bias.data = grid(-0.5, 1.5, n_outputs, seed + 1) * (scale if isinstance(scale, float) else scale.flatten())
    return layer
