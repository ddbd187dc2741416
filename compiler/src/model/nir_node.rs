//! The parameters of one NIR node.

use ndarray::ArrayD;

use super::container::Folder;
use super::error::FileFault;
use super::nir::read_text;
use super::node::{Conv, CubaLif, If, Li, Lif, Linear, NodeKind, Padding, Pool, PoolKind, ScaleBy, Shape};

/// The largest size, stride or padding that is taken for one.
const MAX_SIZE: f64 = 4_294_967_296.0;

/// Reads a node of any type but a graph. A type that is not known is kept by its name.
pub(super) fn read_kind(node: &Folder<'_>) -> Result<NodeKind, FileFault> {
    let array = |name: &str| node.numbers(name);
    Ok(match read_text(node, "type")?.as_str() {
        "Input" => NodeKind::Input {
            shape: sizes(node, "shape")?,
        },
        "Output" => NodeKind::Output {
            shape: sizes(node, "shape")?,
        },
        "Linear" => NodeKind::Linear(Linear {
            weight: array("weight")?,
            bias: None,
        }),
        "Affine" => NodeKind::Linear(Linear {
            weight: array("weight")?,
            bias: Some(array("bias")?),
        }),
        "Conv1d" => NodeKind::Conv(read_conv(node, 1)?),
        "Conv2d" => NodeKind::Conv(read_conv(node, 2)?),
        "SumPool2d" => NodeKind::Pool(read_pool(node, PoolKind::Sum)?),
        "AvgPool2d" => NodeKind::Pool(read_pool(node, PoolKind::Average)?),
        "MaxPool2d" => NodeKind::Pool(read_pool(node, PoolKind::Max)?),
        "Flatten" => NodeKind::Flatten {
            start_dim: dimension(node, "start_dim", 1)?,
            end_dim: dimension(node, "end_dim", -1)?,
        },
        "Scale" => NodeKind::Scale {
            scale: array("scale")?,
        },
        "ScaleByTimestep" => NodeKind::ScaleBy(ScaleBy {
            scale: array("scale")?,
            bias: array("bias")?,
            count_shift: None,
        }),
        "ScaleByCount" => NodeKind::ScaleBy(ScaleBy {
            scale: array("scale")?,
            bias: array("bias")?,
            count_shift: Some(shift(node)?),
        }),
        "Threshold" => NodeKind::Threshold {
            threshold: array("threshold")?,
        },
        "LIF" => NodeKind::Lif(read_lif(node, "tau")?),
        "IF" => NodeKind::If(If {
            r: array("r")?,
            v_threshold: array("v_threshold")?,
            v_reset: optional(node, "v_reset")?,
        }),
        "LI" => NodeKind::Li(Li {
            tau: array("tau")?,
            r: array("r")?,
            v_leak: array("v_leak")?,
        }),
        "CubaLIF" => NodeKind::CubaLif(CubaLif {
            tau_syn: array("tau_syn")?,
            w_in: optional(node, "w_in")?,
            membrane: read_lif(node, "tau_mem")?,
        }),
        other => NodeKind::Other {
            type_name: other.to_string(),
        },
    })
}

fn read_lif(node: &Folder<'_>, tau: &str) -> Result<Lif, FileFault> {
    Ok(Lif {
        tau: node.numbers(tau)?,
        r: node.numbers("r")?,
        v_leak: node.numbers("v_leak")?,
        v_threshold: node.numbers("v_threshold")?,
        v_reset: optional(node, "v_reset")?,
    })
}

fn read_conv(node: &Folder<'_>, n_dims: usize) -> Result<Conv, FileFault> {
    let each = |name| Ok(repeated(sizes(node, name)?, n_dims));
    let padding = match node.is_text("padding")? {
        false => Padding::Each(each("padding")?),
        true if read_text(node, "padding")? == "same" => Padding::Same,
        true => Padding::Each(vec![0; n_dims]),
    };
    Ok(Conv {
        weight: node.numbers("weight")?,
        bias: optional(node, "bias")?,
        stride: each("stride")?,
        padding,
        dilation: each("dilation")?,
        groups: sizes(node, "groups")?.first().copied().unwrap_or(1),
    })
}

fn read_pool(node: &Folder<'_>, kind: PoolKind) -> Result<Pool, FileFault> {
    let pair = |name| Ok(repeated(sizes(node, name)?, 2));
    Ok(Pool {
        kind,
        kernel: pair("kernel_size")?,
        stride: pair("stride")?,
        padding: pair("padding")?,
    })
}

/// One number for all dimensions, or one for each.
fn repeated(sizes: Shape, n_dims: usize) -> Shape {
    match sizes[..] {
        [size] => vec![size; n_dims],
        _ => sizes,
    }
}

fn optional(node: &Folder<'_>, name: &str) -> Result<Option<ArrayD<f64>>, FileFault> {
    match node.has_dataset(name)? {
        true => node.numbers(name).map(Some),
        false => Ok(None),
    }
}

fn sizes(node: &Folder<'_>, name: &str) -> Result<Shape, FileFault> {
    let numbers = node.numbers(name)?;
    let whole = |&size: &f64| (0.0..MAX_SIZE).contains(&size) && size.fract() == 0.0;
    match numbers.ndim() <= 1 && numbers.iter().all(whole) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // whole numbers below 2^32
        true => Ok(numbers.iter().map(|&size| size as usize).collect()),
        false => {
            let reason = "it is not a list of sizes".to_string();
            Err(FileFault::Damaged {
                place: node.place(name),
                reason,
            })
        }
    }
}

/// The unit of a count, as its power of two.
fn shift(node: &Folder<'_>) -> Result<u32, FileFault> {
    match sizes(node, "shift")?[..] {
        [shift] if shift <= 24 => Ok(u32::try_from(shift).unwrap_or(0)),
        _ => Err(FileFault::Damaged { place: node.place("shift"), reason: "it is not a shift of 0 to 24".to_string() }),
    }
}

/// The number of a dimension, negative from the end.
fn dimension(node: &Folder<'_>, name: &str, default: isize) -> Result<isize, FileFault> {
    let Some(numbers) = optional(node, name)? else {
        return Ok(default);
    };
    match numbers.first() {
        #[allow(clippy::cast_possible_truncation)] // a whole number of at most 64
        Some(&number) if number.abs() <= 64.0 && number.fract() == 0.0 => Ok(number as isize),
        _ => {
            let reason = "it is not the number of a dimension".to_string();
            Err(FileFault::Damaged {
                place: node.place(name),
                reason,
            })
        }
    }
}
