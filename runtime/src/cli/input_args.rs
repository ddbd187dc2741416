//! Which presentations.

use std::path::{Path, PathBuf};

use spikeforge_runtime::inputs::{AskedCoding, Binning, Coding, EventOptions, InputError, Inputs, Sensor};

use super::exit::{Exit, Failure};

/// Frames on the wire, and patience, end somewhere.
const MOST_TIMESTEPS: u32 = 100_000;

/// Timesteps of a recording of events when nothing is said.
const DEFAULT_BINS: usize = 16;

#[derive(clap::Args)]
pub struct InputArgs {
    /// Spikes: .npy or .npz, uint8, (timesteps, batch, features...); or images with --encode: IDX, gzipped or not, or .npy;
    /// or a recording of an event camera or a folder of them, with --encode events: N-MNIST, AEDAT 2.0, 3.1 and 4
    #[arg(long, value_name = "X.npy")]
    pub inputs: PathBuf,
    #[command(flatten)]
    how: HowArgs,
}

/// How a file becomes presentations, and how many.
#[derive(clap::Args)]
pub struct HowArgs {
    /// How images become spikes: at a rate in proportion to each pixel, or the bright pixels (128 and above) at every
    /// timestep, which a design compiled with --repeat-input is shown once, or while it is above a falling ramp; or
    /// values as they are, for a model of --input-bits: images, of which the highest bits are fed at each of --timesteps, or
    /// .npy of shape (timesteps, batch, features); or frames of such values, images of shape (batch, frames, values...) shown
    /// frame after frame for equal shares of --timesteps, as in --encode frames --timesteps 10; or events in bins of time. The codings that a design can do itself
    /// (compile --encoder) take images for --timesteps, or .npy of shape (timesteps, batch, features): accumulator, evenly
    /// spaced spikes at a rate; lfsr[,seed=N], the same by chance; latency[,timesteps=T], one spike, the brighter the earlier;
    /// delta[,threshold=N], where a value rises. Such as --encode delta,threshold=20 --inputs series.npy
    #[arg(long, value_name = "CODING", value_parser = Encode::parse)]
    encode: Option<Encode>,
    /// Timesteps that each image is shown for
    #[arg(long, value_name = "T", requires = "encode", required_if_eq_any([("encode", "rate"), ("encode", "repeat"), ("encode", "ramp"), ("encode", "frames")]), conflicts_with_all(["bins", "bin_time"]), value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TIMESTEPS)))]
    timesteps: Option<u32>,
    /// Timesteps of equal length that each recording of events is cut into
    #[arg(long, value_name = "T", requires = "encode", conflicts_with = "bin_time", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_TIMESTEPS)))]
    bins: Option<u32>,
    /// Length of a timestep of a recording of events, at least 1e-6
    #[arg(long, value_name = "SECONDS", requires = "encode", value_parser = microseconds)]
    bin_time: Option<u64>,
    /// Pixels of the event camera, where the file does not say them
    #[arg(long, value_name = "WIDTHxHEIGHT", requires = "encode", value_parser = sensor)]
    sensor: Option<Sensor>,
    /// The first N presentations only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

/// How a file becomes spikes, or values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encode {
    Rate,
    Repeat,
    Ramp,
    Values,
    Frames,
    Events,
    /// One that a design can do itself.
    OnChip(AskedCoding),
}

impl Encode {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(match text {
            "rate" => Encode::Rate,
            "repeat" => Encode::Repeat,
            "ramp" => Encode::Ramp,
            "values" => Encode::Values,
            "frames" => Encode::Frames,
            "events" => Encode::Events,
            _ => Encode::OnChip(text.parse().map_err(|_| format!("there are rate, repeat, ramp, values, frames, events, {}", AskedCoding::FORMS))?),
        })
    }
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
        let limit = self.limit().or(default_limit);
        if let Some(binning) = self.binning() {
            let options = EventOptions { binning, sensor: self.sensor };
            return Inputs::read_events(path, options, limit);
        }
        let n_timesteps = self.timesteps.map(|n| n as usize);
        match (self.encode, n_timesteps) {
            (Some(Encode::Frames), Some(n_timesteps)) => return Inputs::read_frames(path, n_timesteps, limit),
            (Some(Encode::Values), _) => return Inputs::read_values(path, n_timesteps, limit),
            (Some(Encode::OnChip(asked)), _) => return Inputs::read_coded(path, asked, n_timesteps, limit),
            _ => {}
        }
        let coding = n_timesteps.map(|n_timesteps| match self.encode {
            Some(Encode::Repeat) => Coding::Repeat { n_timesteps },
            Some(Encode::Ramp) => Coding::Ramp { n_timesteps },
            _ => Coding::Rate { n_timesteps },
        });
        Inputs::read(path, coding, limit)
    }

    /// How events are cut into timesteps; None where they are no events.
    fn binning(&self) -> Option<Binning> {
        let bins = self.bins.map_or(DEFAULT_BINS, |n| n as usize);
        (self.encode == Some(Encode::Events)).then(|| self.bin_time.map_or(Binning::Bins(bins), Binning::Microseconds))
    }

    fn limit(&self) -> Option<usize> {
        self.limit
            .map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

/// Seconds as whole microseconds.
fn microseconds(text: &str) -> Result<u64, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds is needed".to_string())?;
    let microseconds = (seconds * 1e6).round();
    match (1.0..=1e12).contains(&microseconds) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and in range
        true => Ok(microseconds as u64),
        false => Err("it takes 0.000001 to 1000000 seconds".to_string()),
    }
}

fn sensor(text: &str) -> Result<Sensor, String> {
    let sizes = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match sizes {
        Some((width @ 1..=4096, height @ 1..=4096)) => Ok(Sensor { width, height }),
        _ => Err("WIDTHxHEIGHT is needed, such as 128x128, each at most 4096".to_string()),
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
