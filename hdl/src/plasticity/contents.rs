//! What the memories of a design that learns hold, as the host writes and reads them.

use super::arch::LearningArch;
use super::emit::PlasticImage;
use super::register_file::{KEPT, WORDS};
use super::word_memory::WordShape;
use crate::arch::{Arch, StageArch};
use crate::contents::Contents;
use crate::protocol::{RegionMap, LATENTS, LEARNING, PATTERNS, READOUT, TABLE};

/// The learned memories of a layer, and how the host reaches them.
pub struct LearnedMemories {
    latents: WordShape,
    readout: WordShape,
    table: Option<WordShape>,
    pub maps: [RegionMap; 3],
    /// Of the rule's own table, if there is one.
    pub table_map: Option<RegionMap>,
    patterns: Option<WordShape>,
    /// Of the patterns of the classes, with the first layer, if the rule keeps them.
    pub patterns_map: Option<RegionMap>,
}

impl LearnedMemories {
    /// Of layer `index` of a design that learns.
    pub fn of(arch: &Arch, learning: &LearningArch, index: usize, stage: &StageArch) -> Self {
        let piece_bits = arch.load().word_bits;
        let layer = u8::try_from(index).unwrap_or(u8::MAX);
        let (latents, readout) = (learning.latents(index, stage, piece_bits), learning.readout(index, stage, piece_bits));
        let registers = RegionMap { layer, region: LEARNING, rows: WORDS, row_bits: piece_bits, piece_bits, is_volatile: false };
        let table = learning.table(stage, piece_bits);
        let table_map = table.as_ref().map(|shape| shape.region(layer, TABLE));
        let patterns = learning.patterns(stage, piece_bits).filter(|_| index == 0);
        let patterns_map = patterns.as_ref().map(|shape| shape.region(layer, PATTERNS));
        LearnedMemories { table, table_map, patterns, patterns_map, maps: [latents.region(layer, LATENTS), readout.region(layer, READOUT), registers], latents, readout }
    }

    /// As the host writes an image.
    pub fn contents(&self, image: &PlasticImage) -> Vec<Contents> {
        let [latents, readout, registers] = self.maps.clone();
        let random = [image.latent_random, image.readout_random];
        let table = self.table_map.iter().zip(&self.table);
        let table = table.map(|(map, shape)| Contents { pieces: pieces(map, &image.table, shape), map: map.clone() });
        let others = [
            Contents { pieces: pieces(&latents, &image.latents, &self.latents), map: latents },
            Contents { pieces: pieces(&readout, &image.readout, &self.readout), map: readout },
            Contents {
                pieces: image.registers.iter().chain(&random).map(|&word| u64::from(word)).collect(),
                map: registers,
            },
        ];
        let patterns = self.patterns_map.iter().zip(&self.patterns);
        let patterns = patterns.map(|(map, shape)| Contents { pieces: pieces(map, &image.patterns, shape), map: map.clone() });
        others.into_iter().chain(table).chain(patterns).collect()
    }

    /// As the host writes the registers alone.
    pub fn register_contents(&self, image: &PlasticImage) -> Vec<Contents> {
        self.contents(image).into_iter().filter(|contents| contents.map.region == LEARNING).collect()
    }

    /// The rule's own table `[neuron][lane]`, of the pieces that the host read.
    pub fn table(&self, pieces: &[u64]) -> Vec<Vec<u64>> {
        self.table_map.iter().zip(&self.table).flat_map(|(map, shape)| words(map, pieces, shape)).collect()
    }

    /// Patterns `[class * beats + beat][lane]`, of the pieces that the host read.
    pub fn patterns(&self, pieces: &[u64]) -> Vec<Vec<u64>> {
        self.patterns_map.iter().zip(&self.patterns).flat_map(|(map, shape)| words(map, pieces, shape)).collect()
    }

    /// Latents `[address][lane]`, of the pieces that the host read.
    pub fn latents(&self, pieces: &[u64]) -> Vec<Vec<u64>> {
        words(&self.maps[0], pieces, &self.latents)
    }

    /// Readout `[neuron][class]`, of the pieces that the host read.
    pub fn readout(&self, pieces: &[u64]) -> Vec<Vec<u64>> {
        words(&self.maps[1], pieces, &self.readout)
    }

    /// Registers and the random numbers of latents and readout, of the pieces that the host read.
    pub fn registers(pieces: &[u64]) -> ([u16; KEPT], u16, u16) {
        let word = |at: usize| u16::try_from(pieces.get(at).copied().unwrap_or(0) & 0xFFFF).unwrap_or(0);
        (std::array::from_fn(word), word(KEPT), word(KEPT + 1))
    }
}

fn pieces(map: &RegionMap, words: &[Vec<u64>], shape: &WordShape) -> Vec<u64> {
    words.iter().flat_map(|word| map.pieces(word, shape.slot_bits())).collect()
}

fn words(map: &RegionMap, pieces: &[u64], shape: &WordShape) -> Vec<Vec<u64>> {
    let (slot, mask) = (shape.slot_bits(), u64::MAX >> (64 - shape.bits));
    let lanes_per_piece = usize::try_from(map.piece_bits / slot).unwrap_or(1);
    let lane = |row: &[u64], lane: usize| {
        let piece = row.get(lane / lanes_per_piece).copied().unwrap_or(0);
        (0..lane % lanes_per_piece).fold(piece, |piece, _| piece >> slot) & mask
    };
    let rows = pieces.chunks(map.address(1));
    rows.map(|row| (0..shape.lanes).map(|at| lane(row, at)).collect()).collect()
}
