//! Why a model cannot be read or cannot become a network, each a sentence that says what to try.

use thiserror::Error;

/// A model that this compiler does not take. [`ModelError::File`] is the file's fault, all others are the model's.
#[derive(Debug, Error)]
pub enum ModelError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error("node {node} is of type {kind}, which is not supported: {hint}")]
    UnsupportedNode {
        node: String,
        kind: String,
        hint: &'static str,
    },
    #[error("node {node} is of type {kind}, which is read but not written")]
    NotWritten { node: String, kind: String },
    #[error(transparent)]
    Neuron(#[from] NeuronError),
    #[error("node {node}: {parameter}{index:?} is {value}; every weight and parameter must be a finite number, look for a training run that diverged")]
    NotFinite {
        node: String,
        parameter: &'static str,
        index: Vec<usize>,
        value: f64,
    },
    #[error("node {node}: the weights are not binary: they have {magnitudes} distinct magnitudes, {in_row} of them at neuron {neuron}, and one a neuron is needed; they look like {guess}. Write sign(weight) times one scale a neuron into the node before exporting, or let --binarize take the sign times the mean magnitude of each neuron")]
    NotBinary {
        node: String,
        magnitudes: usize,
        neuron: usize,
        in_row: usize,
        guess: WeightsGuess,
    },
    #[error("node {node}: its weight of neuron {neuron} from input {input} is {value}, and its metadata says that its weights are whole numbers of {bits} bits; write them so, or leave weight_bits away")]
    ToldWeight {
        node: String,
        neuron: usize,
        input: usize,
        value: f64,
        bits: u32,
    },
    #[error("the branches {node} add up to weights that are no whole multiples, of at most 8 bits, of one number at row {neuron} (magnitudes: {parts}); give the branches scales that are small multiples of one another, in their weights or by a Scale behind one of them")]
    BranchScales {
        node: String,
        neuron: usize,
        parts: String,
    },
    #[error("node {node}, neuron {neuron}: every weight is zero, which has no sign; remove the neuron from the model")]
    DeadNeuron { node: String, neuron: usize },
    #[error("node {node} is read out by its membranes, whose units range from {low} to {high}: they cannot be compared; use weights of one scale for all of its neurons")]
    ReadoutScale { node: String, low: f64, high: f64 },
    #[error("node {node}, neuron {neuron}: its weights have the scale {recurrent} and those of {layer} {forward}, which are no small multiples of one number; use one scale for both")]
    RecurrentScale {
        node: String,
        neuron: usize,
        recurrent: f64,
        layer: String,
        forward: f64,
    },
}

/// What weights that are not binary probably are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightsGuess {
    Ternary,
    Integers,
    Latent,
}

impl std::fmt::Display for WeightsGuess {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str(match self {
            WeightsGuess::Ternary => "ternary weights {-1, 0, +1}, which are not supported yet",
            WeightsGuess::Integers => {
                "integer weights of several bits, which are not supported yet"
            }
            WeightsGuess::Latent => "latent weights that were exported without binarizing them",
        })
    }
}

/// A graph that is not a network: its nodes and edges do not fit together.
#[derive(Debug, Error, PartialEq)]
pub enum GraphError {
    #[error(
        "the edge from {from} to {to} dangles: there is no node {missing} (the nodes are {nodes})"
    )]
    DanglingEdge {
        from: String,
        to: String,
        missing: String,
        nodes: String,
    },
    #[error("the edge from {from} to {to} is there twice; the exporter should write it once")]
    DuplicateEdge { from: String, to: String },
    #[error("the graph has more than {limit} edges; a network here is a chain of layers, with branches between one and the next")]
    TooManyEdges { limit: usize },
    #[error("two nodes are called {node}; give each its own name")]
    DuplicateNode { node: String },
    #[error(
        "the nodes {nodes} form a cycle without a neuron in it, which has no order of evaluation"
    )]
    Cycle { nodes: String },
    #[error("{n_edges} edges end at node {node} (from {sources}), but {foreign} {why}")]
    SeveralSources {
        node: String,
        n_edges: usize,
        sources: String,
        foreign: String,
        why: &'static str,
    },
    #[error("{n_edges} edges start at node {node} (to {targets}) and do not all meet before {at}: branches can add up between one layer of neurons and the next only. Let the branch that goes past {at} end in front of it or start behind it, or train without that branch")]
    SeveralTargets {
        node: String,
        n_edges: usize,
        targets: String,
        at: String,
    },
    #[error("node {node} adds {a} of shape {shape_a} and {b} of shape {shape_b}; both must have the same, so put a Flatten behind the one with more dimensions or change the sizes of one of them")]
    BranchShapes {
        node: String,
        a: String,
        shape_a: String,
        b: String,
        shape_b: String,
    },
    #[error("the branches {branches} add up to one layer of {got} weights (or products on the way to them), where a model may have {limit}; use convolutions of the same stride in all of them, which become one convolution, or make the layer smaller")]
    BranchWeights {
        branches: String,
        got: usize,
        limit: usize,
    },
    #[error("node {node} cannot be folded into the weights beside it: {hint}")]
    UnevenScale { node: String, hint: &'static str },
    #[error("{place} has {got} nodes of type {kind} and needs exactly one: {hint}")]
    Ends {
        place: String,
        kind: &'static str,
        got: usize,
        hint: &'static str,
    },
    #[error("node {node} ({kind}) is not on the way from the input to the output; remove it or connect it")]
    Unconnected { node: String, kind: String },
    #[error("node {node} takes {expected} but node {source_node} gives {got}; {hint}")]
    Mismatch {
        node: String,
        expected: String,
        source_node: String,
        got: String,
        hint: &'static str,
    },
    #[error("node {node}: {parameter} has shape {got:?}, expected {expected}")]
    ParameterShape {
        node: String,
        parameter: &'static str,
        got: Vec<usize>,
        expected: String,
    },
    #[error("node {node}: {parameter} is {got}, expected {expected}")]
    ParameterValue {
        node: String,
        parameter: &'static str,
        got: f64,
        expected: &'static str,
    },
    #[error("node {node} has {got} elements, a layer may have 1 to {limit}")]
    TooLarge {
        node: String,
        got: usize,
        limit: usize,
    },
    #[error("node {node} ({kind}) follows {after}; {hint}")]
    NotALayer {
        node: String,
        kind: String,
        after: String,
        hint: &'static str,
    },
}

/// A neuron whose parameters have no meaning here.
#[derive(Debug, Error, PartialEq)]
pub enum NeuronError {
    #[error("node {node}, neuron {neuron}: tau = {tau} s with dt = {dt} s gives a decay of {beta}, and only 0 to 1 make sense; {hint}")]
    Decay {
        node: String,
        neuron: usize,
        tau: f64,
        dt: f64,
        beta: f64,
        hint: &'static str,
    },
    #[error("node {node}, neuron {neuron}: r = {r}, tau = {tau} s and dt = {dt} s give an input gain of {gain}, and it must be above 0; correct r and tau")]
    Gain {
        node: String,
        neuron: usize,
        r: f64,
        tau: f64,
        dt: f64,
        gain: f64,
    },
    #[error("node {node}, neuron {neuron}: the threshold is {threshold}, so the neuron would fire at rest, without input; raise the threshold and the bias by the same amount")]
    Threshold {
        node: String,
        neuron: usize,
        threshold: f64,
    },
    #[error("node {node} is a Synaptic of snnTorch that resets to zero a timestep late, and loses what drives it then too, which the hardware does not; train with reset_mechanism=\"subtract\" or with reset_delay=False")]
    SynapticZero { node: String },
    #[error("node {node}, neuron {neuron}: v_reset = {v_reset}, and only a reset to 0 is supported; train with v_reset = 0, or use --reset subtract if that is what it was trained with")]
    ResetVoltage {
        node: String,
        neuron: usize,
        v_reset: f64,
    },
    #[error("node {node}: the metadata says {key} = {got}, and it may be {expected}; correct it, or use --{option}")]
    Metadata {
        node: String,
        key: &'static str,
        got: String,
        expected: &'static str,
        option: &'static str,
    },
}

/// A file that cannot be read as a NIR graph.
#[derive(Debug, Error)]
#[error("{file}: {fault}")]
pub struct FileError {
    pub file: String,
    pub fault: FileFault,
}

/// What is wrong with the file, and where in it.
#[derive(Debug, Error)]
pub enum FileFault {
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    #[error("is a folder; give the .nir file in it")]
    Folder,
    #[error("has {bytes} bytes, the limit is {limit}; no model of that size fits a board")]
    TooLong { bytes: u64, limit: u64 },
    #[error("is not an HDF5 file ({reason}); a .nir file is expected, as nir.write writes it")]
    NotHdf5 { reason: String },
    #[error("is an HDF5 file without a NIR graph: it has no group /node, only {found}; write the model with nir.write")]
    NotNir { found: String },
    #[error("is not a safetensors file ({reason}); save the state_dict with safetensors.torch.save_file")]
    NotSafetensors { reason: String },
    #[error("is not a topology: {reason}")]
    Topology { reason: String },
    #[error("{place} is missing; the file is incomplete, export the model again")]
    Missing { place: String },
    #[error("{place} is damaged: {reason}; export the model again")]
    Damaged { place: String, reason: String },
    #[error("{place} holds {found}; float32, float64, integers and booleans can be read, so convert it before exporting")]
    ElementType { place: String, found: String },
    #[error("{place} is compressed in a way that cannot be read ({filter}); write it with nir.write(..., compression=\"gzip\")")]
    Compression { place: String, filter: String },
    #[error("{place} has shape {shape:?}, expected {expected}")]
    Shape {
        place: String,
        shape: Vec<u64>,
        expected: &'static str,
    },
    #[error("{place} declares the shape {shape:?}, {elements} elements, where a model may have {limit} in all; no board has room for more")]
    TooManyElements {
        place: String,
        shape: Vec<u64>,
        elements: u64,
        limit: u64,
    },
    #[error("{place} declares {bytes} bytes, more than a file of {file_bytes} bytes can hold; the file is incomplete, export the model again")]
    Unbacked {
        place: String,
        bytes: u64,
        file_bytes: u64,
    },
    #[error("{place} has {got} nodes, the limit is {limit}")]
    TooManyNodes {
        place: String,
        got: usize,
        limit: usize,
    },
    #[error("{place} is nested {depth} graphs deep, which is the limit; flatten the graph before exporting it")]
    TooDeep { place: String, depth: usize },
}
