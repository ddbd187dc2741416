//! How each rule changes the latents.

use spikeforge_sim::plasticity::Rule;
use spikeforge_sim::Spikes;

use super::{bit, draw, saturate, Naive, Seen};

impl Naive {
    pub fn respond_to_target(&mut self, label: usize, n_timesteps: usize) {
        let n_inputs = self.state.network.input.n();
        let n_shown = n_timesteps / 4 + usize::from(n_timesteps % 4 > 0);
        let next = if label + 1 == self.state.network.n_classes { 0 } else { label + 1 };
        let [other, own] = [next, label].map(|class| {
            let target: Spikes = (0..n_inputs).map(|i| self.state.patterns.active.get(class, i)).collect();
            self.show(&vec![target; n_shown], None)
        });
        for l in 0..self.u.len() {
            for j in 0..self.u[l].len() {
                self.feedback[l].insert((label, j), bit(own.charge[l][j] >= other.charge[l][j]));
            }
        }
    }

    pub fn learn(&mut self, train: &[Spikes], label: usize, plain: &Seen, rivals: &[usize], eager: &[bool]) {
        let last = rivals[rivals.len() - 1];
        let half = &train[..train.len() - train.len() / 2];
        let passes = match self.state.network.rule {
            Rule::Symba => vec![self.show(half, Some(label)), self.show(half, Some(last))],
            Rule::Pepita => vec![self.show(&self.modulated(train, label, last), None)],
            _ => vec![],
        };
        if self.state.network.rule == Rule::ForwardForward {
            for (class, direction) in [(label, 1), (last, -1)] {
                let seen = self.show(half, Some(class));
                for l in 0..self.u.len() {
                    let r = &self.state.registers[l];
                    let goodness: i64 = seen.y[l].iter().map(|y| y * y).sum();
                    let excess = (goodness - r.goodness).div_euclid(1 << r.goodness_shift).clamp(-16, 16);
                    let change = |j: usize| (16 * direction - excess) * seen.y[l][j].min(7);
                    self.change(l, eager, &seen, &seen.x[l], change, |j| open(&seen, l, j));
                }
            }
            return;
        }
        for (l, &rival) in rivals.iter().enumerate() {
            self.learn_layer(l, [label, rival], eager, plain, &passes);
        }
    }

    fn learn_layer(&mut self, l: usize, [label, rival]: [usize; 2], eager: &[bool], plain: &Seen, passes: &[Seen]) {
        let v = self.v[l].clone();
        let b = self.feedback[l].clone();
        let registers = self.state.registers[l].clone();
        let plain_open = |j: usize| open(plain, l, j);
        match self.state.network.rule {
            Rule::SignSymmetric => {
                let change = |j: usize| 64 * (v[label][j].signum() - v[rival][j].signum());
                self.change(l, eager, plain, &plain.x[l], change, plain_open);
            }
            Rule::RandomFeedback | Rule::Sigprop => {
                self.change(l, eager, plain, &plain.x[l], |j| 64 * (b[&(label, j)] - b[&(rival, j)]), plain_open);
            }
            Rule::Drtp => self.change(l, eager, plain, &plain.x[l], |j| 64 * b[&(label, j)], plain_open),
            Rule::Pepita => {
                let difference = |j: usize| passes[0].charge[l][j] - plain.charge[l][j];
                self.change(l, eager, &passes[0], &passes[0].x[l], |j| 64 * difference(j).signum(), plain_open);
            }
            Rule::Symba => {
                let goodness = |seen: &Seen| seen.y[l].iter().map(|y| y * y).sum::<i64>();
                let missing = registers.goodness - goodness(&passes[0]) + goodness(&passes[1]);
                let strength = if missing > 0 { (missing >> registers.goodness_shift).clamp(1, 16) } else { 0 };
                let change = |j: usize| 8 * strength * (passes[0].y[l][j] - passes[1].y[l][j]).clamp(-7, 7);
                if strength > 0 {
                    self.change(l, eager, &passes[0], &passes[0].x[l], change, |j| {
                        open(&passes[0], l, j) || open(&passes[1], l, j)
                    });
                }
            }
            Rule::Stdp if eager[l] && registers.latents_learn => {
                let standing = |j: usize| plain.charge[l][j] - self.handicaps[l][j].div_euclid(16);
                let best = (0..plain.y[l].len()).map(standing).max().unwrap();
                let winner = (0..plain.y[l].len()).find(|&j| standing(j) == best).unwrap();
                self.handicaps[l].iter_mut().for_each(|handicap| *handicap -= 1);
                self.handicaps[l][winner] += i64::try_from(plain.y[l].len()).unwrap();
                let (up, down) = (i64::from(registers.potentiation), i64::from(registers.depression));
                let silent = |i: usize| if i as u32 % 8 == u32::from(self.lfsrs[l][0]) / 8192 { -8 * down } else { 0 };
                let trace: Vec<i64> =
                    plain.x[l].iter().enumerate().map(|(i, &x)| if x > 0 { x * up } else { silent(i) }).collect();
                self.change(l, eager, plain, &trace, |j| i64::from(j == winner), |_| true);
            }
            Rule::Stdp | Rule::ForwardForward => {}
        }
    }

    fn modulated(&self, train: &[Spikes], label: usize, rival: usize) -> Vec<Spikes> {
        let patterns = &self.state.patterns;
        let f = |k: usize, i: usize| {
            if patterns.active.get(k, i) {
                bit(patterns.up.get(k, i))
            } else {
                0
            }
        };
        let mut train = train.to_vec();
        for spikes in train.iter_mut().take(2) {
            for i in 0..spikes.len() {
                let after = match f(label, i) - f(rival, i) {
                    0 => spikes[i],
                    difference => difference > 0,
                };
                spikes.set(i, after);
            }
        }
        train
    }

    fn change(
        &mut self,
        l: usize,
        eager: &[bool],
        seen: &Seen,
        trace: &[i64],
        change: impl Fn(usize) -> i64,
        open: impl Fn(usize) -> bool,
    ) {
        let registers = &self.state.registers[l];
        if !eager[l] || !registers.latents_learn {
            return;
        }
        let sum: i64 = seen.x[l].iter().sum();
        let mut shift = registers.latent_shift;
        let mut dense = sum >> 1 >> registers.dense_bits;
        while dense > 0 && shift < 16 {
            (shift, dense) = (shift + 1, dense / 2);
        }
        let bits = self.state.network.layers[l].latent_bits;
        for i in (0..trace.len()).filter(|&i| trace[i] != 0) {
            let random = draw(&mut self.lfsrs[l][0], shift);
            for j in (0..self.u[l].len()).filter(|&j| open(j)) {
                let step = (trace[i] * change(j) + random).div_euclid(1 << shift);
                self.u[l][j][i] = saturate(self.u[l][j][i] + step, bits);
            }
        }
    }
}

fn open(seen: &Seen, l: usize, j: usize) -> bool {
    0 < seen.y[l][j] && seen.y[l][j] < seen.n_timesteps
}
