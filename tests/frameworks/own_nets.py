"""Our own exporter: the file alone says how the neurons of an snnTorch net work, so no option is given."""

import sys
from pathlib import Path

import numpy as np
import snntorch as snn
import torch

from record import Recorder, grid, save, spikes, values

sys.path.append(str(Path(__file__).resolve().parents[2] / "python"))
import spikeforge_export  # noqa: E402

T, BATCH = 16, 6


def normed(n_inputs: int, n: int, seed: int, **neuron) -> list[torch.nn.Module]:
    """Latent weights' signs, a batch norm whose scale is a power of two of either sign, neurons."""
    torch.manual_seed(seed)
    linear = torch.nn.Linear(n_inputs, n, bias=False)
    norm = torch.nn.BatchNorm1d(n, eps=0.0)
    norm.weight.data = torch.tensor([0.5, -0.25, 0.25]).repeat(n // 3)
    norm.bias.data = grid(-0.25, 0.5, n, seed)
    norm.running_mean, norm.running_var = grid(-1, 1, n, seed + 1), torch.ones(n)
    return [linear, norm, snn.Leaky(beta=0.5, init_hidden=True, **neuron)]


def signs_in_place(net: torch.nn.Sequential) -> None:
    """What bake takes latent weights for, so that the net itself fires as its file says."""
    for module in [*net, *(module.recurrent for module in net if isinstance(module, snn.RLeaky))]:
        if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)):
            module.weight.data = torch.where(module.weight >= 0, 1.0, -1.0)


def case(out: Path, name: str, seed: int, **neuron) -> None:
    net = torch.nn.Sequential(*normed(40, 24, seed, **neuron), *normed(24, 12, seed + 5, **neuron)).eval()
    layers = spikeforge_export.bake(net)
    signs_in_place(net)
    recorder = Recorder([net[2], net[5]])
    inputs = spikes(0.3, T, BATCH, 40, seed=seed)
    with torch.no_grad():
        for step in torch.from_numpy(inputs):
            net(step)
    folder = out / f"own_{name}"
    save(folder, None, inputs, recorder.layers())
    spikeforge_export.write(folder / "model.nir", layers, (40,), n_timesteps=T)


def values_and_readout(out: Path) -> None:
    """Values of four bits enter, and membranes answer: neither is told but by the file."""
    net = torch.nn.Sequential(*normed(40, 24, 680)).eval()
    hidden = spikeforge_export.bake(net)[0]
    signs_in_place(net)
    weight = np.sign(np.random.default_rng(681).standard_normal((12, 24))) * 0.5
    readout = spikeforge_export.Layer(weight, np.zeros(12), np.ones(12), beta=0.75, fires="never")
    recorder, membranes, inputs = Recorder([net[2]]), [np.zeros((BATCH, 12))], values(15, T, BATCH, 40, seed=680)
    with torch.no_grad():
        for step in torch.from_numpy(inputs / np.float32(16)):
            membranes.append(0.75 * membranes[-1] + net(step).numpy() @ weight.T)
    folder = out / "own_values_and_readout"
    save(folder, None, inputs, recorder.layers(), np.stack(membranes[1:]), fraction_bits=20)
    spikeforge_export.write(folder / "model.nir", [hidden, readout], (40,), input_bits=4, input_scale=1 / 16)


def max_pool(out: Path) -> None:
    """A max pool of spikes, which NIR has no type for, between convolutions whose channels fill no word."""
    torch.manual_seed(690)
    leaky = lambda threshold: snn.Leaky(beta=0.5, threshold=threshold, init_hidden=True)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(2, 5, 3, padding=1), leaky(2.0), torch.nn.MaxPool2d(3),
        torch.nn.Conv2d(5, 6, 2), leaky(2.0), torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(6, 9), leaky(1.0),
    ).eval()  # fmt: skip
    for index in (0, 3, 7):
        net[index].bias.data = grid(0, 1.0, len(net[index].bias), 690 + index)
    layers = spikeforge_export.bake(net)
    signs_in_place(net)
    recorder, inputs = Recorder([net[index] for index in (1, 2, 4, 5, 8)]), spikes(0.3, T, BATCH, 2, 9, 9, seed=690)
    with torch.no_grad():
        for step in torch.from_numpy(inputs):
            net(step)
    folder = out / "own_max_pool"
    save(folder, None, inputs, recorder.layers())
    spikeforge_export.write(folder / "model.nir", layers, (2, 9, 9), n_timesteps=T)


def recurrent(out: Path) -> None:
    """A layer behind a batch norm that hears all of its spikes, and one each of whose neurons hears its own, by one weight for all."""
    torch.manual_seed(670)
    first = snn.RLeaky(beta=0.5, threshold=1.5, linear_features=24, init_hidden=True)
    first.recurrent.bias.data = grid(-0.5, 0.5, 24, 671)
    second = snn.RLeaky(beta=0.5, threshold=1.0, V=-2.0, all_to_all=False, init_hidden=True)
    net = torch.nn.Sequential(*normed(40, 24, 672)[:2], first, torch.nn.Linear(24, 12), second).eval()
    net[3].bias.data = grid(0, 1.0, 12, 673)
    layers = spikeforge_export.bake(net)
    signs_in_place(net)
    recorder, inputs = Recorder([first, second]), spikes(0.3, T, BATCH, 40, seed=670)
    with torch.no_grad():
        for step in torch.from_numpy(inputs):
            net(step)
    folder = out / "own_recurrent"
    save(folder, None, inputs, recorder.layers())
    spikeforge_export.write(folder / "model.nir", layers, (40,), n_timesteps=T)


def make(out: Path) -> None:
    case(out, "subtract_late", 600)
    case(out, "zero_late", 620, reset_mechanism="zero")
    case(out, "zero_now", 640, reset_mechanism="zero", reset_delay=False)
    case(out, "none", 660, reset_mechanism="none")
    values_and_readout(out)
    max_pool(out)
    recurrent(out)
