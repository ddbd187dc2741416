//! Which memory of a layer a request is for, a cycle after its header says so. The regions are in [`crate::protocol`].

use crate::protocol::{RegionMap, PARAMETERS, WEIGHTS};
use crate::dff_setup;
use crate::signal::{Bus, Fixed, Flag};
use rust_hdl_core::prelude::*;
use rust_hdl_macros::{hdl_gen, LogicBlock};

#[derive(LogicBlock)]
pub struct Regions {
    pub clock: Signal<In, Clock>,
    pub layer: Bus<In>,
    pub region: Bus<In>,
    pub write: Signal<In, Bit>,
    pub writes_weights: Signal<Out, Bit>,
    pub writes_parameters: Signal<Out, Bit>,
    is_layer: Signal<Local, Bit>,
    is_weights: Flag,
    is_parameters: Flag,
    number: Fixed,
    weights: Fixed,
    parameters: Fixed,
    has_weights: Constant<Bit>,
    has_parameters: Constant<Bit>,
}

impl Regions {
    /// Of layer `number`, of which `regions` can be written.
    pub fn new(number: usize, regions: &[RegionMap]) -> Self {
        let has = |region| Constant::new(regions.iter().any(|map| usize::from(map.layer) == number && map.region == region));
        Regions {
            clock: Default::default(),
            layer: Bus::new(8),
            region: Bus::new(4),
            write: Default::default(),
            writes_weights: Default::default(),
            writes_parameters: Default::default(),
            is_layer: Default::default(),
            is_weights: Default::default(),
            is_parameters: Default::default(),
            number: Fixed::count(number, 8),
            weights: Fixed::new(u64::from(WEIGHTS), 4),
            parameters: Fixed::new(u64::from(PARAMETERS), 4),
            has_weights: has(WEIGHTS),
            has_parameters: has(PARAMETERS),
        }
    }
}

impl Logic for Regions {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, is_weights, is_parameters);
        self.is_layer.next = self.layer.val() == self.number.val();
        self.is_weights.d.next = self.has_weights.val() && self.is_layer.val() && (self.region.val() == self.weights.val());
        self.is_parameters.d.next = self.has_parameters.val() && self.is_layer.val() && (self.region.val() == self.parameters.val());
        self.writes_weights.next = self.write.val() && self.is_weights.q.val();
        self.writes_parameters.next = self.write.val() && self.is_parameters.q.val();
    }
}
