//! The nodes of a model, as NIR defines them, with their parameters as they stand in the file.

use std::collections::BTreeMap;

use ndarray::{ArrayD, Dimension};

/// The sizes of an array, outermost first. A timestep and a batch are not part of it.
pub type Shape = Vec<usize>;

/// Extra facts that an exporter wrote beside the parameters of a node or graph: scalars by name.
pub type Metadata = BTreeMap<String, Value>;

/// A scalar of the metadata.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Flag(bool),
}

impl std::fmt::Display for Value {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Value::Text(text) => write!(formatter, "{text:?}"),
            Value::Number(number) => write!(formatter, "{number}"),
            Value::Flag(flag) => write!(formatter, "{flag}"),
        }
    }
}

/// What a node computes. Parameters keep the shape they have in the file; a scalar means the same for every neuron.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // a model has few nodes
pub enum NodeKind {
    Input {
        shape: Shape,
    },
    Output {
        shape: Shape,
    },
    Linear(Linear),
    Conv(Conv),
    Pool(Pool),
    Flatten {
        start_dim: isize,
        end_dim: isize,
    },
    Scale {
        scale: ArrayD<f64>,
    },
    ScaleBy(ScaleBy),
    Threshold {
        threshold: ArrayD<f64>,
    },
    Lif(Lif),
    If(If),
    Li(Li),
    CubaLif(CubaLif),
    /// The place where a nested graph is entered or left; gone once the graph is flat.
    Pass,
    /// A type that this compiler does not know.
    Other {
        type_name: String,
    },
}

/// `weight * x (+ bias)`. `weight` has shape (outputs, inputs), `bias` (outputs).
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    pub weight: ArrayD<f64>,
    pub bias: Option<ArrayD<f64>>,
}

/// A convolution over one or two dimensions. `weight` has shape (outputs, inputs / groups, kernel...).
#[derive(Clone, Debug, PartialEq)]
pub struct Conv {
    pub weight: ArrayD<f64>,
    pub bias: Option<ArrayD<f64>>,
    pub stride: Vec<usize>,
    pub padding: Padding,
    pub dilation: Vec<usize>,
    pub groups: usize,
}

/// The zeros around the input of a convolution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Padding {
    /// As many as keep the size.
    Same,
    /// This many at each end of each dimension.
    Each(Vec<usize>),
}

/// Sum, mean or maximum of a window that moves over the last two dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    pub kind: PoolKind,
    pub kernel: Vec<usize>,
    pub stride: Vec<usize>,
    pub padding: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    Sum,
    Average,
    /// Of spikes: whether one of them is there. A type of our own, MaxPool2d, which NIR lacks.
    Max,
}

/// `scale[t] * x + bias[t]` at timestep t of a presentation, and by the last row from there on: batch norm through time,
/// calibrated attention. Both have shape (timesteps, neurons) or (timesteps, channels). With a count, in place of t: how many
/// spikes have entered the weights so far, this timestep's among them, in units of 2^`count_shift`. Types of our own, ScaleByTimestep
/// and ScaleByCount, which NIR lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBy {
    pub scale: ArrayD<f64>,
    pub bias: ArrayD<f64>,
    pub count_shift: Option<u32>,
}

/// `tau dv/dt = (v_leak - v) + r i`; spikes at `v_threshold`. Times in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Lif {
    pub tau: ArrayD<f64>,
    pub r: ArrayD<f64>,
    pub v_leak: ArrayD<f64>,
    pub v_threshold: ArrayD<f64>,
    pub v_reset: Option<ArrayD<f64>>,
}

/// `dv/dt = r i`; spikes at `v_threshold`.
#[derive(Clone, Debug, PartialEq)]
pub struct If {
    pub r: ArrayD<f64>,
    pub v_threshold: ArrayD<f64>,
    pub v_reset: Option<ArrayD<f64>>,
}

/// A leaky integrator that does not spike.
#[derive(Clone, Debug, PartialEq)]
pub struct Li {
    pub tau: ArrayD<f64>,
    pub r: ArrayD<f64>,
    pub v_leak: ArrayD<f64>,
}

/// A neuron behind a leaky synaptic current.
#[derive(Clone, Debug, PartialEq)]
pub struct CubaLif {
    pub tau_syn: ArrayD<f64>,
    pub w_in: Option<ArrayD<f64>>,
    pub membrane: Lif,
}

impl NodeKind {
    /// The type's name in NIR, Affine for a linear node with a bias.
    pub fn type_name(&self) -> &str {
        match self {
            NodeKind::Input { .. } => "Input",
            NodeKind::Output { .. } => "Output",
            NodeKind::Linear(Linear { bias: None, .. }) => "Linear",
            NodeKind::Linear(_) => "Affine",
            NodeKind::Conv(conv) if conv.weight.ndim() == 3 => "Conv1d",
            NodeKind::Conv(_) => "Conv2d",
            NodeKind::Pool(Pool {
                kind: PoolKind::Sum,
                ..
            }) => "SumPool2d",
            NodeKind::Pool(Pool {
                kind: PoolKind::Average,
                ..
            }) => "AvgPool2d",
            NodeKind::Pool(_) => "MaxPool2d",
            NodeKind::Flatten { .. } => "Flatten",
            NodeKind::Scale { .. } => "Scale",
            NodeKind::ScaleBy(ScaleBy { count_shift: Some(_), .. }) => "ScaleByCount",
            NodeKind::ScaleBy(_) => "ScaleByTimestep",
            NodeKind::Threshold { .. } => "Threshold",
            NodeKind::Lif(_) => "LIF",
            NodeKind::If(_) => "IF",
            NodeKind::Li(_) => "LI",
            NodeKind::CubaLif(_) => "CubaLIF",
            NodeKind::Pass => "NIRGraph",
            NodeKind::Other { type_name } => type_name,
        }
    }

    /// Whether the node keeps a state from one timestep to the next.
    pub fn has_state(&self) -> bool {
        matches!(
            self,
            NodeKind::Lif(_) | NodeKind::If(_) | NodeKind::Li(_) | NodeKind::CubaLif(_)
        )
    }

    /// Every real parameter with its name in NIR.
    pub fn parameters(&self) -> Vec<(&'static str, &ArrayD<f64>)> {
        let mut parameters: Vec<(&'static str, Option<&ArrayD<f64>>)> = Vec::new();
        match self {
            NodeKind::Linear(linear) => {
                parameters.extend([
                    ("weight", Some(&linear.weight)),
                    ("bias", linear.bias.as_ref()),
                ]);
            }
            NodeKind::Conv(conv) => {
                parameters.extend([("weight", Some(&conv.weight)), ("bias", conv.bias.as_ref())]);
            }
            NodeKind::Scale { scale } => parameters.push(("scale", Some(scale))),
            NodeKind::ScaleBy(by) => parameters.extend([("scale", Some(&by.scale)), ("bias", Some(&by.bias))]),
            NodeKind::Threshold { threshold } => parameters.push(("threshold", Some(threshold))),
            NodeKind::Lif(lif) => parameters.extend(lif.parameters()),
            NodeKind::If(neuron) => parameters.extend([
                ("r", Some(&neuron.r)),
                ("v_threshold", Some(&neuron.v_threshold)),
                ("v_reset", neuron.v_reset.as_ref()),
            ]),
            NodeKind::Li(li) => {
                parameters.extend([
                    ("tau", Some(&li.tau)),
                    ("r", Some(&li.r)),
                    ("v_leak", Some(&li.v_leak)),
                ]);
            }
            NodeKind::CubaLif(cuba) => {
                parameters.extend([
                    ("tau_syn", Some(&cuba.tau_syn)),
                    ("w_in", cuba.w_in.as_ref()),
                ]);
                parameters.extend(cuba.membrane.parameters());
            }
            NodeKind::Input { .. }
            | NodeKind::Output { .. }
            | NodeKind::Pool(_)
            | NodeKind::Flatten { .. } => {}
            NodeKind::Pass | NodeKind::Other { .. } => {}
        }
        parameters
            .into_iter()
            .filter_map(|(name, array)| array.map(|array| (name, array)))
            .collect()
    }
}

impl Lif {
    fn parameters(&self) -> [(&'static str, Option<&ArrayD<f64>>); 5] {
        [
            ("tau", Some(&self.tau)),
            ("r", Some(&self.r)),
            ("v_leak", Some(&self.v_leak)),
            ("v_threshold", Some(&self.v_threshold)),
            ("v_reset", self.v_reset.as_ref()),
        ]
    }
}

/// The first element of `array` that `wrong` picks, with its index.
pub(super) fn find(array: &ArrayD<f64>, wrong: impl Fn(f64) -> bool) -> Option<(Vec<usize>, f64)> {
    array
        .indexed_iter()
        .find(|(_, &value)| wrong(value))
        .map(|(index, &value)| (index.slice().to_vec(), value))
}
