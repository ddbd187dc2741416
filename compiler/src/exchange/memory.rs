//! A memory file as bits, and the marks that stand in its place until the design is routed.

use spikeforge_sim::random::SplitMix64;

/// `words[address][bit]`, as `$readmemh` reads them from `file`; every word has `width` bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    pub file: String,
    pub width: usize,
    pub words: Vec<Vec<bool>>,
}

impl Memory {
    /// Of a file of hexadecimal words, one a line. Errors name the line.
    pub fn read(file: &str, width: usize, text: &str) -> Result<Memory, String> {
        let word = |(index, line): (usize, &str)| {
            let digits: Option<Vec<u32>> = line.trim().chars().rev().map(|digit| digit.to_digit(16)).collect();
            let digits = digits.filter(|digits| digits.len() == width.div_ceil(4));
            let digits = digits.ok_or_else(|| format!("line {} is no hexadecimal number of {width} bits", index + 1))?;
            Ok((0..width).map(|bit| digits[bit / 4] >> (bit % 4) & 1 == 1).collect())
        };
        let words = text.lines().enumerate().map(word).collect::<Result<_, String>>()?;
        Ok(Memory { file: file.to_owned(), width, words })
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let digit = |bits: &[bool]| bits.iter().rev().fold(0, |value, &bit| value << 1 | u32::from(bit));
        let line = |word: &Vec<bool>| {
            let digits = word.chunks(4).rev().filter_map(|bits| char::from_digit(digit(bits), 16));
            digits.chain(std::iter::once('\n')).collect::<String>()
        };
        self.words.iter().map(line).collect()
    }

    /// Random contents of the same size, others for each `seed`.
    ///
    /// The second word is the first one's complement: a column of equal bits is no memory to the tools, but a wire.
    pub fn marks(&self, seed: u64) -> Memory {
        let mut random = SplitMix64::new(seed);
        let mut words: Vec<Vec<bool>> =
            self.words.iter().map(|_| (0..self.width).map(|_| random.chance(1, 2)).collect()).collect();
        if let [first, second, ..] = &mut words[..] {
            *second = first.iter().map(|bit| !bit).collect();
        }
        Memory { file: self.file.clone(), width: self.width, words }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_back() {
        let text = "1f3\n000\n0a5\n";
        let memory = Memory::read("m.hex", 9, text).unwrap();
        assert!(memory.words[0][8] && memory.words[2][0] && !memory.words[2][1]);
        assert_eq!(memory.text(), text);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for text in ["00\n0g\n", "00\n000\n", "00\n\n"] {
            assert_eq!(Memory::read("m.hex", 8, text).unwrap_err(), "line 2 is no hexadecimal number of 8 bits");
        }
    }

    #[test]
    fn no_column_of_the_marks_is_constant() {
        let memory = Memory::read("m.hex", 32, "00000000\n00000000\n00000000\n").unwrap();
        let marks = memory.marks(7);
        for bit in 0..32 {
            assert!(marks.words.iter().any(|word| word[bit]) && marks.words.iter().any(|word| !word[bit]));
        }
        assert_ne!(marks, memory.marks(8));
    }
}
