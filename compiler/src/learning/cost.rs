//! What learning costs on the chip, beside the design that only infers with the same lanes.

use serde::Serialize;
use spikeforge_hdl::arch::{Arch, StageArch};
use spikeforge_hdl::plasticity::arch::RuleArch;

use super::fold::{logic_cells, total_block_rams};
use crate::board::{Board, Family};

/// What a design that learns has and takes more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LearningCost {
    /// Of latents, readouts and the rule's own table; the signs of the latents take the place of the weights.
    pub memory_bits: usize,
    pub block_rams: u32,
    /// By the estimates of both designs; that of what learns is of the iCE40 alone.
    pub logic_cells: Option<u32>,
    /// Cycles that learning adds to a sample at most, when every input spiked at each timestep and every gate is open,
    /// presentations of the rule's own included.
    pub most_cycles: usize,
}

impl LearningCost {
    /// Nothing of a design that does not learn.
    pub fn of(arch: &Arch, board: &Board) -> Option<Self> {
        let learning = arch.learning.as_ref()?;
        let infers = Arch { learning: None, ..arch.clone() };
        let memory_bits = |(index, stage): (usize, &StageArch)| {
            let [latents, readout] = [learning.latents(index, stage, stage.beat), learning.readout(index, stage, stage.beat)];
            let patterns = learning.patterns(stage, stage.beat).filter(|_| index == 0);
            let shapes = [Some(latents), Some(readout), learning.table(stage, stage.beat), patterns];
            shapes.into_iter().flatten().map(|shape| shape.words * shape.lanes * wide(shape.bits)).sum::<usize>()
        };
        // A group has its modulators made and its rows walked, by STDP that of the winner alone; the readout takes a
        // neuron a cycle. Eight cycles fill and empty each pipeline.
        let most_cycles = |stage: &StageArch| {
            let walked = if learning.rule == RuleArch::Stdp { 1 } else { stage.groups() };
            let update = stage.groups() * (stage.lanes + 8) + walked * stage.n_inputs;
            learning.rule.updates() * update + stage.n_neurons + 8
        };
        // Every input of every layer spikes, for each group of lanes anew.
        let n_shown = learning.max_timesteps.div_ceil(1 << learning.rule.beside_shift());
        let presentation = |stage: &StageArch| n_shown * stage.groups() * (stage.n_inputs + stage.lanes + 8);
        let beside = learning.rule.presentations_beside();
        let more_logic = || logic_cells(arch).saturating_sub(crate::cost::logic_cells(&infers, board));
        Some(LearningCost {
            memory_bits: arch.stages.iter().enumerate().map(memory_bits).sum(),
            block_rams: total_block_rams(arch, board).saturating_sub(crate::cost::total_block_rams(&infers, board)),
            logic_cells: (board.family == Family::Ice40).then(more_logic),
            most_cycles: arch.stages.iter().map(|stage| most_cycles(stage) + beside * presentation(stage)).sum(),
        })
    }
}

impl std::fmt::Display for LearningCost {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let LearningCost { memory_bits, block_rams, logic_cells, most_cycles } = self;
        let logic = logic_cells.map_or(String::new(), |cells| format!("about {cells} logic cells and "));
        write!(
            f,
            "learning: {memory_bits} bits of latents and readouts; beside inference {logic}{block_rams} block RAMs more, and \
             at most {most_cycles} cycles a sample"
        )
    }
}

fn wide(bits: u32) -> usize {
    usize::try_from(bits).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use spikeforge_sim::plasticity::{LearningLayer, LearningNetwork, LearningReference, Rule};
    use spikeforge_sim::Input;

    use super::*;
    use crate::compile::Clock;
    use crate::learning::{learning_design, MOST_LANES};

    /// Digits as yosys 0.23 and nextpnr 0.4 reported them (`spikeforge build`): board, neurons, logic cells, block RAMs.
    const BUILT: [(&str, usize, u32, u32); 2] = [("hx8k-breakout", 128, 5418, 31), ("icebreaker", 64, 4718, 22)];

    #[test]
    fn the_estimate_is_near_what_was_built() {
        for (board, neurons, cells, rams) in BUILT {
            check(board, neurons, (cells, rams));
        }
    }

    #[test]
    fn no_more_lanes_learn_at_once_than_asked_for() {
        let start = LearningReference::new(&digits(64), 1).unwrap().checkpoint();
        let board = Board::load("ulx3s-85f").unwrap();
        let lanes = |most| learning_design(&start, (8, most), &board, Clock::Oscillator).unwrap().arch.stages[0].lanes;
        assert_eq!([64, 63, 16, 1].map(lanes), [64, 32, 16, 1]);
    }

    fn digits(neurons: usize) -> LearningNetwork {
        LearningNetwork {
            input: Input { shape: vec![64] },
            n_classes: 10,
            rule: Rule::SignSymmetric,
            label_lines: 0,
            layers: vec![LearningLayer::new("fc1", 64, neurons, 12)],
        }
    }

    fn check(board: &str, neurons: usize, (cells, rams): (u32, u32)) {
        let start = LearningReference::new(&digits(neurons), 1).unwrap().checkpoint();
        let board = Board::load(board).unwrap();
        let design = learning_design(&start, (8, MOST_LANES), &board, Clock::Oscillator).unwrap();
        let estimate = logic_cells(&design.arch);
        assert!(estimate.abs_diff(cells) * 20 <= cells, "{estimate} for {cells} on {}", board.name);
        assert!(total_block_rams(&design.arch, &board).abs_diff(rams) <= 1);
        let cost = LearningCost::of(&design.arch, &board).unwrap();
        assert_eq!(cost.memory_bits, 64 * neurons * 8 + neurons * 10 * 12);
        assert!(cost.block_rams > 0 && cost.logic_cells.is_some_and(|more| (1..cells).contains(&more)), "{cost}");
        assert_eq!(LearningCost::of(&Arch { learning: None, ..design.arch }, &board), None);
    }
}
