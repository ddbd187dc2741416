//! The element types of HDF5 that a model may use, and their names.

use hdf5_reader::Datatype;

/// A type of number that becomes a float64: exactly, but for 64-bit integers above 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementKind {
    F32,
    F64,
    Signed(usize),
    Unsigned(usize),
}

/// The kind of a data type, if it is a number.
pub(super) fn kind(datatype: &Datatype) -> Option<ElementKind> {
    match datatype {
        Datatype::FloatingPoint { size: 4, .. } => Some(ElementKind::F32),
        Datatype::FloatingPoint { size: 8, .. } => Some(ElementKind::F64),
        Datatype::FixedPoint {
            size: size @ (1 | 2 | 4 | 8),
            signed: true,
            ..
        } => Some(ElementKind::Signed(usize::from(*size))),
        Datatype::FixedPoint {
            size: size @ (1 | 2 | 4 | 8),
            signed: false,
            ..
        } => Some(ElementKind::Unsigned(usize::from(*size))),
        Datatype::Enum { base, .. } if matches!(**base, Datatype::FixedPoint { .. }) => kind(base),
        _ => None,
    }
}

impl ElementKind {
    /// Bytes of an element.
    pub fn size(self) -> u64 {
        self.width() as u64
    }

    /// Elements in the byte order of this machine.
    pub fn decode(self, bytes: &[u8]) -> Vec<f64> {
        bytes
            .chunks_exact(self.width())
            .map(|element| self.number(element))
            .collect()
    }

    fn width(self) -> usize {
        match self {
            ElementKind::F32 => 4,
            ElementKind::F64 => 8,
            ElementKind::Signed(size) | ElementKind::Unsigned(size) => size,
        }
    }

    fn number(self, element: &[u8]) -> f64 {
        match (self, element) {
            (ElementKind::F32, &[a, b, c, d]) => f64::from(f32::from_ne_bytes([a, b, c, d])),
            (ElementKind::F64, &[a, b, c, d, e, f, g, h]) => {
                f64::from_ne_bytes([a, b, c, d, e, f, g, h])
            }
            (ElementKind::Signed(_), &[a]) => f64::from(i8::from_ne_bytes([a])),
            (ElementKind::Signed(_), &[a, b]) => f64::from(i16::from_ne_bytes([a, b])),
            (ElementKind::Signed(_), &[a, b, c, d]) => f64::from(i32::from_ne_bytes([a, b, c, d])),
            (ElementKind::Signed(_), &[a, b, c, d, e, f, g, h]) => {
                i64::from_ne_bytes([a, b, c, d, e, f, g, h]) as f64
            }
            (ElementKind::Unsigned(_), &[a]) => f64::from(a),
            (ElementKind::Unsigned(_), &[a, b]) => f64::from(u16::from_ne_bytes([a, b])),
            (ElementKind::Unsigned(_), &[a, b, c, d]) => {
                f64::from(u32::from_ne_bytes([a, b, c, d]))
            }
            (ElementKind::Unsigned(_), &[a, b, c, d, e, f, g, h]) => {
                u64::from_ne_bytes([a, b, c, d, e, f, g, h]) as f64
            }
            // chunks_exact gives no other length.
            _ => f64::NAN,
        }
    }
}

/// What a type is called in a message.
pub(super) fn describe(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FloatingPoint { size: 2, .. } => "half floats (float16)".to_string(),
        Datatype::FloatingPoint { size, .. } => format!("floats of {size} bytes"),
        Datatype::FixedPoint { size, .. } => format!("integers of {size} bytes"),
        Datatype::String { .. } | Datatype::VarLen { .. } => "text".to_string(),
        Datatype::Compound { .. } => "compound values (complex numbers?)".to_string(),
        Datatype::Enum { .. } => "an enumeration".to_string(),
        Datatype::Array { .. } => "arrays in an array".to_string(),
        Datatype::Opaque { .. } => "opaque bytes".to_string(),
        Datatype::Reference { .. } => "references".to_string(),
        Datatype::Bitfield { .. } => "bit fields".to_string(),
    }
}

/// The name of a compression filter that the decoder called by its number.
pub(super) fn filter_name(filter: &str) -> String {
    match filter {
        "filter id 32000" => "lzf".to_string(),
        "filter id 32001" => "blosc".to_string(),
        "filter id 32004" => "lz4".to_string(),
        "filter id 32015" => "zstd".to_string(),
        other => other.to_string(),
    }
}
