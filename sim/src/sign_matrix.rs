//! The binary weights of a layer, a bit each.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::transpose::transpose_eight;

/// Weights in {-1, +1}, a row of inputs for each neuron; bit `i % 64` of word `i / 64` of row `j` is set when the
/// weight of neuron `j` for input `i` is +1. Rows are padded to whole words with zero bits.
///
/// As text it is the number of inputs and a string of hexadecimal bytes for each row: byte `b` holds inputs `8 b` to
/// `8 b + 7`, the first in its lowest bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Text", into = "Text")]
pub struct SignMatrix {
    n_neurons: usize,
    n_inputs: usize,
    words: Vec<u64>,
}

/// Why rows are not a matrix of weights.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignMatrixError {
    #[error(
        "row {row} of the weights has {got} inputs, row 0 has {expected}; every neuron needs a weight for each input"
    )]
    Ragged { row: usize, expected: usize, got: usize },
    #[error("row {row} of the weights has {got} hexadecimal digits, {n_inputs} inputs need {expected}")]
    Digits { row: usize, n_inputs: usize, expected: usize, got: usize },
    #[error("row {row} of the weights has {character:?} at character {position}, which is no hexadecimal digit")]
    NotHexadecimal { row: usize, position: usize, character: char },
    #[error("row {row} of the weights has a bit set beyond its {n_inputs} inputs; the padding must be zero")]
    Padding { row: usize, n_inputs: usize },
}

impl SignMatrix {
    /// A matrix of the given size with every weight -1.
    pub fn new(n_neurons: usize, n_inputs: usize) -> Self {
        SignMatrix { n_neurons, n_inputs, words: vec![0; n_neurons * n_inputs.div_ceil(64)] }
    }

    /// A matrix of rows of equal length; `true` is +1.
    pub fn from_rows(rows: &[Vec<bool>]) -> Result<Self, SignMatrixError> {
        let n_inputs = rows.first().map_or(0, Vec::len);
        let mut matrix = SignMatrix::new(rows.len(), n_inputs);
        for (j, row) in rows.iter().enumerate() {
            if row.len() != n_inputs {
                return Err(SignMatrixError::Ragged { row: j, expected: n_inputs, got: row.len() });
            }
            for (i, &positive) in row.iter().enumerate() {
                matrix.set(j, i, positive);
            }
        }
        Ok(matrix)
    }

    pub fn n_neurons(&self) -> usize {
        self.n_neurons
    }

    pub fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// Whether the weight of neuron `j` for input `i` is +1. Panics outside the matrix.
    pub fn get(&self, j: usize, i: usize) -> bool {
        assert!(i < self.n_inputs, "input {i} of {}", self.n_inputs);
        self.row_words(j)[i / 64] >> (i % 64) & 1 == 1
    }

    /// Makes the weight of neuron `j` for input `i` +1 or -1. Panics outside the matrix.
    pub fn set(&mut self, j: usize, i: usize, positive: bool) {
        assert!(i < self.n_inputs, "input {i} of {}", self.n_inputs);
        let word = j * self.words_per_row() + i / 64;
        let bit = 1u64 << (i % 64);
        if positive {
            self.words[word] |= bit;
        } else {
            self.words[word] &= !bit;
        }
    }

    /// The packed weights of neuron `j`, `n_inputs` bits padded to whole words. Panics outside the matrix.
    pub fn row_words(&self, j: usize) -> &[u64] {
        assert!(j < self.n_neurons, "neuron {j} of {}", self.n_neurons);
        let n_words = self.words_per_row();
        &self.words[j * n_words..][..n_words]
    }

    /// The number of +1 weights of neuron `j`. Panics outside the matrix.
    pub fn n_positive(&self, j: usize) -> usize {
        self.row_words(j).iter().map(|word| crate::arithmetic::index(word.count_ones())).sum()
    }

    /// The same weights, packed by input: bit `j % 64` of word `j / 64` of row `i`, rows padded to whole words.
    pub(crate) fn packed_by_input(&self) -> Vec<u64> {
        let n_words = self.n_neurons.div_ceil(64);
        let mut columns = vec![0; self.n_inputs * n_words];
        for (to_word, from_word) in (0..n_words).flat_map(|to| (0..self.words_per_row()).map(move |from| (to, from))) {
            let inputs = columns.chunks_exact_mut(n_words).skip(64 * from_word);
            for (row, word) in inputs.zip(self.square(64 * to_word, from_word)) {
                row[to_word] = word;
            }
        }
        columns
    }

    /// The weights of 64 neurons from `first` on for 64 inputs, a word for each input.
    fn square(&self, first: usize, word: usize) -> [u64; 64] {
        let mut eights = [[0; 8]; 8];
        for (at, j) in (first..self.n_neurons).take(64).enumerate() {
            eights[at % 8][at / 8] = self.row_words(j)[word];
        }
        transpose_eight(&mut eights);
        let byte = |lane: u64, i: usize| lane.to_le_bytes()[i % 8];
        std::array::from_fn(|i| u64::from_le_bytes(eights[i / 8].map(|lane| byte(lane, i))))
    }

    /// The weights of some neurons for some inputs, in the order in which they are given.
    pub fn part(&self, neurons: &[usize], inputs: &[usize]) -> SignMatrix {
        let mut part = SignMatrix::new(neurons.len(), inputs.len());
        for (to_neuron, &j) in neurons.iter().enumerate() {
            for (to_input, &i) in inputs.iter().enumerate() {
                part.set(to_neuron, to_input, self.get(j, i));
            }
        }
        part
    }

    fn words_per_row(&self) -> usize {
        self.n_inputs.div_ceil(64)
    }
}

/// A matrix as text.
#[derive(Serialize, Deserialize)]
#[serde(rename = "SignMatrix", deny_unknown_fields)]
struct Text {
    n_inputs: usize,
    rows: Vec<String>,
}

impl From<SignMatrix> for Text {
    fn from(matrix: SignMatrix) -> Self {
        let n_bytes = matrix.n_inputs.div_ceil(8);
        let row = |j| {
            let bytes = matrix.row_words(j).iter().flat_map(|word| word.to_le_bytes());
            bytes.take(n_bytes).map(|byte| format!("{byte:02x}")).collect()
        };
        Text { n_inputs: matrix.n_inputs, rows: (0..matrix.n_neurons).map(row).collect() }
    }
}

impl TryFrom<Text> for SignMatrix {
    type Error = SignMatrixError;

    /// Allocates no more than the rows that are there need.
    fn try_from(text: Text) -> Result<Self, SignMatrixError> {
        let rows: Result<Vec<_>, _> =
            text.rows.iter().enumerate().map(|(j, digits)| row_from_digits(j, digits, text.n_inputs)).collect();
        Ok(SignMatrix { n_neurons: text.rows.len(), n_inputs: text.n_inputs, words: rows?.concat() })
    }
}

/// The packed words of row `row`, from two hexadecimal digits for each eight inputs.
fn row_from_digits(row: usize, digits: &str, n_inputs: usize) -> Result<Vec<u64>, SignMatrixError> {
    let expected = n_inputs.div_ceil(8).saturating_mul(2);
    let got = digits.chars().count();
    if got != expected {
        return Err(SignMatrixError::Digits { row, n_inputs, expected, got });
    }
    let mut words = vec![0u64; n_inputs.div_ceil(64)];
    for (position, character) in digits.chars().enumerate() {
        let digit = character.to_digit(16).ok_or(SignMatrixError::NotHexadecimal { row, position, character })?;
        // The high digit of a byte comes first.
        let nibble = position ^ 1;
        words[nibble / 16] |= u64::from(digit) << (4 * (nibble % 16));
    }
    let used = n_inputs % 64;
    if used != 0 && words.last().is_some_and(|&last| last >> used != 0) {
        return Err(SignMatrixError::Padding { row, n_inputs });
    }
    Ok(words)
}
