"""Writes a trained spiking net as a NIR file that says everything: nothing has to be told to spikeforge beside it.

    from spikeforge_export import bake, write
    write("net.nir", bake(net, grid=0.25), input_shape=(1, 28, 28), n_timesteps=4)

`bake` takes a torch.nn.Sequential of Linear, Conv2d, BatchNorm, AvgPool2d, MaxPool2d, Flatten and spiking neurons (snntorch.Leaky, RLeaky,
or anything with `beta`, `threshold`, `reset_mechanism` and `reset_delay`) and folds it into layers of sign weights, a
bias and a threshold for each output, by

    norm(c) = scale c + shift,  fires where the membrane passes threshold:   divide all by |scale|, flip where scale < 0

which changes no spike. `grid` then rounds biases and thresholds, the only loss; compare the accuracy. `write` takes
layers that were baked, or made by hand. Needs numpy and nir (which brings h5py), and torch for `bake` alone.
"""

from dataclasses import dataclass, field, replace

import nir
import numpy as np

DT = 1e-4


@dataclass(frozen=True)
class Layer:
    """A crossbar or convolution of weights and the neurons behind it.

    weight: (outputs, inputs) or (channels, input channels, height, width), -1 or +1 times one scale an output.
    bias, threshold: (outputs,). beta: the share of the membrane kept at each timestep, one for all or (outputs,).
    reset: "subtract", "zero" or "none"; reset_delay: one timestep late, as snnTorch has it; fires: "above" or "at", or
    "never" for a last layer that is read out by its membranes.
    stride, padding: of a convolution. pool: the size of a pool of the spikes that enter, 1 without; pool_kind: "average" or
    "max", which is 1 where a spike of the window is. recurrent: (outputs, outputs), what the layer's own spikes of the timestep
    before add, or None.
    """

    weight: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray
    beta: np.ndarray | float = 0.5
    reset: str = "subtract"
    reset_delay: bool = True
    fires: str = "above"
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    pool: int = 1
    pool_kind: str = "average"
    recurrent: np.ndarray | None = None
    told: dict = field(default_factory=dict)


class MaxPool2d(nir.AvgPool2d):
    """A node of the same parameters whose type NIR lacks: spikeforge reads it, nir itself does not."""


def fold_norm(norm) -> tuple[np.ndarray, np.ndarray]:
    """(scale, shift) of a trained torch batch norm, (outputs,) each, in float64: norm(c) = scale c + shift."""
    array = lambda tensor: tensor.detach().double().cpu().numpy()
    variance, mean = array(norm.running_var), array(norm.running_mean)
    scale = (array(norm.weight) if norm.affine else 1.0) / np.sqrt(variance + norm.eps)
    shift = (array(norm.bias) if norm.affine else 0.0) - scale * mean
    # An output that the norm silences stays silent; dividing by its scale would not say so.
    return np.where(scale == 0, 1e-9, scale), shift


def binarize(weight: np.ndarray) -> np.ndarray:
    """The signs of latent weights, 0 counting as +1, as float64."""
    return np.where(weight >= 0, 1.0, -1.0)


def divide(layer: Layer, scale: np.ndarray, shift: np.ndarray) -> Layer:
    """The layer that fires as one with `scale (weight x + bias) + shift` in front of its neurons does."""
    sign = np.sign(scale).reshape(-1, *[1] * (layer.weight.ndim - 1))
    size = np.abs(scale)
    return replace(
        layer,
        weight=layer.weight * sign,
        bias=layer.bias * np.sign(scale) + shift / size,
        threshold=layer.threshold / size,
    )


def round_to_grid(values: np.ndarray, grid: float) -> np.ndarray:
    """The nearest multiples of grid, half up."""
    return np.floor(values / grid + 0.5) * grid


def on_grid(layer: Layer, grid: float) -> Layer:
    """Biases and thresholds as multiples of grid, thresholds of one at least: a neuron is silent at rest."""
    threshold = np.maximum(round_to_grid(layer.threshold, grid), grid)
    return replace(layer, bias=round_to_grid(layer.bias, grid), threshold=threshold)


def bake(net, grid: float | None = None) -> list[Layer]:
    """Layers of a trained torch.nn.Sequential; latent weights become their signs. See the head of this file."""
    layers, pending, pool = [], None, {}
    for module in net:
        kind = type(module).__name__
        if kind in ("Linear", "Conv2d"):
            pending, pool = replace(_weights(module), **pool), {}
        elif kind in ("BatchNorm1d", "BatchNorm2d") and pending is not None:
            pending = _normed(pending, module)
        elif hasattr(module, "beta") and hasattr(module, "threshold") and pending is not None:
            layers.append(_neurons(pending, module, grid))
            pending = None
        elif kind in ("AvgPool2d", "MaxPool2d") and pending is None and not pool:
            pool = {"pool": _pool(module), "pool_kind": "max" if kind == "MaxPool2d" else "average"}
        elif kind not in ("Flatten", "Dropout", "Identity"):
            raise TypeError(f"{kind} does not fit after what precedes it; Linear or Conv2d, [BatchNorm], neuron is a layer")
    if pending is not None or pool:
        raise TypeError("the last weights or pool have no neurons behind them; end in a spiking neuron")
    return layers


def _weights(module) -> Layer:
    weight = module.weight.detach().double().cpu().numpy()
    bias = np.zeros(len(weight)) if module.bias is None else module.bias.detach().double().cpu().numpy()
    layer = Layer(binarize(weight), bias, np.ones(len(weight)))
    if weight.ndim == 2:
        return layer
    if module.groups != 1 or any(size != 1 for size in module.dilation) or isinstance(module.padding, str):
        raise ValueError("write a convolution with groups, dilation or padding by name with nir itself")
    return replace(layer, stride=tuple(module.stride), padding=tuple(module.padding))


def _normed(layer: Layer, norm) -> Layer:
    """The threshold is not known yet, but is divided all the same: it is 1 until the neurons multiply it."""
    return divide(layer, *fold_norm(norm))


def _neurons(layer: Layer, module, grid: float | None) -> Layer:
    number = lambda value: np.asarray(value.detach().cpu() if hasattr(value, "detach") else value, np.float64)
    told = {"framework": type(module).__module__.split(".")[0]}
    reset, late = getattr(module, "reset_mechanism", "subtract"), bool(getattr(module, "reset_delay", True))
    if hasattr(module, "alpha"):
        raise TypeError(f"{type(module).__name__} has a synaptic current; write it with the framework's own exporter")
    if hasattr(module, "recurrent"):
        layer = _recurrent(layer, module.recurrent)
    whole = replace(layer, threshold=layer.threshold * number(module.threshold), beta=number(module.beta),
                    reset=reset, reset_delay=late, told=told)
    return whole if grid is None else on_grid(whole, grid)


def _recurrent(layer: Layer, back) -> Layer:
    """What comes back behind a norm is divided as the threshold is, but not flipped. back: a Linear, or V, a weight for each neuron."""
    if hasattr(back, "V"):
        weight, bias = np.diag(np.broadcast_to(back.V.detach().double().cpu().numpy(), layer.bias.shape)), 0.0
    elif type(back).__name__ == "Linear":
        own = _weights(back)
        weight, bias = own.weight, own.bias
    else:
        raise TypeError(f"a recurrent {type(back).__name__} is not supported; use a recurrent Linear, or one weight for each neuron")
    return replace(layer, recurrent=weight * layer.threshold[:, None], bias=layer.bias + bias * layer.threshold)


def _pool(module) -> int:
    size = module.kernel_size if isinstance(module.kernel_size, int) else module.kernel_size[0]
    if module.stride not in (size, (size, size)) or module.padding not in (0, (0, 0)):
        raise ValueError("a pool whose windows touch without overlap or padding is expected")
    return size


def write(path, layers: list[Layer], input_shape: tuple[int, ...], **metadata) -> None:
    """Writes the file. metadata: scalars that go beside the graph, such as n_timesteps and coding.

    A net that was fed numbers, not spikes, says input_bits=8, input_scale=1/255: of how many bits its inputs are (unsigned),
    and what an input of 1 was worth.
    """
    nodes, shape = {"input": nir.Input(np.array(input_shape))}, tuple(input_shape)
    for index, layer in enumerate(layers, start=1):
        if layer.pool != 1:
            each = np.array([layer.pool] * 2)
            kind = MaxPool2d if layer.pool_kind == "max" else nir.AvgPool2d
            nodes[f"pool{index}"] = kind(kernel_size=each, stride=each, padding=np.array([0, 0]))
            shape = (shape[0], *(size // layer.pool for size in shape[1:]))
        if layer.weight.ndim == 2 and len(shape) > 1:
            nodes[f"flatten{index}"] = nir.Flatten({"input": np.array(shape)}, 0, -1)
            shape = (int(np.prod(shape)),)
        node, shape = _weight_node(layer, shape)
        nodes[f"{'conv' if layer.weight.ndim == 4 else 'fc'}{index}"] = node
        nodes[f"lif{index}"] = _neuron_node(layer, shape)
    nodes["output"] = nir.Output(np.array(shape))
    names, around = list(nodes), []
    for index, layer in enumerate(layers, start=1):
        if layer.recurrent is not None:
            nodes[f"recurrent{index}"] = nir.Linear(layer.recurrent.astype(np.float32))
            around += [(f"lif{index}", f"recurrent{index}"), (f"recurrent{index}", f"lif{index}")]
    graph = nir.NIRGraph(nodes, [*zip(names, names[1:]), *around], type_check=False)
    graph.metadata = {"exporter": "spikeforge_export", "dt": DT, **metadata}
    nir.write(path, graph)


def _weight_node(layer: Layer, shape: tuple[int, ...]):
    """The node and the shape of what it gives."""
    weight, bias = layer.weight.astype(np.float32), layer.bias.astype(np.float32)
    if weight.ndim == 2:
        return nir.Affine(weight, bias), (len(weight),)
    sizes = zip(shape[1:], weight.shape[2:], layer.padding, layer.stride)
    out = tuple((size + 2 * padding - kernel) // stride + 1 for size, kernel, padding, stride in sizes)
    return nir.Conv2d(shape[1:], weight, layer.stride, layer.padding, (1, 1), 1, bias), (len(weight), *out)


def _neuron_node(layer: Layer, shape: tuple[int, ...]) -> nir.LIF | nir.LI:
    """tau = dt / (1 - beta) and r = tau / dt, so that weights are not scaled; both infinite where nothing leaks."""
    each = lambda value: np.broadcast_to(
        np.asarray(value, np.float64).reshape(-1, *[1] * (len(shape) - 1)), shape
    ).astype(np.float32)
    beta = np.asarray(layer.beta, np.float64)
    with np.errstate(divide="ignore"):
        tau = DT / (1 - beta)
    if layer.fires == "never":
        node = nir.LI(tau=each(tau), r=each(tau / DT), v_leak=each(0))
        node.metadata = {"dt": DT, **layer.told}
        return node
    node = nir.LIF(tau=each(tau), r=each(tau / DT), v_leak=each(0), v_threshold=each(layer.threshold), v_reset=each(0))
    node.metadata = {"reset": layer.reset, "reset_delay": layer.reset_delay, "fires": layer.fires, "dt": DT, **layer.told}
    if np.all(beta == beta.flat[0]):
        node.metadata["beta"] = float(beta.flat[0])
    return node
