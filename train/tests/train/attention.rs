use candle_core::{Device, Tensor};
use spikeforge_sim::random::SplitMix64;
use spikeforge_train::activity::spikes_by_layer;
use spikeforge_train::attention::Attention;
use spikeforge_train::export::{integer_accuracy, network};
use spikeforge_train::random::uniform;
use spikeforge_train::shape::NetShape;
use spikeforge_train::{Coding, Options, SystemName};

use crate::common::{digits, trained};

/// Trained with attention, then without what looks ahead: the mean factors lose little, and in integers nothing more.
#[test]
fn attention_is_learned_and_folds_to_its_mean() {
    let (train, test) = digits();
    for (shape, n_epochs, least) in [("64-64-10", 15, 0.87), ("8x8-c3x8-p2-10", 4, 0.7)] {
        let options = Options { n_epochs, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(SystemName::Attention, shape) };
        let training = trained(&options, &train);
        let float = training.accuracy(&test).expect("an accuracy");
        let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 4).expect("an accuracy");
        assert!(float > least, "{shape}: {float}");
        assert!(integer > float - 0.1, "{shape}: {float} {integer}");
        let state = training.system.state();
        let mean = &state.iter().find(|(name, _)| name == "layer1.attention.mean").expect("a mean").1;
        let values = mean.flatten_all().and_then(|mean| mean.to_vec1::<f32>()).expect("numbers");
        assert!(values.iter().all(|factor| (0.0..8.0).contains(factor)), "{values:?}");
        assert!(values.iter().any(|factor| (factor - 1.0).abs() > 0.02), "nothing was learned");
    }
}

/// Folded half-way, what is trained is what the chip computes: the integers agree.
#[test]
fn attention_folded_half_way_is_learned_on_with() {
    let (train, test) = digits();
    let options = Options { n_epochs: 15, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(SystemName::FoldedAttention, "64-64-10") };
    let training = trained(&options, &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 4).expect("an accuracy");
    assert!(float > 0.85, "{float}");
    assert!((float - integer).abs() < 0.006, "{float} {integer}");
    // Eight of fifteen epochs come before the fold.
    assert!(training.progress.best > 8, "the state that is kept, {}, is from before", training.progress.best);
}

/// A penalty on activity, which costs little accuracy.
#[test]
fn sparsity_is_learned() {
    let (train, test) = digits();
    let sparse = |sparsity: f64| {
        let options = Options { n_epochs: 15, batch: 50, rate: 5e-3, n_timesteps: 4, sparsity, ..Options::new(SystemName::Bptt, "64-64-10") };
        let training = trained(&options, &train);
        let network = network(&training.system.model().expect("a model")).expect("a network");
        let spikes = spikes_by_layer(&network, &test, Coding::Rate, 4).expect("spikes");
        (training.accuracy(&test).expect("an accuracy"), spikes[0])
    };
    let [(dense, many), (accuracy, few)] = [0.0, 1.0].map(sparse);
    assert!(few < 0.7 * many, "{few} spikes for {many}");
    assert!(accuracy > dense - 0.04, "{accuracy} for {dense}");
}

/// What looks at nothing ahead goes to the chip as it is.
#[test]
fn causal_attention_is_learned_and_its_integers_agree() {
    let (train, test) = digits();
    let options = Options { n_epochs: 15, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(SystemName::CausalAttention, "64-64-10") };
    let training = trained(&options, &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 4).expect("an accuracy");
    assert!(float > 0.87, "{float}");
    assert!((float - integer).abs() < 0.006, "{float} {integer}");
    let state = training.system.state();
    let table = &state.iter().find(|(name, _)| name == "layer1.levels").expect("a table").1;
    let moved = table.abs().and_then(|table| table.max(1)).and_then(|most| most.to_vec1::<f32>()).expect("numbers");
    assert!(moved.iter().filter(|&&most| most > 0.05).count() > 2, "few levels were learned: {moved:?}");
}

/// The factors once more, in plain loops.
#[test]
fn factors_are_those_of_the_formulas() {
    let shape: NetShape = "4x5-c2x3-2".parse().expect("a shape");
    let (n_timesteps, n, height, width, channels) = (3, 2, 3, 4, 3);
    let mut random = SplitMix64::new(7);
    let attention = Attention::new(&shape.layers[0], n_timesteps, &mut random).expect("attention");
    for var in attention.parameters() {
        let (rows, columns) = (var.dims()[0], var.dims()[1]);
        var.set(&uniform(&mut random, (rows, columns), 0.8).expect("numbers")).expect("set");
    }
    let currents = uniform(&mut random, (n_timesteps * n, height * width * channels), 2.0).expect("numbers");
    let got = attention.factors(&currents, n_timesteps).expect("factors").to_vec2::<f32>().expect("numbers");

    let rows = currents.to_vec2::<f32>().expect("numbers");
    let at = |t: usize, i: usize, y: usize, x: usize, c: usize| rows[t * n + i][(y * width + x) * channels + c];
    let places = || (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
    let pool = |values: Vec<f32>| (values.iter().sum::<f32>() / values.len() as f32, values.into_iter().fold(f32::MIN, f32::max));
    let temporal = matrices(&attention.temporal.each_ref().map(|var| var.as_tensor().clone()));
    let channel = matrices(&attention.channel.each_ref().map(|var| var.as_tensor().clone()));
    let kernel = attention.spatial.as_ref().expect("a kernel").to_vec2::<f32>().expect("numbers").remove(0);
    for i in 0..n {
        let pooled: Vec<_> = (0..n_timesteps).map(|t| pool(places().flat_map(|(y, x)| (0..channels).map(move |c| (y, x, c))).map(|(y, x, c)| at(t, i, y, x, c)).collect())).collect();
        let of_time = gate(&temporal, &pooled);
        for (t, of_time) in of_time.iter().enumerate() {
            let pooled: Vec<_> = (0..channels).map(|c| pool(places().map(|(y, x)| at(t, i, y, x, c)).collect())).collect();
            let of_channel = gate(&channel, &pooled);
            let map = |y: usize, x: usize| pool((0..channels).map(|c| at(t, i, y, x, c)).collect());
            for (y, x) in places() {
                let mut sum = 0.0;
                for (ky, kx) in (0..3).flat_map(|ky| (0..3).map(move |kx| (ky, kx))) {
                    let (Some(y), Some(x)) = ((y + ky).checked_sub(1), (x + kx).checked_sub(1)) else { continue };
                    if y < height && x < width {
                        let (mean, max) = map(y, x);
                        sum += kernel[(ky * 3 + kx) * 2] * mean + kernel[(ky * 3 + kx) * 2 + 1] * max;
                    }
                }
                for (c, of_channel) in of_channel.iter().enumerate() {
                    let expected = of_time * of_channel * (2.0 / (1.0 + (-sum).exp()));
                    let got = got[t * n + i][(y * width + x) * channels + c];
                    assert!((got - expected).abs() < 1e-4, "t {t}, sample {i}, ({y}, {x}), channel {c}: {got} {expected}");
                }
            }
        }
    }
}

fn matrices(both: &[Tensor; 2]) -> [Vec<Vec<f32>>; 2] {
    both.each_ref().map(|matrix| matrix.to_device(&Device::Cpu).and_then(|matrix| matrix.to_vec2()).expect("numbers"))
}

/// 2 / (1 + exp(-(W1 (relu(W0 mean) + relu(W0 max))))) in loops.
fn gate([first, second]: &[Vec<Vec<f32>>; 2], pooled: &[(f32, f32)]) -> Vec<f32> {
    let inner = |row: &Vec<f32>| {
        let of = |pick: fn(&(f32, f32)) -> f32| row.iter().zip(pooled).map(|(w, values)| w * pick(values)).sum::<f32>().max(0.0);
        of(|values| values.0) + of(|values| values.1)
    };
    let inner: Vec<f32> = first.iter().map(inner).collect();
    second.iter().map(|row| 2.0 / (1.0 + (-row.iter().zip(&inner).map(|(w, v)| w * v).sum::<f32>()).exp())).collect()
}
