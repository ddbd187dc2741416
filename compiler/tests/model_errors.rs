//! Every way in which a model is refused, and the sentence that says so.

mod model_common;

use expect_test::{expect, Expect};
use model_common::{affine, integrator, lif, lif_parameters, linear, vector, Graph};
use spikeforge_compiler::model::{CubaLif, Framework, Li, Lif, Model, NodeKind, ScaleBy, Value};
use spikeforge_compiler::options::NeuronOptions;
use spikeforge_compiler::quantize::quantize;
use spikeforge_sim::Reset;

#[test]
fn files() {
    check_file(
        "no_such.nir",
        expect!["fixtures/no_such.nir: cannot be read: No such file or directory (os error 2)"],
    );
    check_file(
        "",
        expect!["fixtures/: is a folder; give the .nir file in it"],
    );
    check_file("make.py", expect!["fixtures/make.py: is not an HDF5 file (invalid HDF5 magic bytes); a .nir file is expected, as nir.write writes it"]);
    check_file("foreign.h5", expect!["fixtures/foreign.h5: is an HDF5 file without a NIR graph: it has no group /node, only /model_weights; write the model with nir.write"]);
    check_file("half.nir", expect!["fixtures/half.nir: /node/nodes/fc/weight holds half floats (float16); float32, float64, integers and booleans can be read, so convert it before exporting"]);
    check_file(
        "lzf.nir",
        expect![[
            r#"fixtures/lzf.nir: /node/nodes/fc/weight is compressed in a way that cannot be read (lzf); write it with nir.write(..., compression="gzip")"#
        ]],
    );
    check_file("huge.nir", expect!["fixtures/huge.nir: /node/nodes/fc/weight declares the shape [65536, 65536], 4294967296 elements, where a model may have 8388608 in all; no board has room for more"]);
}

#[test]
fn edges() {
    check(Graph::layer().edge("lif", "lif2"), expect!["the edge from lif to lif2 dangles: there is no node lif2 (the nodes are input, fc, lif, output)"]);
    check(
        Graph::layer().edge("fc", "lif"),
        expect!["the edge from fc to lif is there twice; the exporter should write it once"],
    );
    check(
        Graph::layer().node("fc", lif(2)),
        expect!["two nodes are called fc; give each its own name"],
    );
    check(
        Graph::layer()
            .with("lif", linear(&[[1.0, 1.0], [1.0, 1.0]]))
            .edge("lif", "lif"),
        expect![
            "the nodes lif form a cycle without a neuron in it, which has no order of evaluation"
        ],
    );
    check(Graph::layer().edge("lif", "lif"), expect!["2 edges end at node lif (from fc, lif), but lif brings spikes of the timestep before, which have to come over a Linear or Affine node that leads from neurons to the same neurons and nowhere else; for one weight a neuron put a matrix with these on its diagonal"]);
    check(
        Graph::layer().node("extra", lif(3)).edge("input", "extra"),
        expect!["2 edges start at node input (to fc, extra) and do not all meet before lif (LIF): branches can add up between one layer of neurons and the next only. Let the branch that goes past lif (LIF) end in front of it or start behind it, or train without that branch"],
    );
    check(Graph::layer().node("skip", linear(&[[1.0; 3]; 2])).edge("skip", "lif"), expect!["2 edges end at node lif (from fc, skip), but skip does not start at the spikes that enter this layer, where all branches into it have to start; connect it to them, or remove it"]);
    check(Graph::layer().node("lost", lif(3)), expect!["node lost (LIF) is not on the way from the input to the output; remove it or connect it"]);
    check(Graph::layer().with("input", NodeKind::Other { type_name: "Delay".to_string() }), expect!["node input is of type Delay, which is not supported: only Input, Output, Linear, Affine, Conv1d, Conv2d, SumPool2d, AvgPool2d, MaxPool2d, LIF, IF, LI, CubaLIF, Threshold, Scale, ScaleByTimestep, ScaleByCount and Flatten are; replace it in the model"]);
    check(Graph::layer().with("input", NodeKind::Flatten { start_dim: 0, end_dim: -1 }), expect!["the graph has 0 nodes of type Input and needs exactly one: put one before the first layer"]);
}

/// Weights that add up are refused where they are no layer, naming the branches.
#[test]
fn branches() {
    let skipped = Graph::chain(3, vec![("fc1", linear(&[[1.0; 3]; 3])), ("lif1", lif(3)), ("fc2", linear(&[[1.0; 3]; 3])), ("lif2", lif(3))], 3);
    check(skipped.clone().edge("fc1", "lif2"), expect!["2 edges start at node fc1 (to lif1, lif2) and do not all meet before lif1 (LIF): branches can add up between one layer of neurons and the next only. Let the branch that goes past lif1 (LIF) end in front of it or start behind it, or train without that branch"]);
    check(skipped.clone().edge("input", "lif2"), expect!["2 edges start at node input (to fc1, lif2) and do not all meet before lif1 (LIF): branches can add up between one layer of neurons and the next only. Let the branch that goes past lif1 (LIF) end in front of it or start behind it, or train without that branch"]);
    check(skipped.clone().edge("lif1", "output"), expect!["2 edges start at node lif1 (to fc2, output) and do not all meet before lif2 (LIF): branches can add up between one layer of neurons and the next only. Let the branch that goes past lif2 (LIF) end in front of it or start behind it, or train without that branch"]);
    check(skipped.clone().node("back", linear(&[[1.0; 3]; 3])).edge("lif2", "back").edge("back", "lif1"), expect!["2 edges end at node lif1 (from fc1, back), but back brings spikes of the timestep before, which have to come over a Linear or Affine node that leads from neurons to the same neurons and nowhere else; for one weight a neuron put a matrix with these on its diagonal"]);
    let beside = |weight: NodeKind| Graph::layer().node("beside", weight).edge("input", "beside").edge("beside", "lif");
    check(beside(linear(&[[0.31, 0.777, 0.1234567]; 2])), expect!["node beside: the weights are not binary: they have 3 distinct magnitudes, 3 of them at neuron 0, and one a neuron is needed; they look like latent weights that were exported without binarizing them. Write sign(weight) times one scale a neuron into the node before exporting, or let --binarize take the sign times the mean magnitude of each neuron"]);
    check(beside(linear(&[[0.3141592; 3]; 2])), expect!["the branches fc + beside add up to weights that are no whole multiples, of at most 8 bits, of one number at row 0 (magnitudes: fc 1, beside 0.3141592); give the branches scales that are small multiples of one another, in their weights or by a Scale behind one of them"]);
    check(beside(linear(&[[1.0; 3]; 1])), expect!["node lif takes (2) but node beside gives (1); the number of neurons must match"]);
    check(beside(linear(&[[1.0; 3]; 2])).edge("beside", "output"), expect!["2 edges start at node input (to fc, beside) and do not all meet before lif (LIF): branches can add up between one layer of neurons and the next only. Let the branch that goes past lif (LIF) end in front of it or start behind it, or train without that branch"]);
    let twice = beside(linear(&[[1.0; 3]; 2])).node("more", linear(&[[1.0; 2]; 2])).edge("beside", "more").edge("more", "lif");
    check(twice, expect!["node more (Linear) follows beside (Linear); put a spiking neuron (LIF or IF) between them"]);
    let unread = Graph::chain(3, vec![("fc", linear(&[[1.0; 3]; 2]))], 2).node("more", linear(&[[1.0; 3]; 2]));
    check(unread.edge("input", "more").edge("more", "output"), expect!["node output (Output) follows fc (Linear); the output must be the spikes of neurons (LIF or IF); an exporter that traces modules loses what is behind a sum written as a + b, so export with one that traces operations (nirtorch.torch_to_nir), or add the edges by hand"]);
    let large = Graph::chain(3000, vec![("fc", linear(&[[1.0; 3000]; 2])), ("lif", lif(2))], 2);
    check(large.with("fc", NodeKind::Flatten { start_dim: 0, end_dim: -1 }).with("lif", lif(3000)).with("output", NodeKind::Output { shape: vec![3000] }).edge("input", "lif"), expect!["the branches input + input add up to one layer of 9000000 weights (or products on the way to them), where a model may have 8388608; use convolutions of the same stride in all of them, which become one convolution, or make the layer smaller"]);
}

#[test]
fn shapes() {
    check(Graph::layer().with("input", NodeKind::Input { shape: vec![4] }), expect!["node fc takes (3) but node input gives (4); the number of inputs of the weight must match"]);
    check(
        Graph::layer().with("lif", lif(3)),
        expect!["node lif takes (3) but node fc gives (2); the number of neurons must match"],
    );
    check(
        Graph::layer().with("output", NodeKind::Output { shape: vec![3] }),
        expect!["node output takes (3) but node lif gives (2); correct the output's shape"],
    );
    check(
        Graph::layer().with("fc", affine(&[[1.0; 3]; 2], &[0.0; 3])),
        expect!["node fc: bias has shape [3], expected (2)"],
    );
    check(
        Graph::layer().with(
            "lif",
            NodeKind::Lif(Lif {
                tau: vector(&[1e-3; 3]),
                ..lif_parameters(2)
            }),
        ),
        expect!["node lif: tau has shape [3], expected (2) or one value"],
    );
    check(
        Graph::layer().with(
            "input",
            NodeKind::Input {
                shape: vec![3, 1 << 40, 1 << 40],
            },
        ),
        expect!["node input has 18446744073709551615 elements, a layer may have 1 to 65536"],
    );
    check(
        Graph::layer().with("input", NodeKind::Input { shape: vec![0] }),
        expect!["node input has 0 elements, a layer may have 1 to 65536"],
    );
    let square = Graph::chain(4, vec![("fc", linear(&[[1.0; 4]; 2])), ("lif", lif(2))], 2);
    check(
        square.with("input", NodeKind::Input { shape: vec![2, 2] }),
        expect!["node fc takes (4) but node input gives (2, 2); put a Flatten node between them"],
    );
}

#[test]
fn order() {
    check(Graph::chain(3, vec![("lif", lif(3))], 3), expect!["node lif (LIF) follows input (Input); put weights (Linear or Affine) before the neurons"]);
    check(Graph::chain(3, vec![("fc", linear(&[[1.0; 3]; 2]))], 2), expect!["node output (Output) follows fc (Linear); the output must be the spikes of neurons (LIF or IF), or the membranes of a readout (LI)"]);
    let twice = vec![
        ("fc1", linear(&[[1.0; 3]; 2])),
        ("fc2", linear(&[[1.0; 2]; 2])),
        ("lif", lif(2)),
    ];
    check(
        Graph::chain(3, twice, 2),
        expect![
            "node fc2 (Linear) follows fc1 (Linear); put a spiking neuron (LIF or IF) between them"
        ],
    );
    check(Graph::chain(3, vec![], 3), expect!["node output (Output) follows input (Input); the output must be the spikes of neurons (LIF or IF), or the membranes of a readout (LI)"]);
}

#[test]
fn numbers() {
    check(Graph::layer().with("fc", linear(&[[1.0, f64::NAN, 1.0]; 2])), expect!["node fc: weight[0, 1] is NaN; every weight and parameter must be a finite number, look for a training run that diverged"]);
    let threshold = vector(&[1.0, f64::INFINITY]);
    check(Graph::layer().with("lif", NodeKind::Lif(Lif { v_threshold: threshold, ..lif_parameters(2) })), expect!["node lif: v_threshold[1] is inf; every weight and parameter must be a finite number, look for a training run that diverged"]);
    let threshold = vector(&[1.0, -1.0]);
    check(Graph::layer().with("lif", NodeKind::Lif(Lif { v_threshold: threshold, ..lif_parameters(2) })), expect!["node lif, neuron 1: the threshold is -1, so the neuron would fire at rest, without input; raise the threshold and the bias by the same amount"]);
    check(Graph::layer().with("lif", integrator(2, 1.0, 0.0)), expect!["node lif, neuron 0: the threshold is 0, so the neuron would fire at rest, without input; raise the threshold and the bias by the same amount"]);
    check(Graph::layer().with("lif", integrator(2, -1.0, 1.0)), expect!["node lif, neuron 0: r = -1, tau = inf s and dt = 0.0001 s give an input gain of -1, and it must be above 0; correct r and tau"]);
    let norse = Lif {
        tau: vector(&[1e-5; 2]),
        r: vector(&[1.0; 2]),
        ..lif_parameters(2)
    };
    check(Graph::layer().with("lif", NodeKind::Lif(norse)), expect!["node lif, neuron 0: tau = 0.00001 s with dt = 0.0001 s gives a decay of -9, and only 0 to 1 make sense; Norse writes tau a thousand times too small, for which --dt 1e-6 makes up; else give --dt SECONDS or --decay BETA"]);
    let reset = Lif {
        v_reset: Some(vector(&[0.0, -0.5])),
        r: vector(&[1.0; 2]),
        ..lif_parameters(2)
    };
    check(Graph::layer().with("lif", NodeKind::Lif(reset)), expect!["node lif, neuron 1: v_reset = -0.5, and only a reset to 0 is supported; train with v_reset = 0, or use --reset subtract if that is what it was trained with"]);
    let tiny = linear(&[[1.0, -1.0, 1.0], [1e-9, 1e-9, -1e-9]]);
    check(Graph::layer().with("fc", tiny), expect!["layer fc, neuron 1: the threshold 1500000000, in units of its weights (1.5 over a scale of 0.000000001), does not fit 32 bits with 12 of them behind the point; use --fraction-bits 0, or look for a weight scale that is almost zero"]);
    let biased = affine(&[[1.0; 3]; 2], &[0.0, 1e6]);
    check(Graph::layer().with("fc", biased), expect!["layer fc, neuron 1: the bias 1000000, in units of its weights (1000000 over a scale of 1), does not fit 32 bits with 12 of them behind the point; use --fraction-bits 11 or less, or look for a weight scale that is almost zero"]);
}

#[test]
fn weights() {
    check(Graph::layer().with("fc", linear(&[[0.5, -0.5, 0.5], [0.25, -0.3, 0.11]])), expect!["accepted"]);
    check(Graph::layer().with("fc", linear(&[[0.5, 0.0, -0.5], [0.5, -0.5, 0.5]])), expect!["accepted"]);
    check(Graph::layer().with("fc", linear(&[[1.0, 2.0, -3.0], [0.0, -7.0, 1.0]])), expect!["accepted"]);
    check(Graph::layer().with("fc", linear(&[[100.0, 101.0, -127.0], [0.5, 19.0, -20.0]])), expect!["accepted"]);
    check(Graph::layer().with("fc", linear(&[[1.0, -1.0, 1.0], [0.0; 3]])), expect!["accepted"]);
}

#[test]
fn node_types() {
    let Lif { tau, r, v_leak, .. } = lif_parameters(2);
    let readout = NodeKind::Li(Li { tau, r, v_leak });
    let behind = vec![("fc", linear(&[[1.0; 3]; 2])), ("li", readout.clone()), ("fc2", linear(&[[1.0; 2]])), ("lif", lif(1))];
    check(Graph::chain(3, behind, 1), expect!["node fc2 (Linear) follows li (LI); a readout (LI) gives no spikes; put it last, or put spiking neurons (LIF or IF) in its place"]);
    let uneven = linear(&[[0.317, -0.317, 0.317], [1.0, 1.0, -1.0]]);
    check(Graph::layer().with("fc", uneven).with("lif", readout), expect!["node lif is read out by its membranes, whose units range from 0.317 to 1: they cannot be compared; use weights of one scale for all of its neurons"]);
    let cuba = |tau_syn: [f64; 2], membrane: Lif| {
        let w_in = vector(&tau_syn.map(|tau| tau / 1e-4));
        Graph::layer().with("lif", NodeKind::CubaLif(CubaLif { tau_syn: vector(&tau_syn), w_in: Some(w_in), membrane }))
    };
    check(cuba([2e-4, 4e-4], lif_parameters(2)), expect!["accepted"]);
    check(cuba([f64::INFINITY; 2], lif_parameters(2)), expect!["node lif: tau_syn[0] is inf; every weight and parameter must be a finite number, look for a training run that diverged"]);
    let late_zero = NeuronOptions { reset: Some(Reset::Zero), reset_delay: Some(true), framework: Some(Framework::SnnTorch), ..NeuronOptions::default() };
    check_with(cuba([2e-4; 2], lif_parameters(2)), &late_zero, expect![[r#"node lif is a Synaptic of snnTorch that resets to zero a timestep late, and loses what drives it then too, which the hardware does not; train with reset_mechanism="subtract" or with reset_delay=False"#]]);
    let leaks_up = Lif { v_leak: vector(&[0.0, 0.25]), ..lif_parameters(2) };
    check(cuba([2e-4; 2], leaks_up), expect!["layer fc, neuron 1: a membrane with a synapse leaks towards v_leak = 0.25; the hardware has those that leak towards 0: move it into the bias"]);
    check(Graph::layer().with("lif", NodeKind::Other { type_name: "Delay".to_string() }), expect!["node lif is of type Delay, which is not supported: only Input, Output, Linear, Affine, Conv1d, Conv2d, SumPool2d, AvgPool2d, MaxPool2d, LIF, IF, LI, CubaLIF, Threshold, Scale, ScaleByTimestep, ScaleByCount and Flatten are; replace it in the model"]);
}

#[test]
fn scales_of_the_timesteps() {
    let by = |scale: &[f64], columns: usize| {
        let scale = vector(scale).into_shape_with_order(vec![scale.len() / columns, columns]).unwrap();
        NodeKind::ScaleBy(ScaleBy { bias: scale.clone(), scale, count_shift: None })
    };
    let fc = || ("fc", linear(&[[1.0, -1.0, 1.0]; 2]));
    check(Graph::chain(3, vec![fc(), ("by", by(&[1.0, 2.0, 3.0, 4.0], 2)), ("lif", lif(2))], 2), expect!["accepted"]);
    check(Graph::chain(3, vec![fc(), ("by", by(&[1.0, 2.0, 3.0], 3)), ("lif", lif(2))], 2), expect!["node by: scale has shape [1, 3], expected (timesteps, 2) for both scale and bias"]);
    check(Graph::chain(3, vec![("by", by(&[1.0, 2.0, 3.0], 3)), fc(), ("lif", lif(2))], 2), expect!["node by (ScaleByTimestep) follows input (Input); put it between weights (Linear, Affine or Conv) and their neurons"]);
    let Lif { tau, r, v_leak, .. } = lif_parameters(2);
    let readout = NodeKind::Li(Li { tau, r, v_leak });
    check(Graph::chain(3, vec![fc(), ("by", by(&[1.0, 2.0], 2)), ("li", readout)], 2), expect!["node li (LI) follows by (ScaleByTimestep); the membranes of a readout (LI) are compared in one unit; put spiking neurons (LIF or IF) in its place"]);
    let scale = NodeKind::Scale { scale: vector(&[2.0, 2.0]) };
    check(Graph::chain(3, vec![fc(), ("by", by(&[1.0, 2.0], 2)), ("scale", scale), ("lif", lif(2))], 2), expect!["node scale (Scale) follows by (ScaleByTimestep); put spiking neurons (LIF or IF) directly behind what scales by the timestep"]);
    check(Graph::chain(3, vec![fc(), ("by", by(&[1.0, f64::NAN], 2)), ("lif", lif(2))], 2), expect!["node by: scale[0, 1] is NaN; every weight and parameter must be a finite number, look for a training run that diverged"]);
}

#[test]
fn metadata() {
    let told = |key: &str, value: Value| {
        let mut graph = Graph::layer();
        graph.metadata.insert(key.to_string(), value);
        graph
    };
    check(
        told("reset", Value::Text("soft".to_string())),
        expect![[
            r#"node lif: the metadata says reset = "soft", and it may be zero, subtract or none; correct it, or use --reset"#
        ]],
    );
    check(told("reset_delay", Value::Number(2.0)), expect!["node lif: the metadata says reset_delay = 2, and it may be true or false; correct it, or use --reset-delay"]);
    check(told("fires", Value::Flag(true)), expect!["node lif: the metadata says fires = true, and it may be above (>) or at (>=) the threshold; correct it, or use --fires"]);
    check(told("dt", Value::Number(0.0)), expect!["node lif: the metadata says dt = 0, and it may be seconds, above 0; correct it, or use --dt"]);
}

#[test]
fn options() {
    let default = NeuronOptions::default();
    check_with(
        Graph::layer(),
        &NeuronOptions {
            decay: Some(1.5),
            ..default.clone()
        },
        expect![
            "--decay 1.5 is out of range; it takes the share of the membrane that is kept, 0 to 1"
        ],
    );
    check_with(
        Graph::layer(),
        &NeuronOptions {
            dt: Some(f64::NAN),
            ..default.clone()
        },
        expect!["--dt NaN is out of range; it takes seconds, above 0"],
    );
    check_with(
        Graph::layer(),
        &NeuronOptions {
            fraction_bits: Some(33),
            ..default.clone()
        },
        expect!["--fraction-bits 33 is out of range; it takes 0 to 20"],
    );
    check_with(Graph::layer(), &NeuronOptions { membrane_bits: Some(12), ..default }, expect!["layer 0 (fc), neuron 0: threshold = 6144, a membrane of 12 bits ends at 2047; use more membrane bits or fewer fraction bits"]);
}

fn check(graph: Graph, expected: Expect) {
    let is_at = graph
        .nodes
        .iter()
        .any(|(_, kind)| *kind == integrator(2, 1.0, 0.0));
    let fires = is_at.then_some(spikeforge_sim::Fires::At);
    check_with(
        graph,
        &NeuronOptions {
            fires,
            ..NeuronOptions::default()
        },
        expected,
    );
}

fn check_with(graph: Graph, options: &NeuronOptions, expected: Expect) {
    let sentence = match graph.model() {
        Ok(model) => quantize(&model, options)
            .map(|_| "accepted".to_string())
            .unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&sentence);
}

/// A file in the folder of fixtures; the sentence without the way there.
fn check_file(name: &str, expected: Expect) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let sentence = Model::read_nir(&folder.join(name)).unwrap_err().to_string();
    expected.assert_eq(&sentence.replace(&*folder.to_string_lossy(), "fixtures"));
}
