use candle_core::Tensor;
use spikeforge_sim::argmax;
use spikeforge_sim::random::SplitMix64;

use super::super::hidden::MARGIN;
use super::{judge, Local, HANDICAP};
use crate::random::uniform;
use crate::system::{Options, System, SystemName};
use crate::{Batch, Coding, Samples};

const RULES: [SystemName; 8] = [
    SystemName::Backprop,
    SystemName::FeedbackAlignment,
    SystemName::SignSymmetric,
    SystemName::Drtp,
    SystemName::Sigprop,
    SystemName::Pepita,
    SystemName::Stdp,
    SystemName::Readout,
];
const N_TIMESTEPS: usize = 8;

/// 40 inputs, a third of them silent, 12 neurons and 3 classes.
fn untrained(rule: SystemName, labels: Vec<usize>) -> (Local, Batch) {
    let mut random = SplitMix64::new(5);
    let mut pixel = || random.next_word().to_le_bytes()[0].saturating_sub(80);
    let pixels = (0..40 * labels.len()).map(|_| pixel()).collect();
    let numbers: Vec<usize> = (0..labels.len()).collect();
    let samples = Samples::new(pixels, vec![40], labels, 3).expect("samples");
    let options = Options { beta: 0.875, ..Options::new(rule, "40-12-3") };
    let system = Local::new(rule, &options, &options.shape.parse().expect("a shape"), 3).expect("a system");
    (system, samples.batch(&numbers, Coding::Ramp, N_TIMESTEPS).expect("a batch"))
}

fn rows(tensor: &Tensor) -> Vec<Vec<f32>> {
    tensor.to_vec2().expect("rows")
}

fn state(system: &Local) -> Vec<(String, Vec<f32>)> {
    let values = |var: &candle_core::Var| var.flatten_all().and_then(|all| all.to_vec1()).expect("values");
    system.state().iter().map(|(name, var)| (name.clone(), values(var))).collect()
}

fn sign(is_positive: bool) -> f32 {
    if is_positive { 1.0 } else { -1.0 }
}

/// A sample that is missed, alone.
struct Missed<'a> {
    system: &'a Local,
    /// (timesteps, inputs)
    spikes: Tensor,
    label: usize,
    /// Each with what the lead over it lacks.
    rivals: Vec<(usize, f32)>,
}

impl Missed<'_> {
    /// What it asks of the weights, [neuron][input], in plain loops.
    fn gradient(&self) -> Vec<Vec<f32>> {
        let x = self.inputs();
        (0..12).map(|j| x.iter().map(|x| self.modulator(j) * x).collect()).collect()
    }

    fn modulator(&self, j: usize) -> f32 {
        let answer = self.system.present(&self.spikes, N_TIMESTEPS).expect("an answer");
        let (rates, smooth) = (rows(&answer.rates).remove(0), rows(&answer.smooth).remove(0));
        let (v, b) = (rows(self.system.readout.as_tensor()), rows(&self.system.feedback));
        match self.system.rule {
            SystemName::Stdp => {
                let handicap = rows(self.system.handicap.as_tensor()).remove(0);
                let standing: Vec<f32> = smooth.iter().zip(handicap).map(|(smooth, handicap)| smooth - handicap).collect();
                if j == argmax(&standing) { -1.0 } else { 0.0 }
            }
            _ if rates[j] == 0.0 || rates[j] == 1.0 => 0.0,
            SystemName::Backprop => self.error(|class| v[class][j]),
            SystemName::FeedbackAlignment => self.error(|class| b[class][j]),
            SystemName::SignSymmetric => self.error(|class| sign(v[class][j] >= 0.0)),
            SystemName::Drtp => b[self.label][j],
            SystemName::Sigprop => self.error(|class| self.excess(class, j)),
            SystemName::Pepita => sign(smooth[j] > rows(&self.perturbed())[0][j]),
            _ => 0.0,
        }
    }

    /// The error of a sample times numbers of the classes.
    fn error(&self, of: impl Fn(usize) -> f32) -> f32 {
        let lacking: f32 = self.rivals.iter().map(|(_, lacking)| lacking).sum();
        self.rivals.iter().map(|&(rival, lacks)| of(rival) * lacks / lacking).sum::<f32>() - of(self.label)
    }

    /// What a neuron makes of the target of a class, more than of all of them on average.
    fn excess(&self, class: usize, j: usize) -> f32 {
        let shown = |class| self.system.feedback.narrow(0, class, 1).and_then(|target| target.repeat((N_TIMESTEPS, 1))).expect("spikes");
        let of = |class| rows(&self.system.present(&shown(class), N_TIMESTEPS).expect("an answer").smooth)[0][j];
        of(class) - (of(0) + of(1) + of(2)) / 3.0
    }

    /// The inputs that the modulators are multiplied with.
    fn inputs(&self) -> Vec<f32> {
        let spikes = rows(&self.spikes);
        let input = |i: usize| match (self.system.rule, spikes.iter().map(|fired| fired[i]).sum::<f32>() / 8.0) {
            (SystemName::Stdp, 0.0) => -1.0,
            (SystemName::Pepita, x) => x - self.change(i),
            (_, x) => x,
        };
        (0..40).map(input).collect()
    }

    fn change(&self, i: usize) -> f32 {
        let f = rows(&self.system.feedback);
        self.error(|class| f[class][i])
    }

    fn perturbed(&self) -> Tensor {
        let change = Tensor::new((0..40).map(|i| self.change(i)).collect::<Vec<_>>(), self.spikes.device()).expect("a row");
        let spikes = self.spikes.broadcast_sub(&change).expect("spikes");
        self.system.present(&spikes, N_TIMESTEPS).expect("an answer").smooth
    }
}

/// The samples of a batch that a system misses, each with its rivals.
fn missed<'a>(system: &'a Local, batch: &Batch) -> Vec<Missed<'a>> {
    let scores = rows(&system.scores(batch).expect("scores"));
    let each = scores.iter().zip(&batch.labels).enumerate().filter_map(|(i, (scores, &label))| {
        let others = (0..3).filter(|&class| class != label);
        let rivals: Vec<_> = others.map(|class| (class, MARGIN - (scores[label] - scores[class]))).filter(|&(_, lacks)| lacks > 0.0).collect();
        let of_sample: Vec<Tensor> = (0..N_TIMESTEPS).map(|t| batch.spikes.narrow(0, t * batch.n() + i, 1).expect("spikes")).collect();
        let spikes = Tensor::cat(&of_sample, 0).expect("spikes");
        (!rivals.is_empty()).then_some(Missed { system, spikes, label, rivals })
    });
    each.collect()
}

#[test]
fn a_batch_asks_what_its_missed_samples_ask_one_by_one() {
    for rule in RULES {
        let (mut system, batch) = untrained(rule, vec![0, 1, 2, 0, 1, 2, 0, 1]);
        system.readout.set(&uniform(&mut SplitMix64::new(3), (3, 12), 6.0).expect("weights")).expect("its size");
        system.handicap.set(&uniform(&mut SplitMix64::new(4), (1, 12), 0.3).expect("numbers")).expect("its size");
        let missed = missed(&system, &batch);
        assert!((2..8).contains(&missed.len()), "{} are missed", missed.len());
        assert!(missed.iter().any(|sample| sample.rivals.len() == 1) && missed.iter().any(|sample| sample.rivals.len() == 2));
        let mut expected = vec![vec![0.0; 40]; 12];
        for gradient in missed.iter().map(Missed::gradient) {
            expected.iter_mut().zip(gradient).for_each(|(sums, row)| sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value));
        }
        let answer = system.present(&batch.spikes, N_TIMESTEPS).expect("an answer");
        let judged = judge(&system.scores(&batch).expect("scores"), &batch).expect("a judgement");
        let got = rows(&system.gradient(&batch, &answer, &judged).expect("a gradient"));
        let pairs = got.concat().into_iter().zip(expected.concat());
        assert!(pairs.clone().all(|(got, expected)| (got - expected).abs() < 1e-4), "{rule}: {:?}", pairs.collect::<Vec<_>>());
        assert_eq!(expected.concat().iter().all(|&value| value == 0.0), rule == SystemName::Readout, "{rule}");
    }
}

/// Nor does what was learned before it go on: the samples teach a readout of zeros, and then one that tells them apart nothing.
#[test]
fn what_leads_by_the_margin_teaches_nothing() {
    for rule in RULES {
        let (mut system, batch) = untrained(rule, vec![1; 6]);
        let before = state(&system);
        assert_eq!(system.step(&batch, 1e-3, 0).expect("a step"), f64::from(MARGIN), "{rule}");
        assert_ne!(before, state(&system), "{rule}");
        let by_class = Tensor::new(&[[0f32], [10.0], [0.0]], batch.spikes.device()).and_then(|column| column.repeat((1, 12))).expect("weights");
        system.readout.set(&by_class).expect("its size");
        let before = state(&system);
        assert_eq!(system.step(&batch, 1e-3, 0).expect("a step"), 0.0, "{rule}");
        assert_eq!(before, state(&system), "{rule}");
    }
}

/// A win counts against its neuron what it counts for the others together.
#[test]
fn who_wins_is_handicapped() {
    let (mut system, batch) = untrained(SystemName::Stdp, vec![0]);
    let winner = missed(&system, &batch)[0].gradient().iter().position(|row| row.iter().any(|&value| value != 0.0));
    system.step(&batch, 1e-2, 0).expect("a step");
    let handicap = rows(system.handicap.as_tensor()).remove(0);
    for (j, got) in handicap.iter().enumerate() {
        let expected = HANDICAP * (if Some(j) == winner { 1.0 } else { 0.0 } - 1.0 / 12.0);
        assert!((f64::from(*got) - expected).abs() < 1e-6, "{j}: {got} {expected}");
    }
}
