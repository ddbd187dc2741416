//! The rules told once more: plain integers, one weight at a time, each neuron's change worked out where it is made.

mod rules;

use std::collections::BTreeMap;

use proptest::prelude::*;
use spikeforge_sim::plasticity::{Checkpoint, LearningReference, ReadoutKind, Rule};
use spikeforge_sim::{plasticity, Layer, Network, Spikes};

use crate::naive;

/// What the layers did in a presentation: `x[layer][input]`, `y[layer][neuron]`, `charge[layer][neuron]`.
struct Seen {
    x: Vec<Vec<i64>>,
    y: Vec<Vec<i64>>,
    charge: Vec<Vec<i64>>,
    n_timesteps: i64,
}

/// A learning network, its state as the checkpoint has it, but latents `[layer][neuron][input]`.
struct Naive {
    state: Checkpoint,
    u: Vec<Vec<Vec<i64>>>,
    v: Vec<Vec<Vec<i64>>>,
    lfsrs: Vec<[u16; 2]>,
    feedback: Vec<BTreeMap<(usize, usize), i64>>,
    handicaps: Vec<Vec<i64>>,
    forward: Network,
    n_samples: u64,
}

fn bit(positive: bool) -> i64 {
    if positive {
        1
    } else {
        -1
    }
}

fn saturate(value: i64, bits: u32) -> i64 {
    value.max(-(1 << (bits - 1))).min((1 << (bits - 1)) - 1)
}

fn draw(lfsr: &mut u16, bits: u32) -> i64 {
    let drawn = i64::from(*lfsr) % (1 << bits);
    for _ in 0..4 {
        *lfsr = if *lfsr % 2 == 1 { (*lfsr / 2) ^ 0xB400 } else { *lfsr / 2 };
    }
    drawn
}

impl Naive {
    fn new(reference: &LearningReference) -> Self {
        let state = reference.checkpoint();
        let n_classes = state.network.n_classes;
        let mut naive = Naive {
            u: vec![],
            v: vec![],
            lfsrs: vec![],
            feedback: vec![],
            handicaps: vec![],
            forward: reference.forward().clone(),
            n_samples: 0,
            state,
        };
        for memory in &naive.state.memories {
            let n = memory.latents.n_neurons();
            let n_inputs = memory.latents.values().len() / n;
            let latent = |j: usize, i: usize| i64::from(memory.latents.row(i)[j]);
            naive.u.push((0..n).map(|j| (0..n_inputs).map(|i| latent(j, i)).collect()).collect());
            naive
                .v
                .push(memory.readout.values().chunks(n).map(|row| row.iter().map(|&v| v.into()).collect()).collect());
            naive.lfsrs.push([memory.lfsr.state(), memory.readout.lfsr().state()]);
            let classes = if memory.feedback.n_neurons() > 0 { n_classes } else { 0 };
            let places = (0..classes).flat_map(|k| (0..n).map(move |j| (k, j)));
            naive.feedback.push(places.map(|(k, j)| ((k, j), bit(memory.feedback.get(k, j)))).collect());
            naive.handicaps.push(memory.handicaps.iter().map(|&handicap| handicap.into()).collect());
        }
        naive
    }

    fn show(&mut self, train: &[Spikes], class: Option<usize>) -> Seen {
        let lines = self.state.network.label_lines;
        let n_classes = self.state.network.n_classes;
        let label_spikes = |class: Option<usize>| (0..n_classes * lines).map(move |line| Some(line / lines) == class);
        let train: Vec<Spikes> =
            train.iter().map(|x| x.iter().by_vals().chain(label_spikes(class)).collect()).collect();
        for (layer, u) in self.forward.layers.iter_mut().zip(&self.u) {
            u.iter()
                .enumerate()
                .for_each(|(j, row)| row.iter().enumerate().for_each(|(i, &u)| layer.weights.set(j, i, u >= 0)));
        }
        let trace = naive::trace(&self.forward, &train);
        let count = |layer: usize, j: usize| trace.iter().map(|layers| i64::from(layers[layer][j].1)).sum::<i64>();
        let of_layer =
            |l: usize, layer: &Layer| (0..layer.weights.n_neurons()).map(|j| count(l, j)).collect::<Vec<_>>();
        let y: Vec<Vec<i64>> = self.forward.layers.iter().enumerate().map(|(l, layer)| of_layer(l, layer)).collect();
        let inputs = (0..self.forward.input.n()).map(|i| train.iter().map(|x| i64::from(x[i])).sum()).collect();
        let x = std::iter::once(inputs).chain(y.iter().cloned()).take(y.len()).collect();
        let last = &trace[trace.len() - 1];
        let charge = |l: usize, j: usize| {
            i64::try_from(last[l][j].0).unwrap() + self.forward.layers[l].neurons.threshold[j] * y[l][j]
        };
        let charge = (0..y.len()).map(|l| (0..y[l].len()).map(|j| charge(l, j)).collect()).collect();
        Seen { x, charge, y, n_timesteps: i64::try_from(train.len()).unwrap() }
    }

    fn scores(&self, layer: usize, y: &[i64]) -> Vec<i64> {
        let weight = |v: i64| match self.state.network.layers[layer].readout {
            ReadoutKind::Integer { .. } => v,
            ReadoutKind::Sign { .. } => bit(v >= 0),
        };
        self.v[layer].iter().map(|row| row.iter().zip(y).map(|(&v, y)| weight(v) * y).sum()).collect()
    }

    /// Returns the scores of every layer.
    fn present(&mut self, train: &[Spikes], label: usize) -> Vec<Vec<i64>> {
        if self.state.network.rule == Rule::Sigprop && self.n_samples % 16 == 0 {
            self.respond_to_target(label, train.len());
        }
        self.n_samples += 1;
        let plain = self.show(train, None);
        let scores: Vec<_> = (0..self.u.len()).map(|l| self.scores(l, &plain.y[l])).collect();
        let rivals: Vec<usize> = scores.iter().map(|scores| rival(scores, label)).collect();
        let eager = |l: usize| scores[l][label] - scores[l][rivals[l]] < self.state.registers[l].margin;
        let eager: Vec<bool> = (0..self.u.len()).map(eager).collect();
        if eager.contains(&true) {
            self.learn(train, label, &plain, &rivals, &eager);
        }
        for l in (0..self.u.len()).filter(|&l| eager[l] && self.state.registers[l].readout_learns) {
            let (shift, bits) = (self.state.registers[l].readout_shift, self.state.network.layers[l].readout.bits());
            for j in (0..plain.y[l].len()).filter(|&j| plain.y[l][j] > 0) {
                let random = draw(&mut self.lfsrs[l][1], shift);
                let change = |e: i64| (e * plain.y[l][j] + random).div_euclid(1 << shift);
                self.v[l][label][j] = saturate(self.v[l][label][j] + change(64), bits);
                self.v[l][rivals[l]][j] = saturate(self.v[l][rivals[l]][j] + change(-64), bits);
            }
        }
        scores
    }

    fn check(&self, reference: &LearningReference) -> Result<(), TestCaseError> {
        for (l, memory) in reference.memories().iter().enumerate() {
            for (j, row) in self.u[l].iter().enumerate() {
                let got: Vec<i64> = (0..row.len()).map(|i| memory.latents.row(i)[j].into()).collect();
                prop_assert_eq!(&got, row, "latents of layer {}, neuron {}", l, j);
            }
            let values: Vec<i64> = memory.readout.values().iter().map(|&v| v.into()).collect();
            prop_assert_eq!(&values, &self.v[l].concat(), "readout of layer {}", l);
            prop_assert_eq!([memory.lfsr.state(), memory.readout.lfsr().state()], self.lfsrs[l]);
            for (&(k, j), &sign) in &self.feedback[l] {
                prop_assert_eq!(bit(memory.feedback.get(k, j)), sign);
            }
            let handicaps: Vec<i64> = memory.handicaps.iter().map(|&handicap| handicap.into()).collect();
            prop_assert_eq!(&handicaps, &self.handicaps[l]);
        }
        Ok(())
    }
}

fn rival(scores: &[i64], label: usize) -> usize {
    let best = (0..scores.len()).filter(|&k| k != label).map(|k| scores[k]).max().unwrap();
    (0..scores.len()).find(|&k| k != label && scores[k] == best).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn the_reference_keeps_to_the_rules(seed: u64, rule in super::any_rule()) {
        let (mut reference, samples) = super::learner(rule, seed);
        let registers = plasticity::random::registers(reference.network(), seed);
        reference.set_registers(&registers).unwrap();
        let mut naive = Naive::new(&reference);
        for (train, label) in &samples {
            let outcome = reference.present(train, Some(*label)).unwrap();
            prop_assert_eq!(outcome.scores, naive.present(train, *label));
            naive.check(&reference)?;
        }
    }
}
