use candle_core::{Device, Tensor};
use spikeforge_train::export::integer_accuracy;
use spikeforge_train::net::{Mode, Net};
use spikeforge_train::neurons::Lif;
use spikeforge_train::{Coding, Options, Surrogate, SystemName};

use crate::common::{digits, trained};

/// The integers of the compiler decide as the floats do, and both learned.
#[test]
fn digits_are_learned_and_their_integers_agree() {
    let (train, test) = digits();
    let options = Options { n_epochs: 30, batch: 32, rate: 5e-3, ..Options::new(SystemName::Bptt, "64-128-10") };
    let training = trained(&options, &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 8).expect("an accuracy");
    assert!(float > 0.93, "{float}");
    assert!((float - integer).abs() < 0.003, "{float} {integer}");
}

/// Pixels as numbers, and an answer by membranes: the integers of both decide as the floats do.
#[test]
fn values_are_learned_by_membranes_and_their_integers_agree() {
    let (train, test) = digits();
    let named = |name: &str| name.to_owned();
    let options = Options {
        coding: named("values"),
        decoding: named("membrane"),
        n_epochs: 8,
        batch: 32,
        rate: 5e-3,
        n_timesteps: 4,
        ..Options::new(SystemName::Bptt, "64-48-10")
    };
    let training = trained(&options, &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Values, 4).expect("an accuracy");
    assert!(float > 0.9, "{float}");
    assert!((float - integer).abs() < 0.003, "{float} {integer}");
    for (system, decoding, loss) in [(SystemName::Bntt, "membrane", "ce-count"), (SystemName::Bptt, "membrane", "mse-count")] {
        let options = Options { decoding: named(decoding), loss: named(loss), ..Options::new(system, "64-48-10") };
        assert!(options.build(&train).is_err(), "{system} {loss}");
    }
}

/// Each timestep's norm folds into factors and biases of its own, of neurons and of channels.
#[test]
fn norms_of_the_timesteps_are_learned_and_their_integers_agree() {
    let (train, test) = digits();
    for (shape, n_epochs, least) in [("64-64-10", 15, 0.87), ("8x8-c3x8-p2-10", 3, 0.7)] {
        let options = Options { n_epochs, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(SystemName::Bntt, shape) };
        let training = trained(&options, &train);
        let float = training.accuracy(&test).expect("an accuracy");
        let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 4).expect("an accuracy");
        assert!(float > least, "{shape}: {float}");
        assert!((float - integer).abs() < 0.006, "{shape}: {float} {integer}");
        let state = training.system.state();
        let gamma = |t: usize| state.iter().find(|(name, _)| *name == format!("layer1.{t}.gamma")).expect("a norm").1.flatten_all().and_then(|gamma| gamma.to_vec1::<f32>()).expect("numbers");
        assert_ne!(gamma(0), gamma(3), "the timesteps have learned alike");
    }
}

/// A convolution's NIR order of weights, pool and flattening are the ones that were trained.
#[test]
fn a_convolution_s_integers_agree() {
    let (train, test) = digits();
    let options = Options { n_epochs: 4, batch: 50, rate: 5e-3, n_timesteps: 4, ..Options::new(SystemName::Bptt, "8x8-c3x8-p2-10") };
    let training = trained(&options, &train);
    let float = training.accuracy(&test).expect("an accuracy");
    let integer = integer_accuracy(training.system.as_ref(), &test, Coding::Rate, 4).expect("an accuracy");
    assert!(float > 0.75, "{float}");
    assert!((float - integer).abs() < 0.006, "{float} {integer}");
}

/// The gradient of candle through all timesteps against one written out in plain loops, for one neuron and one weight:
/// dL/dw = sum_t g[t] sum_(u <= t) beta^(t-u) x[u], g[t] = the surrogate at t, plus nothing through the reset.
#[test]
fn the_gradient_through_time_is_that_of_plain_loops() {
    let lif = Lif { beta: 0.5, surrogate: Surrogate::FastSigmoid };
    let shape = "1-1".parse().expect("a shape");
    let net = Net::new(&shape, lif, 3).expect("a network");
    let layer = &net.layers[0];
    let one = |value: f32| Tensor::new(&[[value]], &Device::Cpu).expect("a tensor");
    layer.latent.set(&one(0.3)).expect("set");
    layer.norm.gamma.set(&one(0.9)).expect("set");
    layer.norm.shift.set(&one(0.2)).expect("set");
    let x = [1f32, 0.0, 1.0, 1.0, 0.0, 1.0];
    let spikes = Tensor::new(&x, &Device::Cpu).and_then(|x| x.reshape((6, 1))).expect("spikes");
    let output = net.run(&spikes, 6, Mode::Infer).expect("a course").remove(0);
    let gradients = output.spikes.sum_all().and_then(|sum| sum.backward()).expect("gradients");
    let got = gradients.get(&layer.latent).expect("a gradient").to_vec2::<f32>().expect("numbers")[0][0];

    let scale = 0.9 / (1f32 + 1e-5).sqrt();
    let (mut membrane, mut fired, mut trace, mut expected) = (0f32, 0f32, 0f32, 0f32);
    for x in x {
        membrane = 0.5 * membrane + scale * x + 0.2 - fired;
        trace = 0.5 * trace + scale * x;
        fired = f32::from(membrane > 1.0);
        expected += trace / (1.0 + 5.0 * (membrane - 1.0).abs()).powi(2);
    }
    assert!((got - expected).abs() < 1e-4, "{got} {expected}");
    assert!(expected > 0.1);
}
