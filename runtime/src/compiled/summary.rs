//! A design in the numbers that a user asks for.

use std::fmt;

use serde::Serialize;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::cost::Cost;
use spikeforge_compiler::encoder::{coding_of, encoder_cells, encoder_memories};
use spikeforge_compiler::learning::{total_block_rams, LearningCost};
use spikeforge_compiler::memory::{block_rams, memories, Memory};
use spikeforge_compiler::rewrite::Removal;
use spikeforge_hdl::arch::{cycles_per_timestep, Arch, StageArch, Style};
use spikeforge_sim::Network;

/// The layers of a design, their folding and what they take.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub model: String,
    pub board: String,
    pub layers: Vec<LayerSummary>,
    pub weight_bits: usize,
    pub block_rams: u32,
    pub block_rams_available: u32,
    /// Of the slowest layer, all of which run at once.
    pub cycles_per_timestep: usize,
    /// What learning takes beside inference, in a design that learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning: Option<LearningCost>,
    /// What codes the inputs, in a design that does so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoder: Option<EncoderSummary>,
    /// What the rewrites left out.
    pub removals: Vec<Removal>,
    /// Until the first timestep has left the last layer.
    pub fill_cycles: usize,
    pub warnings: Vec<String>,
}

/// The encoder of a design; its logic is an estimate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EncoderSummary {
    /// As it was asked for, with what it is set to.
    pub coding: String,
    pub cycles_per_timestep: usize,
    pub block_rams: u32,
    pub logic_cells: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerSummary {
    pub name: String,
    pub inputs: usize,
    pub neurons: usize,
    pub lanes: usize,
    /// LIF pipelines side by side.
    pub pipelines: usize,
    pub beat: u32,
    /// Whether the layer takes turns with the one before on its hardware.
    pub shared: bool,
    pub cycles_per_timestep: usize,
    pub membrane_bits: u32,
    pub block_rams: u32,
}

impl Summary {
    pub(super) fn of(
        model: &str,
        board: &Board,
        network: &Network,
        arch: &Arch,
        warnings: &[String],
    ) -> Self {
        let mut names = network.layers.iter().map(|layer| layer.name.as_str());
        let layers: Vec<LayerSummary> = arch
            .turns()
            .flat_map(|turns| LayerSummary::of(&mut names, turns, board))
            .collect();
        let cost = Cost::of(arch, board);
        let encoder = EncoderSummary::of(arch, board);
        Summary {
            model: model.to_owned(),
            board: board.name.clone(),
            weight_bits: network
                .layers
                .iter()
                .map(|layer| layer.weights.n_inputs() * layer.weights.n_neurons())
                .sum(),
            block_rams: match &arch.learning {
                Some(_) => total_block_rams(arch, board),
                None => layers.iter().map(|layer| layer.block_rams).chain(encoder.iter().map(|encoder| encoder.block_rams)).sum(),
            },
            block_rams_available: board.resources.block_rams,
            cycles_per_timestep: cost.cycles_per_timestep,
            fill_cycles: cost.fill_cycles,
            layers,
            learning: LearningCost::of(arch, board),
            encoder,
            removals: vec![],
            warnings: warnings.to_vec(),
        }
    }

    /// Cycles of a presentation when no beat is skipped: the slowest layer sets the pace, the others fill the pipeline.
    pub fn cycles_per_presentation(&self, n_timesteps: usize) -> usize {
        self.fill_cycles + n_timesteps.saturating_sub(1) * self.cycles_per_timestep
    }
}

impl EncoderSummary {
    fn of(arch: &Arch, board: &Board) -> Option<Self> {
        let in_block = encoder_memories(arch).into_iter().filter(|memory| memory.style == Style::Block);
        Some(EncoderSummary {
            coding: coding_of(arch.encoder?).to_string(),
            cycles_per_timestep: arch.encoder_cycles()?,
            block_rams: in_block.map(|memory| block_rams(&memory, board)).sum(),
            logic_cells: encoder_cells(arch),
        })
    }
}

impl fmt::Display for EncoderSummary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let EncoderSummary { coding, cycles_per_timestep, block_rams, logic_cells } = self;
        write!(f, "encoder {coding}: {cycles_per_timestep} cycles a timestep, {block_rams} block RAMs, about {logic_cells} logic cells")
    }
}

impl LayerSummary {
    /// Of layers that take turns: the first has the memories that they share, and each the cycles of all.
    fn of<'a>(
        names: &mut impl Iterator<Item = &'a str>,
        layers: &[StageArch],
        board: &Board,
    ) -> Vec<Self> {
        let in_block: Vec<Memory> = memories(layers)
            .into_iter()
            .filter(|memory| memory.style == Style::Block)
            .collect();
        let summary = |(index, (stage, name)): (usize, (&StageArch, &str))| LayerSummary {
            name: name.to_owned(),
            inputs: stage.n_inputs,
            neurons: stage.n_neurons,
            lanes: stage.lanes,
            pipelines: stage.pipelines,
            beat: stage.beat,
            shared: stage.shared,
            cycles_per_timestep: cycles_per_timestep(layers),
            membrane_bits: stage.neuron.membrane_bits,
            block_rams: in_block
                .iter()
                .filter(|memory| memory.layer == index)
                .map(|memory| block_rams(memory, board))
                .sum(),
        };
        layers.iter().zip(names).enumerate().map(summary).collect()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{} for {}", self.model, self.board)?;
        let width = self
            .layers
            .iter()
            .map(|layer| layer.name.len())
            .max()
            .unwrap_or(0)
            .max(5);
        writeln!(
            f,
            "  {:width$}  inputs  neurons  lanes  beat  pipelines  cycles a timestep  membrane bits  block RAMs",
            "layer"
        )?;
        for layer in &self.layers {
            let LayerSummary {
                name,
                inputs,
                neurons,
                lanes,
                pipelines,
                beat,
                shared,
                cycles_per_timestep,
                membrane_bits,
                block_rams,
            } = layer;
            let turns = if *shared {
                "  (in turn with the layer above)"
            } else {
                ""
            };
            writeln!(
                f,
                "  {name:width$}  {inputs:6}  {neurons:7}  {lanes:5}  {beat:4}  {pipelines:9}  {cycles_per_timestep:17}  {membrane_bits:13}  {block_rams:10}{turns}"
            )?;
        }
        write!(
            f,
            "  {} weight bits, {} of {} block RAMs, {} cycles a timestep",
            self.weight_bits, self.block_rams, self.block_rams_available, self.cycles_per_timestep
        )?;
        self.encoder.iter().try_for_each(|encoder| write!(f, "\n  {encoder}"))?;
        self.learning.iter().try_for_each(|learning| write!(f, "\n  {learning}"))?;
        self.removals.iter().try_for_each(|removal| write!(f, "\n  {removal}"))?;
        self.warnings
            .iter()
            .try_for_each(|warning| write!(f, "\n  warning: {warning}"))
    }
}
