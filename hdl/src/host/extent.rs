//! Whether a WRITE lies within a memory that is there, told before its payload has come.
//!
//! ```text
//! cycle    0                               1                        2
//!          layer, region, place, pieces    after, places, is_far    fits
//!
//! after = place + pieces
//! fits  = after <= places of the region    none, where no memory is
//! ```
//! Memories are smaller than what an address can say, so the sum is of few bits; a one of the address above them is far outside.

use super::region_end::RegionEnd;
use crate::block::wiring::{Resize, Slice};
use crate::dff_setup;
use crate::protocol::{RegionMap, ADDRESS_BITS};
use crate::signal::{bits_for, Bus, Fixed, Flag, Register};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

/// One bit more than the address and the most places have, so that something always lies above the sum's bits.
const PADDED_BITS: u32 = ADDRESS_BITS + 2;

#[derive(LogicBlock)]
pub struct Extent {
    pub clock: Signal<In, Clock>,
    // The request
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub place: Bus<In>,
    pub pieces: Bus<In>,
    pub fits: Signal<Out, Bit>,
    after: Register,
    places: Register,
    is_far: Flag,
    ends_within: Flag,
    region_end: RegionEnd,
    padded: Resize,
    low: Resize,
    near: Resize,
    above: Slice,
    length: Resize,
    nothing: Fixed,
}

impl Extent {
    /// For WRITEs of at most `most` pieces, counted in `bits_for(most)` bits, to `regions`.
    pub fn new(regions: &[RegionMap], most: usize) -> Self {
        let largest = regions.iter().map(RegionMap::places).max().unwrap_or(0);
        let near = bits_for(largest.max(most));
        let (sum, above) = (near + 1, PADDED_BITS - near);
        Extent {
            clock: Default::default(),
            layer: Bus::new(8),
            region: Bus::new(4),
            place: Bus::new(ADDRESS_BITS),
            pieces: Bus::new(bits_for(most)),
            fits: Default::default(),
            after: Register::new(sum),
            places: Register::new(sum),
            is_far: Default::default(),
            ends_within: Default::default(),
            region_end: RegionEnd::new(regions, sum),
            padded: Resize::new(ADDRESS_BITS, PADDED_BITS),
            low: Resize::new(ADDRESS_BITS, near),
            near: Resize::new(near, sum),
            above: Slice::new(PADDED_BITS, near, above),
            length: Resize::new(bits_for(most), sum),
            nothing: Fixed::new(0, above),
        }
    }
}

impl Logic for Extent {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, after, places, is_far, ends_within);
        self.low.from.next = self.place.val();
        self.near.from.next = self.low.to.val();
        self.padded.from.next = self.place.val();
        self.above.from.next = self.padded.to.val();
        self.length.from.next = self.pieces.val();
        self.after.d.next = self.near.to.val() + self.length.to.val();
        self.is_far.d.next = self.above.to.val() != self.nothing.val();
        self.region_end.layer.next = self.layer.val();
        self.region_end.region.next = self.region.val();
        self.places.d.next = self.region_end.places.val();
        self.ends_within.d.next = self.after.q.val() <= self.places.q.val();
        self.fits.next = self.ends_within.q.val() && !self.is_far.q.val();
    }
}
