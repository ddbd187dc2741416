//! Which presentations.

use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use spikeforge_runtime::inputs::{InputError, Inputs, Coding};

use super::exit::{Exit, Failure};

/// Frames on the wire, and patience, end somewhere.
const MOST_TIMESTEPS: u32 = 100_000;

#[derive(clap::Args)]
pub struct InputArgs {
    /// Spikes: .npy, uint8, (timesteps, batch, features...); or images with --encode: IDX, gzipped or not, or .npy
    #[arg(long, value_name = "X.npy")]
    pub inputs: PathBuf,
    #[command(flatten)]
    how: HowArgs,
}

/// How a file becomes presentations, and how many.
#[derive(clap::Args)]
pub struct HowArgs {
    /// How images become spikes: at a rate in proportion to each pixel, or the bright pixels (128 and above) at every
    /// timestep, which a design compiled with --repeat-input is shown once, or while it is above a falling ramp
    #[arg(long, value_parser = PossibleValuesParser::new(["rate", "repeat", "ramp"]), requires = "timesteps")]
    encode: Option<String>,
    /// Timesteps that each image is shown for
    #[arg(long, value_name = "T", requires = "encode", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TIMESTEPS)))]
    timesteps: Option<u32>,
    /// The first N presentations only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl InputArgs {
    pub fn read(&self) -> Result<Inputs, InputError> {
        self.read_at_most(None)
    }

    /// The presentations that were asked for, or of all of them the first `default_limit`.
    pub fn read_at_most(&self, default_limit: Option<usize>) -> Result<Inputs, InputError> {
        self.how.read(&self.inputs, default_limit)
    }

    pub fn limit(&self) -> Option<usize> {
        self.how.limit()
    }
}

impl HowArgs {
    /// The presentations of `path` that were asked for, or of all of them the first `default_limit`.
    pub fn read(
        &self,
        path: &Path,
        default_limit: Option<usize>,
    ) -> Result<Inputs, InputError> {
        let coding = self.timesteps.map(|n| match self.encode.as_deref() {
            Some("repeat") => Coding::Repeat { n_timesteps: n as usize },
            Some("ramp") => Coding::Ramp { n_timesteps: n as usize },
            _ => Coding::Rate { n_timesteps: n as usize },
        });
        Inputs::read(path, coding, self.limit().or(default_limit))
    }

    fn limit(&self) -> Option<usize> {
        self.limit
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

/// A layer by its number, from 0.
pub fn layer(number: u16, n_layers: usize) -> Result<spikeforge_sim::LayerId, Failure> {
    if usize::from(number) < n_layers {
        return Ok(spikeforge_sim::LayerId(number));
    }
    Err(Failure::new(
        Exit::Usage,
        format!(
            "there is no layer {number}; the network has the layers 0 to {}",
            n_layers - 1
        ),
    ))
}
