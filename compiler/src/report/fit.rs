//! Whether a board holds a network, and with how much to spare.

use serde::Serialize;
use spikeforge_sim::Network;

use super::CheckReport;
use crate::board::Board;
use crate::cost::Cost;
use crate::explore::stages;
use crate::fold::{fold, FoldError, Wish};

/// The board's fastest folding, as it is predicted at the oscillator's clock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    pub board: String,
    /// `layer lanes x beat` of each stage.
    pub stages: String,
    pub cycles_per_timestep: usize,
    pub logic_cells: u32,
    pub logic_cells_available: u32,
    pub block_rams: u32,
    pub block_rams_available: u32,
}

impl CheckReport {
    /// With what the board makes of the network, or why it has no room for it as a problem.
    pub(super) fn fitted(mut self, network: &Network, board: &Board) -> CheckReport {
        match Fit::of(network, board) {
            Ok(fit) => self.fit = Some(fit),
            Err(error) => {
                self.can_be_compiled = false;
                self.problems.push(error.to_string());
            }
        }
        self
    }
}

impl Fit {
    fn of(network: &Network, board: &Board) -> Result<Fit, FoldError> {
        let arch = fold(network, board, &Wish::fastest(board.clock.hz))?;
        let Cost { cycles_per_timestep, logic_cells, block_rams, .. } = Cost::of(&arch, board);
        Ok(Fit {
            board: board.name.clone(),
            stages: stages(network, &arch),
            cycles_per_timestep,
            logic_cells,
            logic_cells_available: board.resources.logic_cells,
            block_rams,
            block_rams_available: board.resources.block_rams,
        })
    }

    pub(super) fn cells(&self) -> [String; 5] {
        [
            self.board.clone(),
            self.stages.clone(),
            self.cycles_per_timestep.to_string(),
            format!("about {} of {}", self.logic_cells, self.logic_cells_available),
            format!("{} of {}", self.block_rams, self.block_rams_available),
        ]
    }
}
