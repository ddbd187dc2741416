//! How the host reaches memories: the layers' regions, the pieces of a WRITE on their way, and the place of a READ.

use super::extent::Extent;
use super::loader::Loader;
use super::regions::Regions;
use crate::block::wiring::Concat;
use crate::protocol::{HostMap, ADDRESS_BITS};
use crate::signal::{bits_for, Bus};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Memories {
    // Control
    pub clock: Signal<In, Clock>,
    pub start: Signal<In, Bit>,
    pub busy: Signal<Out, Bit>,
    pub done: Signal<Out, Bit>,
    // The request
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub addr: Bus<In>,
    pub page: Bus<In>,
    pub len: Bus<In>,
    pub place: Bus<Out>,
    /// A WRITE of this place and length finds its memory, and ends within it.
    pub fits: Signal<Out, Bit>,
    /// A READ is answered, and is at this position.
    pub reads: Signal<In, Bit>,
    pub position: Bus<In>,
    // Pieces
    pub entry: Bus<Out>,
    pub write: Signal<Out, Bit>,
    pub address: Bus<Out>,
    pub load_weights: Vec<Signal<Out, Bit>>,
    pub load_parameters: Vec<Signal<Out, Bit>>,
    loader: Loader,
    extent: Extent,
    regions: Vec<Regions>,
    joined: Concat,
}

impl Memories {
    /// For a first stage that takes `words` words of `beat` inputs a timestep.
    pub fn new(map: &HostMap, words: usize, beat: u32) -> Self {
        Memories {
            clock: Default::default(),
            start: Default::default(),
            busy: Default::default(),
            done: Default::default(),
            layer: Bus::new(8),
            region: Bus::new(4),
            addr: Bus::new(16),
            page: Bus::new(4),
            len: Bus::new(16),
            place: Bus::new(ADDRESS_BITS),
            fits: Default::default(),
            reads: Default::default(),
            position: Bus::new(ADDRESS_BITS),
            entry: Bus::new(bits_for(words - 1)),
            write: Default::default(),
            address: Bus::new(ADDRESS_BITS),
            load_weights: map.stages().map(|_| Default::default()).collect(),
            load_parameters: map.stages().map(|_| Default::default()).collect(),
            loader: Loader::new(words, beat),
            extent: Extent::new(&map.regions, words),
            regions: (0..map.stages().count()).map(|layer| Regions::new(layer, &map.regions)).collect(),
            joined: Concat::new(16, 4, ADDRESS_BITS),
        }
    }
}

impl Logic for Memories {
    #[hdl_gen]
    fn update(&mut self) {
        self.joined.low.next = self.addr.val();
        self.joined.high.next = self.page.val();
        self.place.next = self.joined.joined.val();
        self.loader.clock.next = self.clock.val();
        self.loader.start.next = self.start.val();
        self.loader.addr.next = self.addr.val();
        self.loader.page.next = self.page.val();
        self.loader.len.next = self.len.val();
        self.busy.next = self.loader.busy.val();
        self.done.next = self.loader.done.val();
        self.entry.next = self.loader.entry.val();
        self.write.next = self.loader.write.val();
        self.address.next = self.loader.address.val();
        if self.reads.val() {
            self.address.next = self.position.val();
        }
        self.extent.clock.next = self.clock.val();
        self.extent.layer.next = self.layer.val();
        self.extent.region.next = self.region.val();
        self.extent.place.next = self.joined.joined.val();
        self.extent.pieces.next = self.loader.n_pieces.val();
        self.fits.next = self.extent.fits.val();
        for i in 0..self.regions.len() {
            self.regions[i].clock.next = self.clock.val();
            self.regions[i].layer.next = self.layer.val();
            self.regions[i].region.next = self.region.val();
            self.regions[i].write.next = self.loader.write.val();
            self.load_weights[i].next = self.regions[i].writes_weights.val();
            self.load_parameters[i].next = self.regions[i].writes_parameters.val();
        }
    }
}
