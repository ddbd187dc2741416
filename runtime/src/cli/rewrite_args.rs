//! Which rewrites of the network, and over which data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use spikeforge_compiler::rewrite::{Constant, Rewrite, Rewrites};

use super::exit::Failure;
use super::input_args::HowArgs;

#[derive(clap::Args)]
#[command(next_help_heading = "Rewrites (exact: the same output spikes; no hardware for what is removed)")]
pub struct RewriteArgs {
    /// Only these: constant-inputs, dead-neurons, duplicate-neurons [default: those that are exact on every input, and
    /// constant-inputs with --calibration or --silent-inputs; none with --host-writes]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', value_parser = PossibleValuesParser::new(NAMES).map(|name| named(&name)))]
    rewrite: Option<Vec<Rewrite>>,
    /// The network as it is in the model
    #[arg(long, conflicts_with_all = ["rewrite", "calibration", "silent_inputs"])]
    no_rewrite: bool,
    /// Presentations in which inputs that never change are found; others are refused when the bundle is used
    #[arg(long, value_name = "X.npy")]
    calibration: Option<PathBuf>,
    #[command(flatten)]
    how: HowArgs,
    /// Inputs that never spike, such as 0-27,756-783
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = range)]
    silent_inputs: Vec<(usize, usize)>,
}

const NAMES: [&str; 3] = ["constant-inputs", "dead-neurons", "duplicate-neurons"];

fn named(name: &str) -> Rewrite {
    match name {
        "constant-inputs" => Rewrite::ConstantInputs,
        "dead-neurons" => Rewrite::DeadNeurons,
        _ => Rewrite::DuplicateNeurons,
    }
}

fn range(text: &str) -> Result<(usize, usize), String> {
    let number = |text: &str| text.trim().parse::<usize>().map_err(|_| format!("{text:?} is no number of an input"));
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    if first > last || last > u16::MAX.into() {
        return Err(format!("{first}-{last} is no range of inputs; a network has at most 65536"));
    }
    Ok((first, last))
}

impl RewriteArgs {
    /// What is asked for; reads the calibration set.
    pub fn rewrites(&self, host_writes: bool) -> Result<Rewrites, Failure> {
        if self.no_rewrite {
            return Ok(Rewrites::none());
        }
        let mut constants = match &self.calibration {
            Some(path) => self.how.read(path, None)?.constants(),
            None => vec![],
        };
        let declared = self.silent_inputs.iter().flat_map(|&(first, last)| first..=last);
        constants.extend(declared.map(|input| Constant { input, spikes: false }));
        constants.sort_by_key(|constant| constant.input);
        constants.dedup_by_key(|constant| constant.input);
        let exact = if host_writes { vec![] } else { Rewrite::EXACT.to_vec() };
        let mut wanted = self.rewrite.clone().unwrap_or(exact);
        if self.rewrite.is_none() && !constants.is_empty() {
            wanted.insert(0, Rewrite::ConstantInputs);
        }
        Ok(Rewrites { wanted, constants })
    }
}
