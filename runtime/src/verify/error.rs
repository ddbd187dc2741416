use spikeforge_compiler::board::Family;
use spikeforge_compiler::readback::ReadbackError;
use spikeforge_compiler::toolchain::ToolError;
use thiserror::Error;

use crate::cosim::CosimError;
use crate::driver::DriverError;
use crate::simulation::SimulationError;

/// Why a rung ended without a verdict.
#[derive(Debug, Error)]
pub enum RungError {
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(transparent)]
    Driver(#[from] DriverError),
    #[error(transparent)]
    Cosim(#[from] CosimError),
    #[error("interrupted")]
    Interrupted,
    /// Turned into a mismatch before anyone sees it.
    #[error(transparent)]
    Memories(#[from] ReadbackError),
    /// Turned into a refusal before anyone sees it.
    #[error("{}", no_reader(*.0))]
    NoReader(Family),
}

fn no_reader(family: Family) -> String {
    format!("only iCE40 can be read back after place and route, not {family:?}; its netlist is the last rung")
}

impl RungError {
    /// Why this rung cannot apply, where that is what the error says.
    pub(super) fn refusal(&self) -> Option<String> {
        let refused = |error: &ToolError| matches!(error, ToolError::NotInBitstream { .. }).then(|| error.to_string());
        match self {
            RungError::Tool(error) | RungError::Simulation(SimulationError::Tool(error)) => refused(error),
            RungError::Memories(ReadbackError::Window { .. }) | RungError::NoReader(_) => Some(self.to_string()),
            _ => None,
        }
    }
}
