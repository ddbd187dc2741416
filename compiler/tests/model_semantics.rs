//! What the neurons of a model are taken to do, and who says so: option, metadata, file, framework or default.

mod model_common;

use expect_test::{expect, Expect};
use model_common::{affine, integrator, lif_parameters, linear, vector, Graph};
use ndarray::{arr0, ArrayD};
use spikeforge_compiler::model::{Lif, Model, NodeKind, Value};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::report;
use spikeforge_sim::{Fires, Reset};

#[test]
fn snntorch_is_recognized_by_its_resistance() {
    check(
        Graph::layer(),
        &NeuronOptions::default(),
        expect![[r#"
        reset = subtract (snnTorch's default)
        reset-delay = on (one timestep late) (snnTorch's default)
        fires = above (>) (snnTorch's default)
        dt = 0.0001 s (file)
        decay = 0.5 (file)
        beta [1, 1] / 2^1
        threshold [6144, 6144], bias [0, 0] / 2^12
        neuron 1 ++-, membrane MembraneWidth { bits: 15, reason: Proved }
        warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
    "#]],
    );
}

#[test]
fn snntorch_writes_scalars_for_a_layer() {
    let scalar = |value: f64| ArrayD::from(arr0(value).into_dyn());
    let neurons = Lif {
        tau: scalar(1e-3),
        r: scalar(10.0),
        v_leak: scalar(0.0),
        v_threshold: scalar(1.0),
        v_reset: None,
    };
    check(
        Graph::layer().with("lif", NodeKind::Lif(neurons)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = subtract (snnTorch's default)
            reset-delay = on (one timestep late) (snnTorch's default)
            fires = above (>) (snnTorch's default)
            dt = 0.0001 s (file)
            decay = 0.9 (file)
            beta [3686, 3686] / 2^12
            threshold [4096, 4096], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 17, reason: Proved }
            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

#[test]
fn a_decay_of_one_is_an_integrator() {
    let neurons = Lif {
        tau: vector(&[f64::INFINITY; 2]),
        r: vector(&[f64::INFINITY; 2]),
        ..lif_parameters(2)
    };
    check(
        Graph::layer().with("lif", NodeKind::Lif(neurons)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (default)
            reset-delay = off (at once) (default)
            fires = above (>) (default)
            dt = 0.0001 s (default)
            decay = 1 (file)
            beta [1, 1] / 2^0
            threshold [6144, 6144], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 25, reason: Timesteps(1170) }
            warning: the file does not say which framework it is from, nor how its neurons reset: they are taken as NIR's equations have it (reset zero, at once, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node fc: strong input for more than 1170 timesteps can drive its membranes beyond 25 bits, where they saturate; use --membrane-bits to choose the width, or neurons that leak more
        "#]],
    );
}

#[test]
fn nothing_is_known_of_a_unit_resistance() {
    check(
        unit_resistance(1e-3),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (default)
            reset-delay = off (at once) (default)
            fires = above (>) (default)
            dt = 0.0001 s (default)
            decay = 0.9 (file)
            beta [3686, 3686] / 2^12
            threshold [61440, 61440], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 17, reason: Proved }
            warning: the file does not say which framework it is from, nor how its neurons reset: they are taken as NIR's equations have it (reset zero, at once, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: the file does not say how long a timestep is, 0.0001 s is assumed; use --dt SECONDS, or --decay BETA
        "#]],
    );
}

#[test]
fn options_come_first() {
    let options = NeuronOptions {
        reset: Some(Reset::Zero),
        reset_delay: Some(false),
        fires: Some(Fires::At),
        dt: Some(1e-6),
        ..NeuronOptions::default()
    };
    check(
        told("norse", unit_resistance(1e-5)),
        &options,
        expect![[r#"
            reset = zero (option)
            reset-delay = off (at once) (option)
            fires = at (>=) (option)
            dt = 0.000001 s (option)
            decay = 0.9 (file)
            beta [3686, 3686] / 2^12
            threshold [61440, 61440], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 17, reason: Proved }
        "#]],
    );
    check(
        Graph::layer(),
        &NeuronOptions {
            decay: Some(0.75),
            ..NeuronOptions::default()
        },
        expect![[r#"
            reset = subtract (snnTorch's default)
            reset-delay = on (one timestep late) (snnTorch's default)
            fires = above (>) (snnTorch's default)
            dt = 0.0001 s (file)
            decay = 0.75 (option)
            beta [3, 3] / 2^2
            threshold [6144, 6144], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 15, reason: Proved }
            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node lif: decays of 2 neurons are set to 0.75 by --decay in place of 0.5
        "#]],
    );
}

#[test]
fn frameworks_have_their_defaults() {
    check(
        told("Norse 1.1", unit_resistance(1e-2)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (Norse's default)
            reset-delay = off (at once) (Norse's default)
            fires = above (>) (Norse's default)
            dt = 0.001 s (Norse's default)
            decay = 0.9 (file)
            beta [3686, 3686] / 2^12
            threshold [61440, 61440], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 17, reason: Proved }
            warning: the file does not say how its neurons reset; Norse is taken from its metadata, and so Norse's defaults (reset zero, at once, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
    check(
        told("sinabs", unit_resistance(10.0)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = subtract (sinabs's default)
            reset-delay = off (at once) (sinabs's default)
            fires = at (>=) (sinabs's default)
            dt = 1 s (sinabs's default)
            decay = 0.904837 (file)
            beta [3706, 3706] / 2^12
            threshold [64564, 64564], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 18, reason: Proved }
            warning: the file does not say how its neurons reset; sinabs is taken from its metadata, and so sinabs's defaults (reset subtract, at once, at or above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node lif: sinabs's default neuron may fire several spikes in a timestep (MultiSpike), here it fires one; train with spike_fn=SingleSpike
        "#]],
    );
    check(
        told("spikingjelly", unit_resistance(2e-4)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (SpikingJelly's default)
            reset-delay = off (at once) (SpikingJelly's default)
            fires = at (>=) (SpikingJelly's default)
            dt = 0.0001 s (SpikingJelly's default)
            decay = 0.5 (file)
            beta [1, 1] / 2^1
            threshold [12288, 12288], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 15, reason: Proved }
            warning: the file does not say how its neurons reset; SpikingJelly is taken from its metadata, and so SpikingJelly's defaults (reset zero, at once, at or above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
        "#]],
    );
}

#[test]
fn metadata_settles_what_the_file_leaves_open() {
    let mut graph = told("snntorch", Graph::layer());
    for (key, value) in [("reset", "zero"), ("reset_delay", "off"), ("fires", ">=")] {
        graph
            .metadata
            .insert(key.to_string(), Value::Text(value.to_string()));
    }
    graph
        .metadata
        .insert("beta".to_string(), Value::Number(0.25));
    check(
        graph,
        &NeuronOptions::default(),
        expect![[r#"
        reset = zero (metadata)
        reset-delay = off (at once) (metadata)
        fires = at (>=) (metadata)
        dt = 0.0001 s (file)
        decay = 0.25 (metadata)
        beta [1, 1] / 2^2
        threshold [6144, 6144], bias [0, 0] / 2^12
        neuron 1 ++-, membrane MembraneWidth { bits: 15, reason: Proved }
        warning: node lif: the metadata says beta = 0.25, tau and dt say 0.5; the metadata is taken
    "#]],
    );
}

#[test]
fn integrators_take_both_conventions() {
    check(
        Graph::layer().with("lif", integrator(2, 1.0, 2.0)),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (default)
            reset-delay = off (at once) (default)
            fires = above (>) (default)
            dt = 0.0001 s (default)
            decay = 1 (file)
            beta [1, 1] / 2^0
            threshold [8192, 8192], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 26, reason: Timesteps(2047) }
            warning: the file does not say which framework it is from, nor how its neurons reset: they are taken as NIR's equations have it (reset zero, at once, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node fc: strong input for more than 2047 timesteps can drive its membranes beyond 26 bits, where they saturate; use --membrane-bits to choose the width, or neurons that leak more
        "#]],
    );
    check(
        told(
            "spikingjelly",
            Graph::layer().with("lif", integrator(2, 1e4, 2.0)),
        ),
        &NeuronOptions::default(),
        expect![[r#"
            reset = zero (SpikingJelly's default)
            reset-delay = off (at once) (SpikingJelly's default)
            fires = at (>=) (SpikingJelly's default)
            dt = 0.0001 s (SpikingJelly's default)
            decay = 1 (file)
            beta [1, 1] / 2^0
            threshold [8192, 8192], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 26, reason: Timesteps(2047) }
            warning: the file does not say how its neurons reset; SpikingJelly is taken from its metadata, and so SpikingJelly's defaults (reset zero, at once, at or above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node fc: strong input for more than 2047 timesteps can drive its membranes beyond 26 bits, where they saturate; use --membrane-bits to choose the width, or neurons that leak more
        "#]],
    );
}

#[test]
fn scales_and_comparators_fold() {
    let fc = affine(&[[0.5, -0.5, 0.5], [2.0, 2.0, -2.0]], &[1.0, 2.0]);
    let nodes = vec![
        ("fc", fc),
        (
            "scale",
            NodeKind::Scale {
                scale: vector(&[2.0, -0.25]),
            },
        ),
        (
            "step",
            NodeKind::Threshold {
                threshold: vector(&[1.0, 0.5]),
            },
        ),
    ];
    check(
        Graph::chain(3, nodes, 2),
        &NeuronOptions::default(),
        expect![[r#"
            decay = 0 (file)
            beta [0, 0] / 2^0
            threshold [4096, 4096], bias [8192, -4096] / 2^12
            neuron 1 --+, membrane MembraneWidth { bits: 16, reason: Proved }
        "#]],
    );
}

#[test]
fn binarizing_is_asked_for() {
    let latent = linear(&[[0.5, -0.4, 0.6], [0.1, 0.0, -0.2]]);
    let options = NeuronOptions {
        binarize: true,
        ..NeuronOptions::default()
    };
    check(
        Graph::layer().with("fc", latent),
        &options,
        expect![[r#"
            reset = subtract (snnTorch's default)
            reset-delay = on (one timestep late) (snnTorch's default)
            fires = above (>) (snnTorch's default)
            dt = 0.0001 s (file)
            decay = 0.5 (file)
            beta [1, 1] / 2^1
            threshold [12288, 61440], bias [0, 0] / 2^12
            neuron 1 ++-, membrane MembraneWidth { bits: 17, reason: Proved }
            warning: the file does not say how its neurons reset; snnTorch is taken from its r = tau / dt with dt = 0.0001, and so snnTorch's defaults (reset subtract, one timestep late, above the threshold). A wrong reset changes spikes more than accuracy; say what the model was trained with if it differs: --reset zero|subtract|none --reset-delay on|off --fires above|at
            warning: node fc: the weights were binarized to their sign times a scale a neuron, which changes them by 22.2 % of their mean magnitude; compare the accuracy, or train with binary weights
        "#]],
    );
}

/// A layer with r = 1, as Norse, sinabs and SpikingJelly write it.
fn unit_resistance(tau: f64) -> Graph {
    let neurons = Lif {
        tau: vector(&[tau; 2]),
        r: vector(&[1.0; 2]),
        ..lif_parameters(2)
    };
    Graph::layer().with("lif", NodeKind::Lif(neurons))
}

fn told(framework: &str, mut graph: Graph) -> Graph {
    graph
        .metadata
        .insert("framework".to_string(), Value::Text(framework.to_string()));
    graph
}

/// The choices, the integers of the neurons, and the warnings.
fn check(graph: Graph, options: &NeuronOptions, expected: Expect) {
    let model: Model = graph.model().unwrap();
    let report = report::check(&model, options);
    let mut lines: Vec<String> = report
        .semantics
        .iter()
        .map(|choice| format!("{} = {} ({})", choice.name, choice.value, choice.source))
        .collect();
    if let Ok(quantized) = spikeforge_compiler::quantize::quantize(&model, options) {
        let layer = &quantized.network.layers[0];
        let signs: String = (0..3)
            .map(|i| if layer.weights.get(1, i) { '+' } else { '-' })
            .collect();
        let neurons = &layer.neurons;
        lines.push(format!("beta {:?} / 2^{}", neurons.beta, neurons.beta_bits));
        lines.push(format!(
            "threshold {:?}, bias {:?} / 2^{}",
            neurons.threshold, neurons.bias, neurons.fraction_bits
        ));
        lines.push(format!(
            "neuron 1 {signs}, membrane {:?}",
            quantized.roundings[0].membrane
        ));
    }
    lines.extend(
        report
            .warnings
            .iter()
            .map(|warning| format!("warning: {warning}")),
    );
    lines.extend(
        report
            .problems
            .iter()
            .map(|problem| format!("problem: {problem}")),
    );
    expected.assert_eq(&(lines.join("\n") + "\n"));
}

/// Rows of a half and of a whole: all in halves, whose membranes can be compared.
#[test]
fn a_readout_has_one_unit() {
    let spikeforge_compiler::model::Lif { tau, r, v_leak, .. } = lif_parameters(2);
    let readout = NodeKind::Li(spikeforge_compiler::model::Li { tau, r, v_leak });
    let graph = Graph::layer().with("fc", linear(&[[0.5, -0.5, 0.5], [1.0, 1.0, -1.0]])).with("lif", readout);
    let quantized = spikeforge_compiler::quantize::quantize(&graph.model().unwrap(), &NeuronOptions::default()).unwrap();
    let layer = &quantized.network.layers[0];
    assert_eq!(layer.neurons.fires, Fires::Never);
    let weights: Vec<i64> = (0..6).map(|at| layer.weight(at / 3, at % 3)).collect();
    assert_eq!(weights, [1, -1, 1, 2, 2, -2]);
    assert_eq!(quantized.roundings[0].scale, (0.5, 0.5));
}
