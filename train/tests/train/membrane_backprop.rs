use candle_core::{Tensor, Var};
use spikeforge_train::net::Net;
use spikeforge_train::neurons::Lif;
use spikeforge_train::systems::membrane_backprop::{errors, traces};
use spikeforge_train::{Coding, Options, Surrogate, SystemName};

use crate::common::{digits, trained};

/// The errors are candle's gradients of half the square at the output, by what each layer's currents have summed up to, in the
/// network of traces that the rule takes the spikes for: a = gate (what was summed), with the weights between.
#[test]
fn errors_are_the_gradients_of_the_network_of_traces() {
    let batch = digits().0.batch(&(0..30).collect::<Vec<_>>(), Coding::Rate, 6).expect("a batch");
    let shape = "64-40-20-10".parse().expect("a shape");
    let net = Net::new(&shape, Lif { beta: 0.75, surrogate: Surrogate::Arctan }, 3).expect("a network");
    for layer in &net.layers {
        layer.norm.gamma.set(&layer.norm.gamma.affine(0.2, 0.0).expect("a tensor")).expect("set");
    }
    let traces = traces(&net, &batch).expect("traces");
    let (got, loss) = errors(&net, &traces, &batch).expect("errors");

    let gradients = || -> candle_core::Result<(Vec<Tensor>, f32)> {
        let moves: Vec<Var> = traces.all[1..].iter().map(|trace| Var::from_tensor(&trace.zeros_like()?)).collect::<Result<_, _>>()?;
        let mut change: Option<Tensor> = None;
        for (i, layer) in net.layers.iter().enumerate() {
            let gate = traces.all[i + 1].gt(0f32)?.to_dtype(candle_core::DType::F32)?;
            let gate = if i + 1 == net.layers.len() { gate.ones_like()? } else { gate };
            let (scale, _) = layer.norm.folded()?;
            let signs = layer.latent.ge(0f32)?.to_dtype(candle_core::DType::F32)?.affine(2.0, -1.0)?;
            let mut summed = moves[i].as_tensor().clone();
            if let Some(change) = &change {
                summed = (summed + change.matmul(&signs.t()?)?.broadcast_mul(&scale.detach())?)?;
            }
            change = Some(summed.mul(&gate)?);
        }
        let output = (traces.all[3].affine(1.0 / traces.one, 0.0)? + change.expect("layers"))?;
        let squares = output.sub(&batch.one_hot().expect("targets"))?.sqr()?.sum_all()?.affine(0.5, 0.0)?;
        let all = squares.backward()?;
        let each = moves.iter().map(|var| all.get(var).cloned().expect("a gradient")).collect();
        Ok((each, squares.to_scalar::<f32>()? / 30.0))
    };
    let (expected, expected_loss) = gradients().expect("gradients");
    assert!((loss - f64::from(expected_loss)).abs() < 1e-4, "{loss} {expected_loss}");
    for (got, expected) in got.iter().zip(&expected) {
        let most = |values: &Tensor| values.abs().and_then(|values| values.max_all()).and_then(|most| most.to_scalar::<f32>()).expect("a number");
        assert!(most(&got.sub(expected).expect("a difference")) < 1e-4, "{got} {expected}");
        assert!(most(expected) > 1e-3);
    }
}

#[test]
fn digits_are_learned_on_membranes() {
    let (train, test) = digits();
    let options = Options { n_epochs: 30, batch: 32, rate: 5e-3, beta: 0.875, ..Options::new(SystemName::MembraneBackprop, "64-64-32-10") };
    let accuracy = trained(&options, &train).accuracy(&test).expect("an accuracy");
    assert!(accuracy > 0.8, "{accuracy}");
}
