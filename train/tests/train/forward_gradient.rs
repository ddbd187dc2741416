use candle_core::{Result, Tensor};
use spikeforge_sim::random::SplitMix64;
use spikeforge_train::net::{Mode, Net};
use spikeforge_train::neurons::Lif;
use spikeforge_train::random::normal;
use spikeforge_train::systems::forward_gradient::{estimates, slopes};
use spikeforge_train::{Batch, Coding, Decoding, Loss, Options, Surrogate, SystemName};

use crate::common::{digits, trained};

fn batch(n: usize) -> Batch {
    digits().0.batch(&(0..n).collect::<Vec<_>>(), Coding::Rate, 5).expect("a batch")
}

fn net(shape: &str, surrogate: Surrogate) -> Net {
    let net = Net::new(&shape.parse().expect("a shape"), Lif { beta: 0.75, surrogate }, 5).expect("a network");
    for layer in &net.layers {
        layer.norm.gamma.set(&layer.norm.gamma.affine(0.2, 0.0).expect("a tensor")).expect("set");
    }
    net
}

/// candle's, by the latent weights of each layer, and the loss.
fn backward(net: &Net, batch: &Batch) -> (Vec<Tensor>, f32) {
    let output = net.run(&batch.spikes, 5, Mode::Infer).expect("a course").pop().expect("a layer");
    let loss = Loss::CeCount.of(&output, Decoding::Rate, batch).expect("a loss");
    let gradients = loss.backward().expect("gradients");
    let all = net.layers.iter().map(|layer| gradients.get(&layer.latent).expect("a gradient").clone()).collect();
    (all, loss.to_scalar().expect("a number"))
}

fn product(one: &Tensor, other: &Tensor) -> f64 {
    one.mul(other).and_then(|product| product.sum_all()).and_then(|sum| sum.to_scalar::<f32>()).expect("a number").into()
}

/// Where the currents move as a step of the weights would move them, the derivative that is carried forward is the product of
/// candle's backward gradient and that step.
#[test]
fn the_slopes_are_the_gradient_along_the_direction() {
    let batch = batch(20);
    for (seed, surrogate) in Surrogate::ALL.iter().enumerate() {
        let net = net("64-30-20-10", *surrogate);
        let (gradients, loss) = backward(&net, &batch);
        let mut random = SplitMix64::new(seed as u64);
        let steps: Vec<Tensor> = net.layers.iter().map(|layer| normal(&mut random, layer.latent.dims2().expect("two")).expect("numbers")).collect();
        let still: Vec<Tensor> = net.layers.iter().map(|layer| Tensor::zeros((100, layer.shape.n_channels), candle_core::DType::F32, &candle_core::Device::Cpu)).collect::<Result<_>>().expect("zeros");
        let sources = slopes(&net, &still, &batch).expect("slopes").sources;
        let moved = |((layer, step), source): ((&spikeforge_train::net::Layer, &Tensor), &Tensor)| {
            source.matmul(&step.t()?)?.broadcast_mul(&layer.norm.folded()?.0)
        };
        let directions: Vec<Tensor> = net.layers.iter().zip(&steps).zip(&sources).map(moved).collect::<Result<_>>().expect("directions");
        let expected: f64 = gradients.iter().zip(&steps).map(|(gradient, step)| product(gradient, step)).sum();
        let got = slopes(&net, &directions, &batch).expect("slopes");
        let mean: f32 = got.derivatives.mean_all().and_then(|mean| mean.to_scalar()).expect("a number");
        assert!((got.loss - f64::from(loss)).abs() < 1e-4);
        assert!((f64::from(mean) - expected).abs() < 1e-3 * expected.abs().max(0.1), "{mean} {expected}");
        assert!(expected.abs() > 1e-3, "{expected}");
    }
}

/// The mean of estimates in many directions points where candle's gradient does, and is as long.
#[test]
fn the_estimates_have_no_bias() {
    // The variance of one estimate is about 500 times the square of the gradient: of so many, the cosine is near 0.9.
    const N: usize = 2400;
    let (batch, net) = (batch(10), net("64-6-10", Surrogate::Arctan));
    let (gradients, _) = backward(&net, &batch);
    let mut random = SplitMix64::new(9);
    let mut sums: Vec<Tensor> = gradients.iter().map(|gradient| gradient.zeros_like().expect("zeros")).collect();
    for _ in 0..N {
        let directions: Vec<Tensor> = net.layers.iter().map(|layer| normal(&mut random, (50, layer.shape.n_channels)).expect("numbers")).collect();
        let slopes = slopes(&net, &directions, &batch).expect("slopes");
        let all = estimates(&net, &directions, &slopes, &batch).expect("estimates");
        // The weights of a layer, then its shift.
        sums = sums.iter().zip(all.iter().step_by(2)).map(|(sum, one)| sum.add(one).expect("a sum")).collect();
    }
    for (gradient, sum) in gradients.iter().zip(&sums) {
        let (along, length) = (product(gradient, sum) / N as f64, product(gradient, gradient));
        let cosine = along / (length * product(sum, sum) / (N * N) as f64).sqrt();
        assert!(cosine > 0.85, "{cosine}");
        assert!((along / length - 1.0).abs() < 0.1, "{along} {length}");
    }
}

#[test]
fn digits_are_learned_without_a_backward_pass_nearly_as_with_one() {
    let (train, test) = digits();
    let accuracy = |system| {
        let options = Options { n_epochs: 20, batch: 32, rate: 1e-2, n_timesteps: 5, ..Options::new(system, "64-64-10") };
        trained(&options, &train).accuracy(&test).expect("an accuracy")
    };
    let [forward, backward] = [SystemName::ForwardGradient, SystemName::BackwardGradient].map(accuracy);
    // Chance is 0.1; in directions of all weights at once it came to 0.38.
    assert!(forward > 0.6 && backward > forward, "{forward} {backward}");
}
