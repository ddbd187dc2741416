//! Text in columns, aligned to the left, without trailing spaces.

use std::fmt::{Display, Formatter, Result};

/// A heading and, indented below it, rows of `N` cells.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub fn new(heading: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Self {
        let indented = rows.map(|mut row| {
            row[0].insert_str(0, "  ");
            row
        });
        Table {
            rows: std::iter::once(heading.map(String::from))
                .chain(indented)
                .collect(),
        }
    }
}

impl<const N: usize> Display for Table<N> {
    fn fmt(&self, formatter: &mut Formatter) -> Result {
        let width = |column: usize| {
            self.rows
                .iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            writeln!(formatter, "{}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}
