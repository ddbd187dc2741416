use candle_core::Tensor;
use spikeforge_sim::random::SplitMix64;
use spikeforge_train::net::{Mode, Net};
use spikeforge_train::neurons::Lif;
use spikeforge_train::random::normal;
use spikeforge_train::systems::forward_gradient::slope;
use spikeforge_train::{Coding, Decoding, Loss, Options, Surrogate, SystemName};

use crate::common::{digits, trained};

/// The derivative that is carried forward is the product of candle's backward gradient and the direction.
#[test]
fn the_slope_is_the_gradient_along_the_direction() {
    let (train, _) = digits();
    let batch = train.batch(&(0..20).collect::<Vec<_>>(), Coding::Rate, 5).expect("a batch");
    for (seed, surrogate) in Surrogate::ALL.iter().enumerate() {
        let lif = Lif { beta: 0.75, surrogate: *surrogate };
        let net = Net::new(&"64-30-20-10".parse().expect("a shape"), lif, 5).expect("a network");
        for layer in &net.layers {
            layer.norm.gamma.set(&layer.norm.gamma.affine(0.2, 0.0).expect("a tensor")).expect("set");
        }
        let output = net.run(&batch.spikes, 5, Mode::Infer).expect("a course").pop().expect("a layer");
        let loss = Loss::CeCount.of(&output, Decoding::Rate, &batch).expect("a loss");
        let gradients = loss.backward().expect("gradients");
        let mut random = SplitMix64::new(seed as u64);
        let directions: Vec<Tensor> = net.layers.iter().map(|layer| normal(&mut random, layer.latent.dims2().expect("two")).expect("numbers")).collect();
        let product = |(layer, direction): (&spikeforge_train::net::Layer, &Tensor)| {
            let gradient = gradients.get(&layer.latent).expect("a gradient");
            gradient.mul(direction).and_then(|product| product.sum_all()).and_then(|sum| sum.to_scalar::<f32>()).expect("a number")
        };
        let expected: f32 = net.layers.iter().zip(&directions).map(product).sum();
        let got = slope(&net, &directions, &batch).expect("a slope");
        assert!((got.loss - f64::from(loss.to_scalar::<f32>().expect("a number"))).abs() < 1e-4);
        assert!((got.derivative - f64::from(expected)).abs() < 1e-3 * f64::from(expected.abs()).max(0.1), "{got:?} {expected}");
        assert!(expected.abs() > 1e-3, "{expected}");
    }
}

#[test]
fn digits_are_learned_without_a_backward_pass() {
    let (train, test) = digits();
    let options = Options { n_epochs: 30, batch: 32, rate: 2e-3, ..Options::new(SystemName::ForwardGradient, "64-64-10") };
    let accuracy = trained(&options, &train).accuracy(&test).expect("an accuracy");
    // Slowly: four directions of 4736. Chance is 0.1.
    assert!(accuracy > 0.25, "{accuracy}");
}
