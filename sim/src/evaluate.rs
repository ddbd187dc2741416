//! Many samples through the reference, on as many threads as asked for.

use std::ops::Range;

use crate::{Device, DeviceError, Network, Readout, Reference, Spikes};

/// Presents samples `0..n_samples`, each the train that `sample` makes of its index or lends, and returns how often each
/// neuron of the last layer fired. The result does not depend on the number of threads.
pub fn evaluate<Train: AsRef<[Spikes]>>(
    network: &Network,
    n_samples: usize,
    n_threads: usize,
    sample: impl Fn(usize) -> Train + Sync,
) -> Result<Vec<Vec<u32>>, DeviceError> {
    each(network, n_samples, n_threads, |reference, i| reference.run_counts(sample(i).as_ref()))
}

/// The same, and what the readout makes of it.
pub fn scores(
    network: &Network,
    readout: Readout,
    (n_samples, n_threads): (usize, usize),
    sample: impl Fn(usize) -> Vec<Spikes> + Sync,
) -> Result<Vec<Vec<i64>>, DeviceError> {
    each(network, n_samples, n_threads, |reference, i| match readout {
        Readout::Rate => Ok(reference.run_counts(&sample(i))?.into_iter().map(i64::from).collect()),
        _ => {
            let spikes = reference.run(&sample(i))?;
            Ok(readout.scores(&spikes, &reference.last_membranes()))
        }
    })
}

/// What `of` makes of each sample, on some threads, each with a reference of its own.
fn each<T: Send>(
    network: &Network,
    n_samples: usize,
    n_threads: usize,
    of: impl Fn(&mut Reference, usize) -> Result<T, DeviceError> + Sync,
) -> Result<Vec<T>, DeviceError> {
    let at_rest = Reference::new(network);
    let part = |range: Range<usize>| -> Result<Vec<T>, DeviceError> {
        let mut reference = at_rest.clone();
        range.map(|i| of(&mut reference, i)).collect()
    };
    let share = n_samples.div_ceil(n_threads.max(1)).max(1);
    let ranges = (0..n_samples).step_by(share).map(|start| start..n_samples.min(start + share));
    let parts: Result<Vec<Vec<T>>, DeviceError> = std::thread::scope(|scope| {
        let threads: Vec<_> = ranges.map(|range| scope.spawn(|| part(range))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<_>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    Ok(parts?.into_iter().flatten().collect())
}

/// The index of the greatest count or score, the lowest of equals; 0 for none.
pub fn argmax<T: PartialOrd>(scores: &[T]) -> usize {
    let better = |best: usize, j: usize| if scores[j] > scores[best] { j } else { best };
    (0..scores.len()).fold(0, better)
}
