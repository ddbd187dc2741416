//! The arrays of a safetensors file.

use ndarray::{ArrayD, IxDyn};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::model::container::MAX_ELEMENTS;
use crate::model::error::FileFault;
use crate::model::fault::printable;

/// Arrays by name, checked to lie within the file.
pub(super) struct Tensors<'a>(SafeTensors<'a>);

impl<'a> Tensors<'a> {
    pub fn of(bytes: &'a [u8]) -> Result<Tensors<'a>, FileFault> {
        let tensors = SafeTensors::deserialize(bytes);
        tensors.map(Tensors).map_err(|error| FileFault::NotSafetensors { reason: printable(&error.to_string()) })
    }

    /// The array `module.parameter` as float64.
    pub fn get(&self, module: &str, parameter: &str) -> Result<ArrayD<f64>, FileFault> {
        let place = format!("{module}.{parameter}");
        let tensor = self.0.tensor(&place).map_err(|_| FileFault::Missing { place: printable(&place) })?;
        numbers(&place, &tensor)
    }

    /// The same where it may be missing.
    pub fn optional(&self, module: &str, parameter: &str) -> Result<Option<ArrayD<f64>>, FileFault> {
        match self.0.names().contains(&format!("{module}.{parameter}").as_str()) {
            true => self.get(module, parameter).map(Some),
            false => Ok(None),
        }
    }
}

fn numbers(place: &str, tensor: &TensorView) -> Result<ArrayD<f64>, FileFault> {
    let elements = tensor.shape().iter().fold(1u64, |n, &size| n.saturating_mul(size as u64));
    if elements > MAX_ELEMENTS {
        let shape = tensor.shape().iter().map(|&size| size as u64).collect();
        return Err(FileFault::TooManyElements { place: printable(place), shape, elements, limit: MAX_ELEMENTS });
    }
    let data = tensor.data();
    let values: Vec<f64> = match tensor.dtype() {
        Dtype::F32 => data.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into()).collect(),
        Dtype::F64 => data.chunks_exact(8).map(|bytes| f64::from_le_bytes(word(bytes))).collect(),
        Dtype::I64 => data.chunks_exact(8).map(|bytes| i64::from_le_bytes(word(bytes)) as f64).collect(),
        Dtype::I8 => data.iter().map(|&byte| f64::from(i8::from_le_bytes([byte]))).collect(),
        Dtype::U8 | Dtype::BOOL => data.iter().map(|&byte| f64::from(byte)).collect(),
        other => return Err(FileFault::ElementType { place: printable(place), found: format!("{other:?}") }),
    };
    ArrayD::from_shape_vec(IxDyn(tensor.shape()), values)
        .map_err(|error| FileFault::Damaged { place: printable(place), reason: error.to_string() })
}

fn word(bytes: &[u8]) -> [u8; 8] {
    let mut word = [0; 8];
    word.copy_from_slice(bytes);
    word
}
