//! Banks of the spike buffers between layers that take turns: as many timesteps as a layer runs in a row.

use super::Candidate;
use crate::board::Board;
use crate::cost::{logic_cells, total_block_rams, Cost};

/// Half of the waits behind a change of turns are left, of those with two banks; each further bank has registers of its own
/// and saves less.
const MANY: usize = 4;

/// `candidate` with more banks where they take no further block RAM or logic, if that is faster: made of flip-flops, they cost
/// a sixth of a design for a hundredth of its cycles. Beside other stages two stay: those take a run of timesteps, or give one,
/// no faster than their own pace.
pub(super) fn with_more_banks(candidate: &Candidate, board: &Board) -> Option<Candidate> {
    let mut arch = candidate.arch.clone();
    if arch.turns().count() != 1 || arch.encoder.is_some() {
        return None;
    }
    for layer in 1..arch.stages.len() {
        let before = arch.stages[layer].banks;
        arch.stages[layer].banks = MANY;
        if total_block_rams(&arch, board) > candidate.cost.block_rams || logic_cells(&arch, board) > candidate.cost.logic_cells {
            arch.stages[layer].banks = before;
        }
    }
    let cost = Cost::of(&arch, board);
    (cost.cycles_per_timestep < candidate.cost.cycles_per_timestep).then_some(Candidate { arch, cost })
}
