//! The counters of a design as commands print them.

use std::fmt;

use serde::Serialize;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::driver::counters::Counters;

use super::print::grouped;

#[derive(Serialize)]
pub struct Counted {
    #[serde(flatten)]
    counters: Counters,
    /// Of each stage: weight bits that had to be read, of those that its port could have read while it was busy.
    efficiency: Vec<f64>,
    /// The layers of each stage.
    layers: Vec<String>,
}

impl Counted {
    pub fn of(counters: Counters, compiled: &Compiled) -> Self {
        let efficiency = compiled.efficiencies(&counters);
        Counted { counters, efficiency, layers: compiled.stage_names() }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Counters { timesteps, presentations, bad_frames, lost_bytes, stages } = &self.counters;
        write!(
            f,
            "  counted: {presentations} presentations, {timesteps} timesteps, {bad_frames} damaged requests, {lost_bytes} bytes lost"
        )?;
        for ((stage, efficiency), layers) in stages.iter().zip(&self.efficiency).zip(&self.layers) {
            write!(
                f,
                "\n  {}: {} beats in {} busy cycles, {} waiting; {:.1} % of its weight port used",
                layers,
                grouped(stage.beats.into()),
                grouped(stage.busy_cycles.into()),
                grouped(stage.waited.into()),
                100.0 * efficiency
            )?;
        }
        Ok(())
    }
}
