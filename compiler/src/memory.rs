//! The memories of a stage, and how many block RAMs each takes.

use spikeforge_hdl::accelerator::output_style;
use spikeforge_hdl::arch::{Arch, HostOptions, MemoryStyles, Score, StageArch, Style};
use spikeforge_hdl::block::decay_table::decay_bits;
use spikeforge_hdl::block::verdict::COUNT_BITS;
use spikeforge_hdl::window::frame_buffer::place_bits;

use crate::board::{Board, Family};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryKind {
    Spikes,
    Weights,
    State,
    /// The kept currents of an input that repeats, built as the states are.
    Currents,
    Parameters,
    /// Of a window's taps, and of what timesteps scale currents by.
    Tables,
}

impl MemoryKind {
    pub fn style_mut(self, styles: &mut MemoryStyles) -> &mut Style {
        match self {
            MemoryKind::Spikes => &mut styles.spikes,
            MemoryKind::Weights => &mut styles.weights,
            MemoryKind::State | MemoryKind::Currents => &mut styles.state,
            MemoryKind::Parameters => &mut styles.parameters,
            MemoryKind::Tables => &mut styles.tables,
        }
    }
}

/// `words` words of `width` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The layer that says where the memory is built, of those that take turns on the stage.
    pub layer: usize,
    pub kind: MemoryKind,
    pub words: usize,
    pub width: usize,
    pub style: Style,
}

impl Memory {
    pub fn bits(&self) -> usize {
        self.words * self.width
    }

    /// Logic cells in place of a block RAM: a ROM is a LUT for 8 bits or so, a RAM a flip-flop a bit and its mux. A RAM of
    /// lookup tables takes six for 16 words of 4 bits, and the choice among them.
    pub fn logic_cost(&self, host: HostOptions) -> usize {
        if self.style == Style::Distributed {
            let rows = self.words.div_ceil(16);
            return rows * self.width.div_ceil(4) * 6 + (rows - 1) * self.width / 2;
        }
        let is_rom = !host.writes || self.kind == MemoryKind::Tables;
        match self.kind {
            MemoryKind::Weights | MemoryKind::Parameters | MemoryKind::Tables if is_rom => self.bits() / 6,
            _ => self.bits() * 7 / 4,
        }
    }
}

/// The counts of a design that tells the class by how often its outputs fired.
pub fn counts(arch: &Arch) -> Option<Memory> {
    let (Some(Score::Count), Some(last)) = (arch.host.argmax, arch.stages.last()) else { return None };
    let width = usize::try_from(COUNT_BITS).unwrap_or(usize::MAX);
    let style = output_style(last.n_neurons);
    Some(Memory { layer: arch.stages.len() - 1, kind: MemoryKind::State, words: last.n_neurons, width, style })
}

/// The spikes of the last layer on their way out, two banks of bytes.
pub fn outbound(arch: &Arch) -> Option<Memory> {
    let last = arch.stages.last()?;
    let words = 2 * last.n_neurons.div_ceil(8).next_power_of_two();
    Some(Memory { layer: arch.stages.len() - 1, kind: MemoryKind::Spikes, words, width: 8, style: output_style(last.n_neurons) })
}

/// The memories of a stage whose `layers` take turns; one without bits is left out. Each layer has spikes of its own.
pub fn memories(layers: &[StageArch]) -> Vec<Memory> {
    let Some(stage) = layers.first() else { return vec![] };
    let beat = usize::try_from(stage.beat).unwrap_or(usize::MAX);
    let n_neurons: usize = layers.iter().map(|layer| layer.n_neurons).sum();
    let weight_words = layers.iter().map(StageArch::weight_words).sum();
    let state = usize::try_from(stage.neuron.membrane_bits + 1).unwrap_or(usize::MAX);
    let synapse = usize::try_from(stage.neuron.synapse.as_ref().map_or(0, |synapse| synapse.bits)).unwrap_or(usize::MAX);
    let fields = [stage.neuron.threshold, stage.neuron.bias, stage.neuron.beta];
    let parameters: u32 = fields.iter().map(|field| field.stored_bits()).sum();
    let styles = &stage.memories;
    let memory = |kind, words, width, style| Memory { layer: 0, kind, words, width, style };
    let parameters = usize::try_from(parameters).unwrap_or(usize::MAX);
    let n_currents = if stage.keeps_currents { stage.n_neurons } else { 0 };
    let n_parameters: usize = layers.iter().map(StageArch::n_parameters).sum();
    let mut all = vec![memory(MemoryKind::Weights, weight_words, stage.lanes * beat, styles.weights)];
    let of_pipeline = [
        memory(MemoryKind::State, n_neurons / stage.pipelines, state, styles.state),
        memory(MemoryKind::State, n_neurons / stage.pipelines, synapse, styles.state),
        memory(MemoryKind::Currents, n_currents / stage.pipelines, usize::try_from(stage.current_bits()).unwrap_or(usize::MAX), styles.state),
        memory(MemoryKind::Parameters, n_parameters / stage.pipelines, parameters, styles.parameters),
    ];
    (0..stage.pipelines).for_each(|_| all.extend(of_pipeline));
    if let Some(synapse) = &stage.neuron.synapse {
        let width = usize::try_from(decay_bits(stage)).unwrap_or(usize::MAX);
        all.push(memory(MemoryKind::Tables, synapse.decays.len(), width, styles.tables));
    }
    if let Some(scaling) = &stage.neuron.scaling {
        let width = usize::try_from(scaling.scale_bits + scaling.bias_bits).unwrap_or(usize::MAX);
        all.push(memory(MemoryKind::Tables, scaling.lines.len(), width, styles.tables));
    }
    let own = if stage.recurrent { (stage.beats() - stage.input_beats()).next_power_of_two() } else { 0 };
    all.push(memory(MemoryKind::Spikes, own, beat, styles.spikes));
    match &stage.window {
        None => all.extend(layers.iter().enumerate().map(|(index, layer)| spikes(index, layer))),
        Some(window) => {
            let half = memory(MemoryKind::Spikes, 2 << place_bits(stage.beats()), beat, styles.spikes);
            all.extend([half, half]);
            let sizes = window.table_sizes(stage.n_inputs, stage.beat);
            all.extend(sizes.map(|(words, width)| memory(MemoryKind::Tables, words, width, styles.tables)));
        }
    }
    all.into_iter().filter(|memory| memory.bits() > 0).collect()
}

/// All banks; a buffer that skips keeps each word's index beside it.
fn spikes(index: usize, layer: &StageArch) -> Memory {
    let beat = usize::try_from(layer.beat).unwrap_or(usize::MAX);
    let index_bits = bits(layer.beats().saturating_sub(1));
    let width = if layer.skip_zero_beats { beat + index_bits } else { beat };
    Memory { layer: index, kind: MemoryKind::Spikes, words: layer.banks << index_bits, width, style: layer.memories.spikes }
}

fn bits(max: usize) -> usize {
    usize::try_from((usize::BITS - max.leading_zeros()).max(1)).unwrap_or(64)
}

/// Blocks of 16384 x 16 bits of the iCE40 UltraPlus's single-port RAM that hold `memory`.
pub fn sprams(memory: &Memory) -> u32 {
    u32::try_from(memory.words.div_ceil(16384) * memory.width.div_ceil(16)).unwrap_or(u32::MAX)
}

/// Block RAMs of the board's family that hold `memory`, in the shape that takes fewest.
pub fn block_rams(memory: &Memory, board: &Board) -> u32 {
    let shapes: &[(usize, usize)] = match board.family {
        Family::Ice40 => &[(256, 16), (512, 8), (1024, 4), (2048, 2)],
        Family::Ecp5 | Family::Gowin => &[(512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1)],
    };
    let of_shape = |&(depth, width): &(usize, usize)| memory.words.div_ceil(depth) * memory.width.div_ceil(width);
    u32::try_from(shapes.iter().map(of_shape).min().unwrap_or(0)).unwrap_or(u32::MAX)
}
