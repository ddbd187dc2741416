//! A design in the numbers that a user asks for.

use std::fmt;

use serde::Serialize;
use spikeforge_compiler::board::Board;
use spikeforge_compiler::learning::total_block_rams;
use spikeforge_compiler::memory::{block_rams, memories};
use spikeforge_compiler::rewrite::Removal;
use spikeforge_hdl::arch::{Arch, StageArch, Style};
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
    /// What the rewrites left out.
    pub removals: Vec<Removal>,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerSummary {
    pub name: String,
    pub inputs: usize,
    pub neurons: usize,
    pub lanes: usize,
    pub beat: u32,
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
        let named = network.layers.iter().zip(&arch.stages);
        let layers: Vec<LayerSummary> = named
            .map(|(layer, stage)| LayerSummary::of(&layer.name, stage, board))
            .collect();
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
                None => layers.iter().map(|layer| layer.block_rams).sum(),
            },
            block_rams_available: board.resources.block_rams,
            cycles_per_timestep: layers
                .iter()
                .map(|layer| layer.cycles_per_timestep)
                .max()
                .unwrap_or(0),
            layers,
            removals: vec![],
            warnings: warnings.to_vec(),
        }
    }

    /// Cycles of a presentation when no beat is skipped: the slowest layer sets the pace, the others fill the pipeline.
    pub fn cycles_per_presentation(&self, n_timesteps: usize) -> usize {
        let filling: usize = self
            .layers
            .iter()
            .map(|layer| layer.cycles_per_timestep)
            .sum();
        filling + n_timesteps.saturating_sub(1) * self.cycles_per_timestep
    }
}

impl LayerSummary {
    fn of(name: &str, stage: &StageArch, board: &Board) -> Self {
        let in_block = |memory: &spikeforge_compiler::memory::Memory| memory.style == Style::Block;
        LayerSummary {
            name: name.to_owned(),
            inputs: stage.n_inputs,
            neurons: stage.n_neurons,
            lanes: stage.lanes,
            beat: stage.beat,
            cycles_per_timestep: stage.cycles_per_timestep(),
            membrane_bits: stage.neuron.membrane_bits,
            block_rams: memories(stage)
                .iter()
                .filter(|memory| in_block(memory))
                .map(|memory| block_rams(memory, board))
                .sum(),
        }
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
            "  {:width$}  inputs  neurons  lanes  beat  cycles a timestep  membrane bits  block RAMs",
            "layer"
        )?;
        for layer in &self.layers {
            let LayerSummary {
                name,
                inputs,
                neurons,
                lanes,
                beat,
                cycles_per_timestep,
                membrane_bits,
                block_rams,
            } = layer;
            writeln!(
                f,
                "  {name:width$}  {inputs:6}  {neurons:7}  {lanes:5}  {beat:4}  {cycles_per_timestep:17}  {membrane_bits:13}  {block_rams:10}"
            )?;
        }
        write!(
            f,
            "  {} weight bits, {} of {} block RAMs, {} cycles a timestep",
            self.weight_bits, self.block_rams, self.block_rams_available, self.cycles_per_timestep
        )?;
        self.removals.iter().try_for_each(|removal| write!(f, "\n  {removal}"))?;
        self.warnings
            .iter()
            .try_for_each(|warning| write!(f, "\n  warning: {warning}"))
    }
}
