//! The neurons of a layer whose every step fits 32 bits: the same timestep, eight neurons to a vector.
//!
//! A second telling of [`Neurons`], for speed; the tests hold both against a third, one neuron at a time.

use crate::arithmetic::{narrow_all, signed};
use crate::{arithmetic, Fires, Neurons, Reset};

/// Parameters, and membranes, in 32 bits.
#[derive(Clone, Debug)]
pub(crate) struct NarrowNeurons {
    /// Of whole words of neurons; those beyond the last never fire.
    pub membranes: Vec<i32>,
    beta: Vec<i32>,
    bias: Vec<i32>,
    threshold: Vec<i32>,
    /// The least membrane that fires.
    firing: Vec<i32>,
    fraction_bits: u32,
    beta_bits: u32,
    range: (i32, i32),
    reset: Reset,
    reset_delay: bool,
}

impl NarrowNeurons {
    /// None when a product of a membrane or a sum with the drive of `fan_in` spikes might not fit, for a subtraction
    /// ahead, and for neurons that never fire, or have a synapse or a scaling.
    pub fn new(neurons: &Neurons, fan_in: usize) -> Option<Self> {
        let most_bias = neurons.bias.iter().map(|bias| bias.abs()).max().unwrap_or(0);
        let drive = (signed(fan_in) << neurons.fraction_bits) + most_bias;
        let sum = drive + (1 << neurons.membrane_bits);
        let is_other = neurons.reset == Reset::SubtractAhead || neurons.fires == Fires::Never || neurons.synapse.is_some() || !neurons.scaling.is_empty();
        if is_other || neurons.membrane_bits + neurons.beta_bits > 31 || sum >= 1 << 31 {
            return None;
        }
        let n = neurons.threshold.len().next_multiple_of(64);
        let padded = |mut values: Vec<i32>, value| {
            values.resize(n, value);
            values
        };
        let firing: Vec<i64> = neurons.threshold.iter().map(|&threshold| neurons.fires.lowest(threshold)).collect();
        let betas: Vec<i64> = neurons.beta.iter().map(|&beta| beta.into()).collect();
        let bits = neurons.membrane_bits;
        Some(NarrowNeurons {
            membranes: vec![0; n],
            beta: padded(narrow_all(&betas), 0),
            bias: padded(narrow_all(&neurons.bias), 0),
            threshold: padded(narrow_all(&neurons.threshold), 0),
            firing: padded(narrow_all(&firing), i32::MAX),
            fraction_bits: neurons.fraction_bits,
            beta_bits: neurons.beta_bits,
            range: arithmetic::weight_range(bits),
            reset: neurons.reset,
            reset_delay: neurons.reset_delay,
        })
    }

    /// One timestep of every neuron, as [`Neurons::advance_all`].
    #[inline(always)]
    pub fn advance_all(&mut self, fired: &mut [u64], currents: &[i32]) {
        match (self.reset, self.reset_delay) {
            (Reset::None, _) => self.advance_each(Reset::None, false, fired, currents),
            (Reset::Zero, false) => self.advance_each(Reset::Zero, false, fired, currents),
            (Reset::Zero, true) => self.advance_each(Reset::Zero, true, fired, currents),
            (Reset::Subtract, false) => self.advance_each(Reset::Subtract, false, fired, currents),
            // Made for no subtraction ahead, whose state is elsewhere.
            (Reset::Subtract | Reset::SubtractAhead, _) => self.advance_each(Reset::Subtract, true, fired, currents),
        }
    }

    /// `currents` are of whole words of neurons. Nothing wraps: [`NarrowNeurons::new`] has seen to it.
    #[inline(always)]
    fn advance_each(&mut self, reset: Reset, delay: bool, fired: &mut [u64], currents: &[i32]) {
        let words = self.membranes.as_chunks_mut::<64>().0.iter_mut().zip(currents.as_chunks::<64>().0).zip(fired);
        let parameters = self.beta.as_chunks::<64>().0.iter().zip(self.bias.as_chunks::<64>().0);
        let thresholds = self.threshold.as_chunks::<64>().0.iter().zip(self.firing.as_chunks::<64>().0);
        let (fraction_bits, beta_bits, (lowest, highest)) = (self.fraction_bits, self.beta_bits, self.range);
        for (((membranes, currents), word), ((beta, bias), (threshold, firing))) in words.zip(parameters.zip(thresholds)) {
            let mut fires = [0u32; 2];
            for (half, fires) in fires.iter_mut().enumerate() {
                for bit in 0..32 {
                    let i = 32 * half + bit;
                    // All ones where the neuron fired and its reset comes late: until then its membrane tells. At rest none does.
                    let late = if delay { 0i32.wrapping_sub(i32::from(membranes[i] >= firing[i])) } else { 0 };
                    let kept = membranes[i].wrapping_mul(beta[i]).wrapping_shr(beta_bits);
                    let leaked = if reset == Reset::Zero { kept & !late } else { kept };
                    let drive = currents[i].wrapping_shl(fraction_bits).wrapping_add(bias[i]);
                    let late_reset = if reset == Reset::Subtract { threshold[i] & late } else { 0 };
                    let membrane = leaked.wrapping_add(drive).wrapping_sub(late_reset).max(lowest).min(highest);
                    let fire = membrane >= firing[i];
                    *fires |= u32::from(fire) << bit;
                    let reset_to = match reset {
                        Reset::None => membrane,
                        Reset::Zero => 0,
                        Reset::Subtract | Reset::SubtractAhead => membrane.wrapping_sub(threshold[i]),
                    };
                    membranes[i] = if fire && !delay { reset_to } else { membrane };
                }
            }
            *word = u64::from(fires[0]) | u64::from(fires[1]) << 32;
        }
    }
}
