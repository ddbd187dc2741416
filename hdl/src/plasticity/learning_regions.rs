//! Which memory of a learning layer a request is for, and the piece of it that is read.

use super::arch::RuleArch;
use crate::protocol::{LATENTS, LEARNING, PATTERNS, READOUT, TABLE};
use crate::signal::{Bus, Fixed};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct LearningRegions {
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub write: Signal<In, Bit>,
    pub exists: Signal<Out, Bit>,
    pub writes_latents: Signal<Out, Bit>,
    pub writes_readout: Signal<Out, Bit>,
    pub writes_registers: Signal<Out, Bit>,
    pub writes_table: Signal<Out, Bit>,
    pub writes_patterns: Signal<Out, Bit>,
    pub latents_piece: Bus<In>,
    pub readout_piece: Bus<In>,
    pub registers_piece: Bus<In>,
    pub table_piece: Bus<In>,
    pub patterns_piece: Bus<In>,
    pub piece: Bus<Out>,
    is_layer: Signal<Local, Bit>,
    is_latents: Signal<Local, Bit>,
    is_readout: Signal<Local, Bit>,
    is_registers: Signal<Local, Bit>,
    is_table: Signal<Local, Bit>,
    is_patterns: Signal<Local, Bit>,
    number: Fixed,
    latents: Fixed,
    readout: Fixed,
    registers: Fixed,
    table_region: Fixed,
    patterns_region: Fixed,
    has_table: Constant<Bit>,
    has_patterns: Constant<Bit>,
}

impl LearningRegions {
    /// Of layer `number`; patterns are with the first.
    pub fn new(number: usize, piece_bits: u32, rule: RuleArch) -> Self {
        let region = |region: u8| Fixed::new(u64::from(region), 4);
        LearningRegions {
            layer: Bus::new(8),
            region: Bus::new(4),
            write: Default::default(),
            exists: Default::default(),
            writes_latents: Default::default(),
            writes_readout: Default::default(),
            writes_registers: Default::default(),
            writes_table: Default::default(),
            writes_patterns: Default::default(),
            latents_piece: Bus::new(piece_bits),
            readout_piece: Bus::new(piece_bits),
            registers_piece: Bus::new(piece_bits),
            table_piece: Bus::new(piece_bits),
            patterns_piece: Bus::new(piece_bits),
            piece: Bus::new(piece_bits),
            is_layer: Default::default(),
            is_latents: Default::default(),
            is_readout: Default::default(),
            is_registers: Default::default(),
            is_table: Default::default(),
            is_patterns: Default::default(),
            number: Fixed::count(number, 8),
            latents: region(LATENTS),
            readout: region(READOUT),
            registers: region(LEARNING),
            table_region: region(TABLE),
            patterns_region: region(PATTERNS),
            has_table: Constant::new(rule.keeps_table()),
            has_patterns: Constant::new(rule.keeps_patterns() && number == 0),
        }
    }
}

impl Logic for LearningRegions {
    #[hdl_gen]
    fn update(&mut self) {
        self.is_layer.next = self.layer.val() == self.number.val();
        self.is_latents.next = self.is_layer.val() && (self.region.val() == self.latents.val());
        self.is_readout.next = self.is_layer.val() && (self.region.val() == self.readout.val());
        self.is_registers.next = self.is_layer.val() && (self.region.val() == self.registers.val());
        self.is_table.next = self.has_table.val() && self.is_layer.val() && (self.region.val() == self.table_region.val());
        self.is_patterns.next = self.has_patterns.val() && self.is_layer.val() && (self.region.val() == self.patterns_region.val());
        self.exists.next = self.is_latents.val() || self.is_readout.val() || self.is_registers.val() || self.is_table.val() || self.is_patterns.val();
        self.writes_latents.next = self.write.val() && self.is_latents.val();
        self.writes_readout.next = self.write.val() && self.is_readout.val();
        self.writes_registers.next = self.write.val() && self.is_registers.val();
        self.writes_table.next = self.write.val() && self.is_table.val();
        self.writes_patterns.next = self.write.val() && self.is_patterns.val();
        self.piece.next = self.latents_piece.val();
        if self.is_readout.val() {
            self.piece.next = self.readout_piece.val();
        }
        if self.is_registers.val() {
            self.piece.next = self.registers_piece.val();
        }
        if self.is_table.val() {
            self.piece.next = self.table_piece.val();
        }
        if self.is_patterns.val() {
            self.piece.next = self.patterns_piece.val();
        }
    }
}
