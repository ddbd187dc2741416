//! As much of FlatBuffers as AEDAT 4 needs: the fields of one table. Nothing is trusted, every place is checked.
//!
//! ```text
//! size (32) | place of the table (32)  identifier (32) ... table: back to its vtable (32)  fields ...
//! vtable: its bytes (16)  the table's bytes (16)  place of each field in the table (16 each), 0 without it
//! vector: number (32)  elements, where the field says how far behind it
//! ```

/// A buffer behind its size.
pub(super) struct Flat<'a> {
    pub bytes: &'a [u8],
}

impl<'a> Flat<'a> {
    /// The buffer whose size stands at `at`, and where it ends. None if it is cut off or has another identifier.
    pub fn prefixed(bytes: &'a [u8], at: usize, identifier: &[u8; 4]) -> Option<(Flat<'a>, usize)> {
        let start = at.checked_add(4)?;
        let end = start.checked_add(offset(bytes, at)?)?;
        let bytes = bytes.get(start..end)?;
        (bytes.get(4..8)? == identifier).then_some((Flat { bytes }, end))
    }

    /// Where field `index` of the table is; within, None if it has its default. None if the buffer is broken.
    pub fn field(&self, index: usize) -> Option<Option<usize>> {
        let table = offset(self.bytes, 0)?;
        let back = i64::from(i32::from_le_bytes(number(self.bytes, table)?));
        let vtable = usize::try_from(i64::try_from(table).ok()?.checked_sub(back)?).ok()?;
        let n_bytes = usize::from(u16::from_le_bytes(number(self.bytes, vtable)?));
        let entry = 4 + 2 * index;
        if entry + 2 > n_bytes {
            return Some(None);
        }
        match u16::from_le_bytes(number(self.bytes, vtable.checked_add(entry)?)?) {
            0 => Some(None),
            place => Some(Some(table.checked_add(usize::from(place))?)),
        }
    }

    /// The elements, of `size` bytes each, of the vector or text to which the field at `at` points.
    pub fn vector(&self, at: usize, size: usize) -> Option<&'a [u8]> {
        let vector = at.checked_add(offset(self.bytes, at)?)?;
        let start = vector.checked_add(4)?;
        let end = start.checked_add(offset(self.bytes, vector)?.checked_mul(size)?)?;
        self.bytes.get(start..end)
    }
}

/// The bytes of a number at `at`.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn offset(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(number(bytes, at)?)).ok()
}
