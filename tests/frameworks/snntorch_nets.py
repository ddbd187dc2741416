"""snnTorch: every reset mode and delay, per-neuron parameters, a trained net, an unround decay."""

from pathlib import Path

import numpy as np
import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir

from record import Recorder, grid, linear, save, signs, spikes, values

T, BATCH = 16, 6


def run(net: torch.nn.Sequential, inputs: np.ndarray, scale=1.0):
    """The exported graph, and every neuron module's spikes. scale: what an input of 1 is worth."""
    neurons = [module for module in net if isinstance(module, (snn.Leaky, snn.RLeaky, snn.Synaptic))]
    recorder = Recorder(neurons)
    with torch.no_grad():
        graph = export_to_nir(net, torch.zeros(1, *inputs.shape[2:]), ignore_dims=[0])
        recorder.clear()
        for neuron in neurons:
            neuron.reset_mem()
        for step in torch.from_numpy(inputs):
            net(step * scale)
    return graph, recorder.layers()


def leaky(n: int, seed: int, beta=0.5, low=2.0, high=6.0, **reset) -> snn.Leaky:
    return snn.Leaky(beta=torch.full((n,), beta), threshold=grid(low, high, n, seed), init_hidden=True, **reset)


def resets(out: Path) -> None:
    """Three resets, each at once and late. What the file does not say, the options have to."""
    for index, mechanism in enumerate(("subtract", "zero", "none")):
        for late in (True, False):
            seed = 10 * index + late
            # At once, a membrane above twice its threshold would not be snnTorch's documented neuron any more.
            first, second = ((2.0, 6.0), (2.0, 6.0)) if late else ((7.0, 9.0), (3.0, 5.0))
            reset = {"reset_mechanism": mechanism, "reset_delay": late}
            net = torch.nn.Sequential(
                linear(40, 24, seed),
                leaky(24, seed + 2, 0.5, *first, **reset),
                linear(24, 12, seed + 3),
                leaky(12, seed + 5, 0.5, *second, **reset),
            )
            graph, layers = run(net, inputs := spikes(0.3, T, BATCH, 40, seed=seed))
            options = {"reset": mechanism, "reset_delay": late, "fires": "above"}
            save(out / f"snntorch_{mechanism}_{'late' if late else 'now'}", graph, inputs, layers, **options)


def defaults(out: Path) -> None:
    """No option at all: snnTorch is known by its resistance, and its defaults are taken."""
    net = torch.nn.Sequential(linear(40, 24, 70), leaky(24, 71), linear(24, 12, 72), leaky(12, 73))
    graph, layers = run(net, inputs := spikes(0.3, T, BATCH, 40, seed=70))
    save(out / "snntorch_defaults", graph, inputs, layers)


def per_neuron(out: Path) -> None:
    """A decay, a threshold and a weight scale for each neuron; one of the decays is 1, which gives tau = r = inf."""
    beta = torch.tensor([0.25, 0.5, 0.75, 1.0]).repeat(6)
    scale = torch.tensor([0.5, 1.0, 2.0]).repeat(8).view(24, 1)
    first = snn.Leaky(beta=beta, threshold=grid(2, 6, 24, 82) * scale.flatten(), init_hidden=True)
    net = torch.nn.Sequential(linear(40, 24, 80, scale), first, linear(24, 12, 83), leaky(12, 84, beta=0.75))
    graph, layers = run(net, inputs := spikes(0.3, 12, BATCH, 40, seed=80))
    save(out / "snntorch_per_neuron", graph, inputs, layers)


def unround(out: Path) -> None:
    """A decay of 0.9 and a scale of 0.1: nothing is exact any more, and the most bits are asked for.

    The thresholds lie between the sums: on one, such as 5 times 0.1 at 0.5, float32 decides by its rounding.
    """
    neurons = [leaky(n, 91, 0.9, 0.25, 1.0) for n in (24, 12)]
    for neuron in neurons:
        neuron.threshold += 0.0137
    net = torch.nn.Sequential(linear(40, 24, 90, 0.1), neurons[0], linear(24, 12, 92, 0.1), neurons[1])
    graph, layers = run(net, inputs := spikes(0.3, T, BATCH, 40, seed=90))
    save(out / "snntorch_unround", graph, inputs, layers, fraction_bits=20, beta_bits=16)


def real_valued(out: Path) -> None:
    """Bytes fed at every timestep, another each time, as numbers below 1; all sums are exact."""
    net = torch.nn.Sequential(linear(40, 24, 110), leaky(24, 111, 0.5, 1.0, 4.0), linear(24, 12, 112), leaky(12, 113))
    graph, layers = run(net, inputs := values(255, 10, BATCH, 40, seed=110), 1 / 256)
    save(out / "snntorch_values", graph, inputs, layers, input_bits=8, input_scale=1 / 256, fraction_bits=20)


def recurrent(out: Path) -> None:
    """A layer that hears its own spikes, of the timestep before."""
    neurons = snn.RLeaky(beta=torch.full((24,), 0.5), threshold=grid(2, 6, 24, 121), linear_features=24, init_hidden=True)
    neurons.recurrent.weight.data, neurons.recurrent.bias.data = signs(24, 24, seed=122), grid(-0.5, 0.5, 24, 123)
    net = torch.nn.Sequential(linear(40, 24, 120), neurons, linear(24, 12, 124), leaky(12, 125))
    graph, layers = run(net, inputs := spikes(0.3, T, BATCH, 40, seed=120))
    save(out / "snntorch_recurrent", graph, inputs, layers)


def synaptic(out: Path) -> None:
    """Drives that pass through currents which decay by themselves: a CubaLIF. All sums are exact."""

    def neurons(n: int, seed: int, alpha: list[float], beta: float, **reset) -> snn.Synaptic:
        each = {"alpha": torch.tensor(alpha).repeat(n)[:n], "beta": torch.full((n,), beta)}
        return snn.Synaptic(**each, threshold=grid(4, 9, n, seed), init_hidden=True, **reset)

    late, none = {}, {"reset_mechanism": "none"}
    for name, first, second, reset in (("late", [0.5], [0.75], late), ("none", [0.5], [0.75], none), ("each", [0.5, 0.75, 0.25], [0.75, 0.5], late)):
        net = torch.nn.Sequential(
            linear(40, 24, 140), neurons(24, 141, first, 0.75, **reset), linear(24, 12, 142), neurons(12, 143, second, 0.5, **reset)
        )
        graph, layers = run(net, inputs := spikes(0.3, 8, BATCH, 40, seed=140))
        options = {"fraction_bits": 20, "fires": "above", **({"reset": "none"} if reset else {})}
        save(out / f"snntorch_synaptic_{name}", graph, inputs, layers, **options)


def deep(out: Path) -> None:
    """Five layers."""
    sizes = (30, 28, 26, 24, 22, 10)
    modules = []
    for index, (n_inputs, n) in enumerate(zip(sizes, sizes[1:])):
        modules += [linear(n_inputs, n, 200 + 3 * index), leaky(n, 201 + 3 * index, low=1.0, high=4.0)]
    graph, layers = run(torch.nn.Sequential(*modules), inputs := spikes(0.4, T, BATCH, 30, seed=200))
    save(out / "snntorch_deep", graph, inputs, layers)


def trained(out: Path) -> None:
    """Sign weights learn to tell four random patterns, noisy, by surrogate gradients; then they are exported."""
    torch.manual_seed(3)
    patterns = torch.rand(4, 40) < 0.4
    latents = [torch.empty(24, 40).uniform_(-0.1, 0.1), torch.empty(4, 24).uniform_(-0.1, 0.1)]
    for latent in latents:
        latent.requires_grad_()
    neurons = [snn.Leaky(beta=0.5, threshold=4.0), snn.Leaky(beta=0.5, threshold=4.0)]
    optimizer = torch.optim.Adam(latents, lr=0.01)
    for _ in range(60):
        labels = torch.randint(0, 4, (32,))
        shown = (patterns[labels] ^ (torch.rand(32, 40) < 0.1)).float()
        membranes, counts = [neuron.reset_mem() for neuron in neurons], 0
        for _ in range(8):
            spike = shown * (torch.rand(32, 40) < 0.7)
            for index, (latent, neuron) in enumerate(zip(latents, neurons)):
                weight = torch.sign(latent).detach() + latent - latent.detach()
                spike, membranes[index] = neuron(spike @ weight.t(), membranes[index])
            counts = counts + spike
        loss = torch.nn.functional.cross_entropy(counts, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1.0, "it did not learn"
    modules = []
    for latent in latents:
        layer = torch.nn.Linear(latent.shape[1], latent.shape[0], bias=False)
        layer.weight.data = torch.sign(latent.detach())
        n = len(latent)
        modules += [layer, snn.Leaky(beta=torch.full((n,), 0.5), threshold=torch.full((n,), 4.0), init_hidden=True)]
    labels = torch.arange(BATCH) % 4
    inputs = (patterns[labels].float() * (torch.rand(T, BATCH, 40) < 0.7)).numpy()
    graph, layers = run(torch.nn.Sequential(*modules), inputs)
    save(out / "snntorch_trained", graph, inputs, layers)


def make(out: Path) -> None:
    for case in (resets, defaults, per_neuron, unround, real_valued, recurrent, synaptic, deep, trained):
        case(out)
