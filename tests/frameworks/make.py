"""Makes networks with the real frameworks, exports them, runs them, and writes what went in and came out.

    python make.py OUT        # a folder a case: model.nir, options.json, input.npy, layer0.npy, layer1.npy, ...
"""

import sys
from pathlib import Path

import torch

import branch_nets
import conv_nets
import other_nets
import own_nets
import snntorch_nets


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    out = Path(sys.argv[1])
    for nets in (snntorch_nets, other_nets, own_nets, conv_nets, branch_nets):
        nets.make(out)


main()
