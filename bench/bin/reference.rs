//! Times the reference on a network and spikes that a script wrote, and writes its output spikes for the script to
//! compare: `reference NETWORK.json SPIKES.npy THREADS SECONDS OUTPUT.npy`.
//!
//! All presentations of the file are one batch, shared out to the threads. Repeats it for so many seconds, and prints those of
//! the fastest repeat.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{bail, Context, Result};
use spikeforge_runtime::inputs::{write_spikes, Inputs};
use spikeforge_sim::{evaluate, Device, Network, Reference, Spikes};

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(seconds) => {
            #[allow(clippy::print_stdout)] // what the script reads
            let () = println!("{seconds:.9}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("reference: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<f64> {
    let [network, spikes, n_threads, seconds, output] = args else {
        bail!("usage: reference NETWORK.json SPIKES.npy THREADS SECONDS OUTPUT.npy");
    };
    let text = std::fs::read_to_string(network).with_context(|| network.clone())?;
    let network: Network = serde_json::from_str(&text).with_context(|| network.clone())?;
    let inputs = Inputs::read(Path::new(spikes), None, None)?;
    let trains: Vec<Vec<Spikes>> = (0..inputs.n_samples()).map(|sample| inputs.train(sample)).collect();
    write_spikes(Path::new(output), &spikes_of(&network, &trains)?, network.n_outputs())?;
    fastest(&network, &trains, n_threads.parse()?, seconds.parse()?)
}

fn spikes_of(network: &Network, trains: &[Vec<Spikes>]) -> Result<Vec<Vec<Spikes>>> {
    let mut reference = Reference::new(network);
    trains.iter().map(|train| Ok(reference.run(train)?)).collect()
}

/// The seconds that the batch takes, threads and the packing of weights included.
fn fastest(network: &Network, trains: &[Vec<Spikes>], n_threads: usize, seconds: f64) -> Result<f64> {
    // One presentation is for one thread; the reference stands ready, as a peer's weights do.
    let mut reference = Reference::new(network);
    let mut once = || -> Result<()> {
        match trains {
            [train] => std::hint::black_box(reference.run_counts(train).map(drop))?,
            _ => std::hint::black_box(evaluate(network, trains.len(), n_threads, |sample| &trains[sample]).map(drop))?,
        }
        Ok(())
    };
    let (begin, mut best) = (Instant::now(), f64::INFINITY);
    while best.is_infinite() || begin.elapsed().as_secs_f64() < seconds {
        let start = Instant::now();
        once()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}
