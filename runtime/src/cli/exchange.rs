//! `build BUNDLE --weights OTHER.nir`: the bitstream of another model from the routed design of a bundle.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;
use spikeforge_compiler::model::Model;
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::built::Built;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::learn::{learned_model, Saved};
use spikeforge_sim::plasticity::LearningReference;

use super::exit::{Exit, Failure};
use super::{interrupt, print, progress};

/// A bundle of its own, and its bitstream.
#[derive(Serialize)]
pub struct Report {
    bundle: PathBuf,
    bitstream: PathBuf,
    model: String,
    seconds: f64,
}

/// Exchanges the contents of `bundle`'s build, which is made first where there is none, and writes the bundle `output`,
/// by default named after the file, a model or a learner's checkpoint.
pub fn run(bundle: &Path, (file, is_checkpoint): (&Path, bool), output: Option<&Path>, json: bool) -> Result<(), Failure> {
    let compiled = Compiled::load(bundle)?;
    if compiled.exchangeable()?.is_none() {
        let reason = format!("{} was not compiled for other weights; compile it with --swappable, and build it once", bundle.display());
        return Err(Failure::new(Exit::DoesNotFit, reason));
    }
    let output = match output {
        Some(output) => output.to_owned(),
        None => PathBuf::from(file.file_stem().unwrap_or_default()).with_extension("bundle"),
    };
    if output.canonicalize().is_ok_and(|output| bundle.canonicalize().is_ok_and(|bundle| bundle == output)) {
        let reason = format!("{} would replace the bundle whose routed design it takes; name another with --output", output.display());
        return Err(Failure::new(Exit::Usage, reason));
    }
    let tools = Tools::from_environment();
    let model = match is_checkpoint {
        true => Model { origin: file.display().to_string(), ..learned_model(&LearningReference::resume(Saved::read(file)?.checkpoint)?)? },
        false => Model::read(file)?,
    };
    let other = compiled.clone().exchanged(compiled.other_network(&model)?, &model.origin)?;
    if Built::find(bundle, &compiled).is_none() {
        print::note(&format_args!("{} has no bitstream yet, so it is built once:", bundle.display()));
        Built::find_or_make(bundle, &compiled, &tools, &mut progress::tools)?;
        interrupt::check()?;
    }
    let started = Instant::now();
    other.save(&output)?;
    let bitstream = Built::exchange(bundle, (&output, &other), &tools, &mut progress::tools)?;
    let report = Report { bundle: output, bitstream, model: model.origin, seconds: started.elapsed().as_secs_f64() };
    print::result(json, &report, &report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Report { bundle, bitstream, model, seconds } = self;
        write!(f, "{model} in the design of the bundle, without place and route\n  {} in {seconds:.1} s\nwritten to {}", bitstream.display(), bundle.display())
    }
}
