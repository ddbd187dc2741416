//! What the memories that a host writes shall hold, in the order of their addresses.

use crate::arch::Arch;
use crate::block::parameter_memory::{words_of, Layout};
use crate::emit::Image;
use crate::protocol::{RegionMap, WEIGHTS};

/// A region and all that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    pub map: RegionMap,
    /// The piece of address 0 first, zeros where a row has none.
    pub pieces: Vec<u64>,
}

/// The contents of every region of `arch`; `images[i]` belongs to `arch.stages[i]`.
pub fn contents(arch: &Arch, images: &[Image]) -> Vec<Contents> {
    arch.regions().into_iter().map(|map| of_region(arch, images, map)).collect()
}

fn of_region(arch: &Arch, images: &[Image], map: RegionMap) -> Contents {
    let layer = usize::from(map.layer);
    let pieces = match (images.get(layer), arch.stages.get(layer)) {
        (Some(image), Some(stage)) if map.region == WEIGHTS => {
            image.weights.iter().flat_map(|row| map.pieces(row, stage.beat)).collect()
        }
        (Some(image), Some(stage)) => {
            let layout = Layout::new(&stage.neuron);
            image.parameters.iter().flat_map(|neuron| map.pieces(&words_of(layout.pack(neuron)), 64)).collect()
        }
        _ => vec![],
    };
    Contents { map, pieces }
}
