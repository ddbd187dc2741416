//! Cycles a second of the Verilated design in this process and as a process of its own, the same presentations, every membrane
//! read: `scripts/verilated.sh bench`.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{ensure, Context, Result};
use spikeforge_compiler::toolchain::Tools;
use spikeforge_runtime::compiled::Compiled;
use spikeforge_runtime::driver::Patience;
use spikeforge_runtime::link::in_process::InProcessLink;
use spikeforge_runtime::simulation::{Level, Simulation, Simulator};
use spikeforge_runtime::verilated::Verilated;
use spikeforge_sim::random::train;
use spikeforge_sim::verilated::Start;
use spikeforge_sim::{Device, Spikes, Trace};

const N_SAMPLES: u64 = 300;
const N_REPEATS: usize = 5;

fn main() -> Result<()> {
    let bundle = std::env::var_os("SPIKEFORGE_BUNDLE").context("run scripts/verilated.sh bench")?;
    let compiled = Compiled::load(&PathBuf::from(bundle))?;
    let trains: Vec<Vec<Spikes>> = (0..N_SAMPLES).map(|seed| train(seed, compiled.network.input.n(), 8)).collect();
    let mut inside = Verilated::over(InProcessLink::new(Start::Zeros), compiled.host_map(), Patience::SIMULATION)?;
    let tools = Tools::from_environment();
    let mut simulator = Simulator { tools: &tools, waveform: None, progress: &mut |_| () };
    let Simulation::Accelerator(mut outside) = simulator.open(&compiled, Level::Rtl)? else { unreachable!() };
    let mut best = [f64::INFINITY; 2];
    // In turns, so that what else the machine does meets both.
    for _ in 0..N_REPEATS {
        let (seconds, in_process) = timed(&mut inside, &trains)?;
        best[0] = best[0].min(seconds);
        let (seconds, process) = timed(outside.as_mut(), &trains)?;
        best[1] = best[1].min(seconds);
        ensure!(in_process.iter().zip(&process).all(|(a, b)| a.timesteps == b.timesteps), "the backends differ");
    }
    #[allow(clippy::cast_precision_loss)]
    let cycles = inside.cycles() as f64 / N_REPEATS as f64;
    #[allow(clippy::print_stdout)] // the table
    for (name, seconds) in ["in this process", "as a process"].iter().zip(best) {
        println!("{name:16} {:5.2} M cycles/s, {:.2} of the process", cycles / seconds / 1e6, best[1] / seconds);
    }
    Ok(())
}

fn timed(device: &mut dyn Device, trains: &[Vec<Spikes>]) -> Result<(f64, Vec<Trace>)> {
    let start = Instant::now();
    let traces = trains.iter().map(|train| Ok(device.trace(train)?)).collect::<Result<Vec<Trace>>>()?;
    Ok((start.elapsed().as_secs_f64(), traces))
}
