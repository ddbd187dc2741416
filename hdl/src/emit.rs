//! From an `Arch` and its image to Verilog and memory files, as text.

use crate::accelerator::Accelerator;
use crate::arch::{Arch, StageArch, Style};
use crate::block::parameter_memory::{Layout, Parameters};
use crate::block::pipelines::of_pipeline;
use crate::block::scale_table::ScaleTable;
use crate::block::decay_table::{decay_bits, DecayTable};
use crate::block::scaling::scaling_file;
use crate::block::stage::StageImage;
use crate::block::weight_memory::hex_lines;
use crate::board::top::{Pins, Top};
use crate::drivers::one_driver_a_signal;
use crate::merge::merge_equal_modules;
use crate::window::walk::tables;
use rust_hdl_core::prelude::{check_all, generate_verilog_unchecked, Block};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// The top module of [`Emitted::top`], and of [`Emitted::accelerator`].
pub const TOP: &str = "spikeforge_top";
pub const ACCELERATOR: &str = "spikeforge_accelerator";

/// What the memories of a stage hold at power-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `weights[address][lane]`: a beat of bits, input beat*BEAT + i in bit i, 1 is +1.
    pub weights: Vec<Vec<u64>>,
    pub parameters: Vec<Parameters>,
}

/// A text file of the design; memory files are named in the Verilog and must lie beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFile {
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// Module [`ACCELERATOR`]: byte-wide host port and taps, for fast simulation.
    pub accelerator: TextFile,
    /// Module [`TOP`]: the same behind a UART, with a board's pins.
    pub top: TextFile,
    pub memories: Vec<TextFile>,
}

#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    #[error("an accelerator needs at least one layer")]
    NoStages,
    #[error("{stage} is to take turns with the layer before, whose lanes, beat or neurons differ")]
    Turns { stage: String },
    #[error("{stage} cannot have {pipelines} LIF pipelines; they serve layers of dense synapses whose neurons and lanes they divide")]
    Pipelines { stage: String, pipelines: usize },
    #[error("{stage} cannot have {banks} banks of spikes; a layer that takes turns with the one before has 2, 4 or 8, any other 2")]
    Banks { stage: String, banks: usize },
    #[error("{stage}: the image has {got} {what}, the design {expected}")]
    Image { stage: String, what: &'static str, got: usize, expected: usize },
    #[error("the blocks do not fit together: {0}")]
    Blocks(String),
    #[error("a block reads {0} before it has assigned it for the last time")]
    ReadTooEarly(String),
}

pub fn emit(arch: &Arch, images: &[Image], pins: &Pins) -> Result<Emitted, EmitError> {
    if arch.stages.is_empty() {
        return Err(EmitError::NoStages);
    }
    let shown = stage_images(arch, images)?;
    let memories = memories_of(arch, &shown);
    Ok(Emitted {
        accelerator: verilog(Accelerator::new(arch, &shown), ACCELERATOR)?,
        top: verilog(Top::new(arch, &shown, pins), TOP)?,
        memories,
    })
}

/// The memory files of [`emit`] alone, for other contents of the same design.
pub fn memories(arch: &Arch, images: &[Image]) -> Result<Vec<TextFile>, EmitError> {
    Ok(memories_of(arch, &stage_images(arch, images)?))
}

fn memories_of(arch: &Arch, images: &[StageImage]) -> Vec<TextFile> {
    arch.turns().zip(images).flat_map(|(layers, image)| memory_files(&layers[0], image)).collect()
}

fn stage_images(arch: &Arch, images: &[Image]) -> Result<Vec<StageImage>, EmitError> {
    check_count("the design", "layers", images.len(), arch.stages.len())?;
    let mut images = images.iter();
    arch.turns().map(|layers| stage_image(layers, &mut images)).collect()
}

/// What the layers of a stage keep in its memories, one after the other.
fn stage_image<'a>(layers: &[StageArch], images: impl Iterator<Item = &'a Image>) -> Result<StageImage, EmitError> {
    let (mut weights, mut parameters) = (vec![], vec![]);
    for (stage, image) in layers.iter().zip(images) {
        check_count(&stage.name, "weight words", image.weights.len(), stage.weight_words())?;
        check_count(&stage.name, "parameters", image.parameters.len(), stage.n_parameters())?;
        for word in &image.weights {
            check_count(&stage.name, "lanes", word.len(), stage.lanes)?;
        }
        if !stage.can_have_pipelines(stage.pipelines) {
            return Err(EmitError::Pipelines { stage: stage.name.clone(), pipelines: stage.pipelines });
        }
        if stage.shared && !stage.can_share_with(&layers[0]) {
            return Err(EmitError::Turns { stage: stage.name.clone() });
        }
        if !stage.can_have_banks(stage.banks) {
            return Err(EmitError::Banks { stage: stage.name.clone(), banks: stage.banks });
        }
        weights.extend(image.weights.iter().cloned());
        parameters.extend(image.parameters.iter().copied());
    }
    let name = &layers[0].name;
    Ok(StageImage {
        weights: Rc::new(weights),
        parameters: Rc::new(parameters),
        weights_file: format!("{name}_weights.hex"),
        parameters_file: format!("{name}_parameters.hex"),
    })
}

pub(crate) fn check_count(stage: &str, what: &'static str, got: usize, expected: usize) -> Result<(), EmitError> {
    if got == expected {
        return Ok(());
    }
    Err(EmitError::Image { stage: stage.into(), what, got, expected })
}

fn memory_files(stage: &StageArch, image: &StageImage) -> Vec<TextFile> {
    let mut files = vec![];
    if stage.memories.weights != Style::Spram {
        files.push(TextFile { name: image.weights_file.clone(), text: hex_lines(&image.weights, stage.beat) });
    }
    let layout = Layout::new(&stage.neuron);
    if layout.width() > 0 {
        let digits = usize::try_from(layout.width().div_ceil(4)).unwrap_or(0);
        for pipeline in 0..stage.pipelines {
            let (parameters, name) = of_pipeline(&image.parameters, &image.parameters_file, (pipeline, stage.pipelines));
            let text = parameters.iter().map(|neuron| format!("{:0digits$x}\n", layout.pack(neuron))).collect();
            files.push(TextFile { name, text });
        }
    }
    if let Some(window) = &stage.window {
        let (rows, columns) = tables(stage, window);
        files.extend([rows.file(), columns.file()]);
    }
    if let Some(synapse) = stage.neuron.synapse.as_ref().filter(|synapse| !synapse.decays.is_empty()) {
        files.push(DecayTable::new(stage, &synapse.decays, decay_bits(stage)).file());
    }
    if let Some(scaling) = &stage.neuron.scaling {
        files.push(ScaleTable::new(scaling, scaling_file(stage), stage.memories.tables).file());
    }
    files
}

/// Any block as the module `module`, with all that it contains.
pub fn verilog(mut block: impl Block, module: &str) -> Result<TextFile, EmitError> {
    block.connect_all();
    check_all(&block).map_err(|error| EmitError::Blocks(format!("{error:?}")))?;
    let split = one_driver_a_signal(&generate_verilog_unchecked(&block)).map_err(EmitError::ReadTooEarly)?;
    let text = merge_equal_modules(&split, module);
    Ok(TextFile { name: format!("{module}.v"), text })
}
