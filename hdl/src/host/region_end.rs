//! Where a region ends: the places that it has. Leaf.

use crate::protocol::RegionMap;
use crate::signal::{Bus, Value};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::LogicBlock;

/// `places` of the region of a layer, 0 where there is none.
#[derive(LogicBlock)]
pub struct RegionEnd {
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub places: Bus<Out>,
    _ends: Vec<(u64, u64, u64)>,
}

impl RegionEnd {
    /// Of `regions`, in `width` bits, which hold the most places of any.
    pub fn new(regions: &[RegionMap], width: u32) -> Self {
        let end = |map: &RegionMap| (u64::from(map.layer), u64::from(map.region), map.places() as u64);
        RegionEnd {
            layer: Bus::new(8),
            region: Bus::new(4),
            places: Bus::new(width),
            _ends: regions.iter().map(end).collect(),
        }
    }
}

impl Logic for RegionEnd {
    fn update(&mut self) {
        let asked = (self.layer.val().raw(), self.region.val().raw());
        let found = self._ends.iter().find(|(layer, region, _)| (*layer, *region) == asked);
        self.places.next = Value::new(found.map_or(0, |(.., places)| *places), self.places.width());
    }

    fn connect(&mut self) {
        self.places.connect();
    }

    fn hdl(&self) -> Verilog {
        let width = self.places.width();
        let end = |(layer, region, places): &(u64, u64, u64)| {
            format!("    {{8'd{layer}, 4'd{region}}}: places = {width}'d{places};\n")
        };
        let ends: String = self._ends.iter().map(end).collect();
        Verilog::Custom(format!("always @(*) case ({{layer, region}})\n{ends}    default: places = {width}'d0;\nendcase\n"))
    }
}
