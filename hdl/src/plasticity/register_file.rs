//! The registers of a layer, which the host writes and reads by pieces; 16 bits of a piece count.
//!
//! | address | bits |
//! |---|---|
//! | 0 | 0: the latents learn, 1: the readout learns |
//! | 1 | 0 to 4: latent shift, 8 to 12: readout shift |
//! | 2 | 0 to 4: dense bits, 8 to 12: goodness shift |
//! | 3, 4 | margin, low half first |
//! | 5, 6 | goodness, low half first |
//! | 7 | 0 to 7: potentiation, 8 to 15: depression |
//! | 8 | the random numbers of the latents |
//! | 9 | the random numbers of the readout |
//!
//! Leaf; the random numbers are kept elsewhere.

use super::potentiation::EFFECT_BITS;
use super::rounding::{RANDOM_BITS, SHIFT_BITS};
use super::scores::MARGIN_BITS;
use crate::protocol::ADDRESS_BITS;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// Words that are kept here.
pub const KEPT: usize = 8;
/// Words of the region.
pub const WORDS: usize = 10;
const WORD_BITS: u32 = 16;
const LATENT_RANDOM: u64 = 8;
const READOUT_RANDOM: u64 = 9;

#[derive(LogicBlock)]
pub struct RegisterFile {
    pub clock: Signal<In, Clock>,
    // Pieces, for the host
    pub load_enable: Signal<In, Bit>,
    pub load_address: Bus<In>,
    pub load_piece: Bus<In>,
    pub read_piece: Bus<Out>,
    // Random numbers
    pub latent_random: Bus<In>,
    pub readout_random: Bus<In>,
    pub load_latent_random: Signal<Out, Bit>,
    pub load_readout_random: Signal<Out, Bit>,
    pub load_random: Bus<Out>,
    // Registers
    pub latents_learn: Signal<Out, Bit>,
    pub readout_learns: Signal<Out, Bit>,
    pub latent_shift: Bus<Out>,
    pub readout_shift: Bus<Out>,
    pub dense_bits: Bus<Out>,
    pub goodness_shift: Bus<Out>,
    pub margin: Bus<Out>,
    pub goodness: Bus<Out>,
    pub potentiation: Bus<Out>,
    pub depression: Bus<Out>,
    _words: [u16; KEPT],
    _power_on: [u16; KEPT],
}

impl RegisterFile {
    pub fn new(piece_bits: u32, power_on: [u16; KEPT]) -> Self {
        assert!(piece_bits >= WORD_BITS, "a piece of {piece_bits} bits holds no register");
        let mut file = RegisterFile {
            clock: Default::default(),
            load_enable: Default::default(),
            load_address: Bus::new(ADDRESS_BITS),
            load_piece: Bus::new(piece_bits),
            read_piece: Bus::new(piece_bits),
            latent_random: Bus::new(RANDOM_BITS),
            readout_random: Bus::new(RANDOM_BITS),
            load_latent_random: Default::default(),
            load_readout_random: Default::default(),
            load_random: Bus::new(RANDOM_BITS),
            latents_learn: Default::default(),
            readout_learns: Default::default(),
            latent_shift: Bus::new(SHIFT_BITS),
            readout_shift: Bus::new(SHIFT_BITS),
            dense_bits: Bus::new(SHIFT_BITS),
            goodness_shift: Bus::new(SHIFT_BITS),
            margin: Bus::new(MARGIN_BITS),
            goodness: Bus::new(MARGIN_BITS),
            potentiation: Bus::new(EFFECT_BITS),
            depression: Bus::new(EFFECT_BITS),
            _words: power_on,
            _power_on: power_on,
        };
        file.show();
        file
    }

    fn show(&mut self) {
        let word = |at: usize| u64::from(self._words[at]);
        self.latents_learn.next = word(0) & 1 == 1;
        self.readout_learns.next = word(0) >> 1 & 1 == 1;
        self.latent_shift.next = Value::new(word(1), SHIFT_BITS);
        self.readout_shift.next = Value::new(word(1) >> 8, SHIFT_BITS);
        self.dense_bits.next = Value::new(word(2), SHIFT_BITS);
        self.goodness_shift.next = Value::new(word(2) >> 8, SHIFT_BITS);
        self.margin.next = Value::new(word(4) << 16 | word(3), MARGIN_BITS);
        self.goodness.next = Value::new(word(6) << 16 | word(5), MARGIN_BITS);
        self.potentiation.next = Value::new(word(7), EFFECT_BITS);
        self.depression.next = Value::new(word(7) >> 8, EFFECT_BITS);
    }
}

impl Logic for RegisterFile {
    fn update(&mut self) {
        let (address, piece) = (self.load_address.val().raw(), self.load_piece.val().raw());
        let index = usize::try_from(address).unwrap_or(usize::MAX);
        let low = u16::try_from(piece & 0xFFFF).unwrap_or(0);
        if self.clock.pos_edge() && self.load_enable.val() {
            if let Some(word) = self._words.get_mut(index) {
                *word = low;
            }
        }
        let random = match address {
            LATENT_RANDOM => self.latent_random.val().raw(),
            READOUT_RANDOM => self.readout_random.val().raw(),
            _ => self._words.get(index).copied().map_or(0, u64::from),
        };
        self.read_piece.next = Value::new(random, self.read_piece.width());
        self.load_latent_random.next = self.load_enable.val() && address == LATENT_RANDOM;
        self.load_readout_random.next = self.load_enable.val() && address == READOUT_RANDOM;
        self.load_random.next = Value::new(u64::from(low), RANDOM_BITS);
        self.show();
    }

    fn connect(&mut self) {
        self.read_piece.connect();
        self.load_latent_random.connect();
        self.load_readout_random.connect();
        self.load_random.connect();
        self.latents_learn.connect();
        self.readout_learns.connect();
        for bus in [&mut self.latent_shift, &mut self.readout_shift, &mut self.dense_bits, &mut self.goodness_shift] {
            bus.connect();
        }
        for bus in [&mut self.margin, &mut self.goodness, &mut self.potentiation, &mut self.depression] {
            bus.connect();
        }
    }

    fn hdl(&self) -> Verilog {
        let fill = match self.read_piece.width() - WORD_BITS {
            0 => String::new(),
            fill => format!("{fill}'b0, "),
        };
        let (mut starts, mut writes, mut reads) = (String::new(), String::new(), String::new());
        for (at, start) in self._power_on.iter().enumerate() {
            starts += &format!("reg [15:0] word{at};\ninitial word{at} = 16'h{start:x};\n");
            writes += &format!("    if (load_enable && load_address == 20'd{at}) word{at} <= load_piece[0 +: 16];\n");
            reads += &format!("        20'd{at}: read_piece = {{{fill}word{at}}};\n");
        }
        Verilog::Custom(format!(
            "{starts}always @(posedge clock) begin\n{writes}end\n\
             always @(*) begin\n    case (load_address)\n{reads}\
             \x20       20'd{LATENT_RANDOM}: read_piece = {{{fill}latent_random}};\n\
             \x20       20'd{READOUT_RANDOM}: read_piece = {{{fill}readout_random}};\n\
             \x20       default: read_piece = {width}'h0;\n    endcase\nend\n\
             always @(*) load_latent_random = load_enable && load_address == 20'd{LATENT_RANDOM};\n\
             always @(*) load_readout_random = load_enable && load_address == 20'd{READOUT_RANDOM};\n\
             always @(*) load_random = load_piece[0 +: 16];\n\
             always @(*) latents_learn = word0[0];\nalways @(*) readout_learns = word0[1];\n\
             always @(*) latent_shift = word1[0 +: 5];\nalways @(*) readout_shift = word1[8 +: 5];\n\
             always @(*) dense_bits = word2[0 +: 5];\nalways @(*) goodness_shift = word2[8 +: 5];\n\
             always @(*) margin = {{word4, word3}};\nalways @(*) goodness = {{word6, word5}};\n\
             always @(*) potentiation = word7[0 +: 8];\nalways @(*) depression = word7[8 +: 8];\n",
            width = self.read_piece.width(),
        ))
    }
}
