use candle_core::{Device, Tensor};
use spikeforge_sim::random::SplitMix64;
use spikeforge_sim::{Device as _, LayerId, Reference, Spikes};
use spikeforge_train::export::{integer_accuracy, network};
use spikeforge_train::{Coding, Options, Samples, SystemName};

use crate::common::trained;

const SHAPE: &str = "4x3-c1x3-c3x2-2";
const N_FRAMES: usize = 4;

/// Frames of noise; in those of class 1 the first one has a bright corner, which only a memory can tell at the end.
fn remembered(n: usize) -> Samples {
    let mut random = SplitMix64::new(5);
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for sample in 0..n {
        let mut frames: Vec<u8> = (0..N_FRAMES * 12).map(|_| u8::try_from(random.below(112)).expect("a byte")).collect();
        if sample % 2 == 1 {
            [0, 1, 3, 4].into_iter().for_each(|pixel| frames[pixel] = 255);
        }
        pixels.extend(frames);
        labels.push(sample % 2);
    }
    Samples::new(pixels, vec![N_FRAMES, 4, 3], labels, 2).expect("samples")
}

fn options() -> Options {
    Options {
        coding: "frames".to_owned(),
        decoding: "membrane".to_owned(),
        n_timesteps: N_FRAMES,
        n_epochs: 12,
        batch: 20,
        rate: 1e-2,
        ..Options::new(SystemName::ConvLstm, SHAPE)
    }
}

#[test]
fn what_was_in_the_first_frame_is_remembered_and_the_integers_agree() {
    let samples = remembered(400);
    let training = trained(&options(), &samples);
    let float = training.accuracy(&samples).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &samples, Coding::Frames, N_FRAMES).expect("an accuracy");
    assert!(float > 0.9, "{float}");
    assert_eq!(float, integer);
}

#[test]
fn what_it_cannot_be_is_refused() {
    let samples = remembered(40);
    for (shape, coding, decoding) in [
        ("12-8-2", "frames", "membrane"),
        ("4x3-c3x2-2", "frames", "membrane"),
        ("4x3-c1x3-c2x2-2", "frames", "membrane"),
        (SHAPE, "values", "membrane"),
        (SHAPE, "frames", "rate"),
    ] {
        let options = Options { shape: shape.to_owned(), coding: coding.to_owned(), decoding: decoding.to_owned(), ..options() };
        assert!(options.build(&samples).is_err(), "{shape} {coding} {decoding}");
    }
}

/// Random weights, thresholds and turned signs: the h of every cell and frame that the threshold neurons of the chip's
/// reference tell, by the formulas in plain loops.
#[test]
fn the_threshold_neurons_are_the_lstm() {
    let samples = remembered(30);
    let mut n_ones = 0;
    for seed in 1..=4 {
        let system = Options { seed, ..options() }.build(&samples).expect("a system");
        let state = system.state();
        let var = |name: &str| &state.iter().find(|(other, _)| other == name).expect(name).1;
        let mut random = SplitMix64::new(seed);
        let mut row = |n: usize, (least, most): (i32, i32), beyond: f32| -> Vec<f32> {
            let span = usize::try_from(most - least + 1).expect("a span");
            (0..n).map(|_| (least + i32::try_from(random.below(span)).expect("small")) as f32 + beyond).collect()
        };
        // No sum of whole numbers comes to a threshold exactly, where rounding of floats would decide.
        let (gamma, shift) = (row(8, (-2, 1), 0.5), row(8, (-3, 2), 0.25));
        let set = |name: &str, values: &[f32]| var(name).set(&Tensor::from_slice(values, (1, values.len()), &Device::Cpu).expect("a row")).expect("set");
        set("cells.gamma", &gamma);
        set("cells.shift", &shift);
        let weights = |name: &str| var(name).to_vec2::<f32>().expect("a matrix");
        let lstm = Plain { gamma, shift, from_input: weights("cells.from_input"), from_hidden: weights("cells.from_hidden") };

        let network = network(&system.model().expect("a model")).expect("integers");
        let mut chip = Reference::new(&network);
        for sample in 0..samples.len() {
            let spikes = samples.train(sample, Coding::Frames, 3 * N_FRAMES);
            let trace = chip.trace(&spikes).expect("a trace");
            let fired = |layer: u16| trace.spikes(LayerId(layer)).map(ToOwned::to_owned).collect::<Vec<_>>();
            let (encoded, hidden) = (fired(0).into_iter().step_by(3).collect::<Vec<_>>(), fired(1));
            let expected = lstm.run(&encoded);
            // Positions before channels here, and h is the last of ten parts.
            for s in 2..3 * N_FRAMES {
                let got: Vec<bool> = (0..24).map(|cell| hidden[s][9 * 24 + cell]).collect();
                assert_eq!(got, expected[(s - 2) / 3], "seed {seed}, sample {sample}, timestep {s}");
                n_ones += got.iter().filter(|&&one| one).count();
            }
        }
    }
    assert!(n_ones > 1000, "{n_ones}");
}

/// 4 x 3 positions, 3 channels in, 2 out, kernels of 3.
struct Plain {
    gamma: Vec<f32>,
    shift: Vec<f32>,
    from_input: Vec<Vec<f32>>,
    from_hidden: Vec<Vec<f32>>,
}

impl Plain {
    fn run(&self, encoded: &[Spikes]) -> Vec<Vec<bool>> {
        let (mut cell, mut hidden, mut outputs) = (vec![false; 24], vec![false; 24], Vec::new());
        for spikes in encoded {
            // The encoder's neurons lie channels first.
            let input = |position: usize, channel: usize| spikes[channel * 12 + position];
            let before = hidden.clone();
            let output = |position: usize, channel: usize| before[position * 2 + channel];
            for j in 0..24 {
                let gate = |number: usize| {
                    let row = number * 2 + j % 2;
                    let sum = around(j / 2, 3, &self.from_input[row], &input) + around(j / 2, 2, &self.from_hidden[row], &output);
                    self.gamma[row] * sum as f32 + self.shift[row] > 0.0
                };
                cell[j] = gate(1) && cell[j] || gate(0) && gate(3);
                hidden[j] = gate(2) && cell[j];
            }
            outputs.push(hidden.clone());
        }
        outputs
    }
}

fn around(position: usize, n_channels: usize, latent: &[f32], spikes: &dyn Fn(usize, usize) -> bool) -> i32 {
    let (y, x) = (position / 3, position % 3);
    let mut sum = 0;
    for (dy, dx, channel) in (0..3).flat_map(|dy| (0..3).flat_map(move |dx| (0..n_channels).map(move |channel| (dy, dx, channel)))) {
        let (row, column) = (y + dy, x + dx);
        if (1..=4).contains(&row) && (1..=3).contains(&column) && spikes((row - 1) * 3 + column - 1, channel) {
            sum += if latent[(dy * 3 + dx) * n_channels + channel] < 0.0 { -1 } else { 1 };
        }
    }
    sum
}
