//! From an `Arch` that learns and its images to Verilog and memory files, as text.

use super::accelerator::LearningAccelerator;
use super::arch::LearningArch;
use super::layer::LearningImage;
use super::register_file::KEPT;
use super::word_memory::hex_lines;
use crate::arch::{Arch, StageArch};
use crate::block::parameter_memory::{Layout, Parameters};
use crate::board::top::{Pins, Top};
use crate::emit::{check_count, verilog, EmitError, Emitted, TextFile, ACCELERATOR, TOP};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// What a learning layer holds at power-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlasticImage {
    /// `latents[address][lane]`, two's complement: group after group of lanes, in each a word an input.
    pub latents: Vec<Vec<u64>>,
    /// `readout[neuron][class]`, two's complement.
    pub readout: Vec<Vec<u64>>,
    /// `table[neuron][lane]`: of feedback a class a lane, 1 is +1; of handicaps their halves; empty for the rules without.
    #[serde(default)]
    pub table: Vec<Vec<u64>>,
    /// `patterns[class * beats + beat][lane]`, in the first layer of a rule that keeps them, else empty.
    #[serde(default)]
    pub patterns: Vec<Vec<u64>>,
    pub parameters: Vec<Parameters>,
    /// As [`super::register_file`] lays them out.
    pub registers: [u16; KEPT],
    pub latent_random: u16,
    pub readout_random: u16,
}

/// As [`crate::emit::emit`], for a design that learns.
pub fn emit_learning(arch: &Arch, learning: &LearningArch, images: &[PlasticImage], pins: &Pins) -> Result<Emitted, EmitError> {
    if arch.stages.is_empty() {
        return Err(EmitError::NoStages);
    }
    check_count("the design", "stages", images.len(), arch.stages.len())?;
    check_count("the design", "learning layers", learning.layers.len(), arch.stages.len())?;
    let piece_bits = arch.stages[0].beat;
    let layers = arch.stages.iter().zip(images).enumerate();
    let shown: Vec<LearningImage> =
        layers.map(|(index, (stage, image))| shown(learning, (index, stage), image, piece_bits)).collect::<Result<_, _>>()?;
    let layers = arch.stages.iter().zip(&shown).zip(&learning.layers);
    let learned = layers.flat_map(|((stage, image), plastic)| {
        let table = learning.table(stage, piece_bits);
        let latents = TextFile { name: image.latents_file.clone(), text: hex_lines(&image.latents, plastic.latent_bits) };
        let readout = TextFile { name: image.readout_file.clone(), text: hex_lines(&image.readout, plastic.readout_bits) };
        let table = table.map(|shape| TextFile { name: image.table_file.clone(), text: hex_lines(&image.table, shape.bits) });
        [Some(latents), Some(readout), table, parameters_file(stage, image)].into_iter().flatten()
    });
    let patterns = learning.patterns(&arch.stages[0], piece_bits);
    let patterns = patterns.map(|shape| TextFile { name: shown[0].patterns_file.clone(), text: hex_lines(&shown[0].patterns, shape.bits) });
    Ok(Emitted {
        memories: learned.chain(patterns).collect(),
        accelerator: verilog(LearningAccelerator::new(arch, learning, &shown), ACCELERATOR)?,
        top: verilog(Top::learning(arch, learning, &shown, pins), TOP)?,
    })
}

fn shown(
    learning: &LearningArch,
    (index, stage): (usize, &StageArch),
    image: &PlasticImage,
    piece_bits: u32,
) -> Result<LearningImage, EmitError> {
    let latents = learning.latents(index, stage, piece_bits);
    check_count(&stage.name, "latent words", image.latents.len(), latents.words)?;
    check_count(&stage.name, "readout words", image.readout.len(), stage.n_neurons)?;
    let (words, lanes) = learning.table(stage, piece_bits).map_or((0, 0), |shape| (shape.words, shape.lanes));
    check_count(&stage.name, "words of the rule's table", image.table.len(), words)?;
    let words = learning.patterns(stage, piece_bits).filter(|_| index == 0).map_or(0, |shape| shape.words);
    check_count(&stage.name, "words of patterns", image.patterns.len(), words)?;
    check_count(&stage.name, "neurons", image.parameters.len(), stage.n_neurons)?;
    for word in &image.latents {
        check_count(&stage.name, "lanes", word.len(), stage.lanes)?;
    }
    for word in &image.readout {
        check_count(&stage.name, "classes", word.len(), learning.n_classes)?;
    }
    for word in &image.table {
        check_count(&stage.name, "values in a word of the rule's table", word.len(), lanes)?;
    }
    Ok(LearningImage {
        piece_bits,
        latents: Rc::new(image.latents.clone()),
        latents_file: format!("{}_latents.hex", stage.name),
        readout: Rc::new(image.readout.clone()),
        readout_file: format!("{}_readout.hex", stage.name),
        table: Rc::new(image.table.clone()),
        table_file: format!("{}_table.hex", stage.name),
        patterns: Rc::new(image.patterns.clone()),
        patterns_file: format!("{}_patterns.hex", stage.name),
        parameters: Rc::new(image.parameters.clone()),
        parameters_file: format!("{}_parameters.hex", stage.name),
        registers: image.registers,
        latent_random: image.latent_random,
        readout_random: image.readout_random,
    })
}

fn parameters_file(stage: &StageArch, image: &LearningImage) -> Option<TextFile> {
    let layout = Layout::new(&stage.neuron);
    if layout.width() == 0 {
        return None;
    }
    let digits = usize::try_from(layout.width().div_ceil(4)).unwrap_or(0);
    let text = image.parameters.iter().map(|neuron| format!("{:0digits$x}\n", layout.pack(neuron))).collect();
    Some(TextFile { name: image.parameters_file.clone(), text })
}
