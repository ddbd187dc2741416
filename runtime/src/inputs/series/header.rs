//! The lines above `@data`.

use std::borrow::Cow;

use super::error::{clipped, SeriesError};

/// What the header tells of the recordings.
pub(super) struct Header {
    /// At least one.
    pub classes: Vec<String>,
    pub n_channels: Option<usize>,
    pub n_values: Option<usize>,
}

impl Header {
    /// Takes lines up to `@data`.
    pub fn read<'a>(lines: &mut impl Iterator<Item = (usize, Cow<'a, str>)>) -> Result<Self, SeriesError> {
        let mut header = Header { classes: Vec::new(), n_channels: None, n_values: None };
        for (line, text) in lines {
            let mut words = text.split_whitespace();
            let key = words.next().and_then(|word| word.strip_prefix('@')).map(str::to_ascii_lowercase);
            let words: Vec<&str> = words.collect();
            let is_true = words.first().is_some_and(|word| word.eq_ignore_ascii_case("true"));
            let number = || words.first().and_then(|word| word.parse().ok()).filter(|&n: &usize| n > 0);
            let wrong = || SeriesError::Header { line, text: clipped(&text) };
            match key.as_deref() {
                Some("data") => return header.whole(),
                Some("timestamps") if is_true => return Err(SeriesError::Timestamps { line }),
                Some("missing") if is_true => return Err(SeriesError::Missing { line }),
                Some("univariate") if is_true => header.n_channels = Some(1),
                Some("dimensions") => header.n_channels = Some(number().ok_or_else(wrong)?),
                Some("serieslength") => header.n_values = Some(number().ok_or_else(wrong)?),
                Some("classlabel") if is_true => header.classes = words[1..].iter().map(|&name| name.to_owned()).collect(),
                Some(_) => {}
                None => return Err(wrong()),
            }
        }
        Err(SeriesError::NoData)
    }

    fn whole(self) -> Result<Self, SeriesError> {
        match self.classes.is_empty() {
            true => Err(SeriesError::NoClasses),
            false => Ok(self),
        }
    }
}
