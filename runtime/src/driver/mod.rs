//! The driver: a network behind a link, as a device.
//!
//! * The first request is always for the identity, and a device of another design is refused.
//! * A request that is not answered in full is sent again, at most [`Patience::attempts`] times. A STEP keeps its
//!   sequence number, so the hardware answers it again and does not run it again; a RUN or SHOW starts from reset anyway
//!   and takes a fresh number, so that no late spikes of one attempt are counted with those of the next.
//! * Every wait has an end, and every end without an answer is an error: never a hang, never a guess.

mod collected;
pub mod counters;
mod error;
mod exchange;
mod lessons;
mod patience;

use spikeforge_hdl::contents::Contents;
use spikeforge_hdl::protocol::{HostMap, StateMap};
use spikeforge_sim::{Device, DeviceError, LayerId, LayerState, Spikes, Verdict};

pub use error::DriverError;
pub use lessons::LessonResult;
pub use patience::{Patience, Statistics};

use crate::link::Link;
use crate::protocol::{
    from_wire, neurons_of_bytes, pack_spikes, spikes_from_wire, unpack_spikes, values_to_wire, Request, MAX_PAYLOAD,
};
use counters::Counters;
use exchange::Exchange;

/// The most bytes of state that one READ asks for, so that a damaged answer costs little to repeat.
const READ_BYTES: usize = 1024;

/// A device at the other end of a link.
#[derive(Debug)]
pub struct Driver<L> {
    exchange: Exchange<L>,
    map: HostMap,
}

impl<L: Link> Driver<L> {
    /// Opens the device behind `link`, which must be the design of `map`.
    ///
    /// # Errors
    /// [`DriverError::WrongDesign`] when it is another one, [`DriverError::NoAnswer`] when nothing speaks there.
    pub fn open(link: L, map: HostMap, patience: Patience) -> Result<Self, DriverError> {
        let mut exchange = Exchange::new(link, map.output_bytes, patience);
        exchange.settle()?;
        let answer = exchange.ask(Request::Identity, 0)?;
        let got = answer
            .data
            .iter()
            .rev()
            .fold(0, |identity, byte| (identity << 8) | u32::from(*byte));
        if got != map.identity {
            return Err(DriverError::WrongDesign {
                expected: map.identity,
                got,
            });
        }
        let mut driver = Driver { exchange, map };
        driver.exchange.ask(Request::Reset, 0)?;
        Ok(driver)
    }

    /// What went wrong and was put right so far.
    pub fn statistics(&self) -> Statistics {
        self.exchange.statistics()
    }

    /// The link, for what only it knows.
    pub fn link_mut(&mut self) -> &mut L {
        &mut self.exchange.link
    }

    /// Gives the link back.
    pub fn into_link(self) -> L {
        self.exchange.link
    }

    /// The number of layers and their sizes, and how the design is addressed.
    pub fn map(&self) -> &HostMap {
        &self.map
    }

    /// Writes whole memories: every weight and parameter of `contents`. It ends the presentation that runs.
    ///
    /// # Errors
    /// [`DriverError::NotWritable`] when the design has no such memory that can be written.
    pub fn write(&mut self, contents: &[Contents]) -> Result<(), DriverError> {
        for Contents { map, .. } in contents {
            if !self.map.regions.contains(map) {
                let (layer, memory) = (map.layer, map.name());
                return Err(DriverError::NotWritable { layer, memory });
            }
        }
        if contents.is_empty() {
            return Ok(());
        }
        self.exchange.ask(Request::Reset, 0)?;
        for memory in contents {
            self.write_memory(memory)?;
            if memory.map.is_volatile {
                self.check_memory(memory)?;
            }
        }
        Ok(())
    }

    /// What the design counted since power-on; nothing from one without counters.
    pub fn counters(&mut self) -> Result<Option<Counters>, DriverError> {
        if !self.map.counts {
            return Ok(None);
        }
        let n_bytes = Counters::n_bytes(self.map.layers.len());
        let answer = self.exchange.ask(Request::Counters { n_bytes }, 0)?;
        Ok(Some(Counters::of_bytes(&answer.data)))
    }

    /// The class that the design tells of the presentation so far; nothing from one that does not.
    pub fn verdict(&mut self) -> Result<Option<Verdict>, DriverError> {
        if !self.map.tells_class {
            return Ok(None);
        }
        let data = self.exchange.ask(Request::Verdict, 0)?.data;
        let bytes: [u8; 6] = data.try_into().unwrap_or_default();
        let class = usize::from(u16::from_le_bytes([bytes[0], bytes[1]]));
        let score = i64::from(i32::from_le_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]));
        Ok(Some(Verdict { class, score }))
    }

    /// Reads a memory back, every row.
    fn check_memory(&mut self, Contents { map, pieces }: &Contents) -> Result<(), DriverError> {
        let (layer, region, memory) = (map.layer, map.region, map.name());
        let n_piece_bytes = usize::try_from(map.piece_bits / 8).unwrap_or(1);
        let row_bytes = |row: &[u64]| -> Vec<u8> {
            let bytes = row.iter().flat_map(|piece| piece.to_le_bytes().into_iter().take(n_piece_bytes));
            bytes.take(map.bytes_per_row()).collect()
        };
        let rows: Vec<Vec<u8>> = pieces.chunks(map.address(1)).map(row_bytes).collect();
        let rows_per_read = READ_BYTES / map.bytes_per_row();
        for (read, expected) in rows.chunks(rows_per_read).enumerate() {
            let unreadable = |_| DriverError::NotWritable { layer, memory };
            let first_row = u16::try_from(read * rows_per_read).map_err(unreadable)?;
            let n_bytes = u16::try_from(expected.len() * map.bytes_per_row()).map_err(unreadable)?;
            let request = Request::Rows { layer, region, first_row, n_bytes };
            let got = self.exchange.ask(request, 0)?.data;
            let differs = got.chunks(map.bytes_per_row()).zip(expected).position(|(got, expected)| got != expected);
            if let Some(row) = differs {
                return Err(DriverError::ReadBack { layer, memory, row: read * rows_per_read + row });
            }
        }
        Ok(())
    }

    fn write_memory(&mut self, Contents { map, pieces }: &Contents) -> Result<(), DriverError> {
        let n_bytes = self.map.piece_bytes;
        let pieces_per_frame = self.map.input_bytes / n_bytes;
        let (layer, region, memory) = (map.layer, map.region, map.name());
        for (frame, pieces) in pieces.chunks(pieces_per_frame).enumerate() {
            let bytes: Vec<u8> = pieces
                .iter()
                .flat_map(|piece| piece.to_le_bytes().into_iter().take(n_bytes))
                .collect();
            let first_piece = u32::try_from(frame * pieces_per_frame)
                .map_err(|_| DriverError::NotWritable { layer, memory })?;
            let write = Request::Write {
                layer,
                region,
                first_piece,
                pieces: &bytes,
            };
            self.exchange.ask(write, 0)?;
        }
        Ok(())
    }

    fn packed(&self, input: &Spikes) -> Result<Vec<u8>, DeviceError> {
        let expected = self.map.n_lines();
        if input.len() != expected {
            return Err(DeviceError::InputLength { expected, got: input.len() });
        }
        let wired = values_to_wire(input, self.map.input_channels, expected / self.map.n_inputs.max(1));
        Ok(pack_spikes(&wired, self.map.input_bytes))
    }

    /// The input of a presentation that a design can be shown once, and its timesteps.
    fn repeated<'a>(&self, train: &'a [Spikes]) -> Option<(&'a Spikes, u16)> {
        let input = train.first().filter(|input| self.map.repeats && train.iter().all(|other| other == *input))?;
        Some((input, u16::try_from(train.len()).ok()?))
    }

    fn timesteps(&self, spikes: &[u8]) -> Vec<Spikes> {
        spikes.chunks(self.map.output_bytes).map(|spikes| self.unpacked(spikes)).collect()
    }

    fn unpacked(&self, spikes: &[u8]) -> Spikes {
        let channels = self.map.layers.last().map_or(self.map.n_outputs, |layer| layer.channels);
        spikes_from_wire(&unpack_spikes(spikes, self.map.n_outputs), channels)
    }

    fn read_state(&mut self, map: &StateMap) -> Result<LayerState, DriverError> {
        let (layer, n_neurons, n_bytes) = (map.stage, map.n_neurons, map.bytes_per_neuron());
        let neurons_per_read = (READ_BYTES / n_bytes).max(1);
        let mut state = LayerState::default();
        for first in (0..n_neurons).step_by(neurons_per_read) {
            let n = neurons_per_read.min(n_neurons - first);
            let too_large = |_| DriverError::TooManyNeurons { layer, n_neurons };
            let first_neuron = u16::try_from(map.first_neuron + first).map_err(too_large)?;
            let n_bytes = u16::try_from(n * n_bytes).map_err(too_large)?;
            let answer = self.exchange.ask(
                Request::State {
                    layer,
                    first_neuron,
                    n_bytes,
                },
                0,
            )?;
            let part = neurons_of_bytes(&answer.data, map.membrane_bits);
            state.membranes.extend(part.membranes);
            state.fired.extend(part.fired);
        }
        Ok(state)
    }

    /// A presentation that is not for one frame, timestep by timestep.
    fn run_in_steps(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        self.reset()?;
        train.iter().map(|input| self.step(input)).collect()
    }
}

impl<L: Link> Device for Driver<L> {
    fn reset(&mut self) -> Result<(), DeviceError> {
        self.exchange.ask(Request::Reset, 0)?;
        Ok(())
    }

    fn step(&mut self, input: &Spikes) -> Result<Spikes, DeviceError> {
        let spikes = self.packed(input)?;
        let answer = self.exchange.ask(Request::Step { spikes: &spikes }, 1)?;
        Ok(self.unpacked(&answer.spikes))
    }

    fn run(&mut self, train: &[Spikes]) -> Result<Vec<Spikes>, DeviceError> {
        if let Some((input, n_timesteps)) = self.repeated(train) {
            let spikes = self.packed(input)?;
            let answer = self.exchange.ask(Request::Show { spikes: &spikes, n_timesteps }, train.len())?;
            return Ok(self.timesteps(&answer.spikes));
        }
        // A design that codes values has room for one timestep of them, and a serial line does not wait for it.
        if train.is_empty() || train.len() * self.map.input_bytes > MAX_PAYLOAD || self.map.value_bits > 1 {
            return self.run_in_steps(train);
        }
        let packed: Vec<Vec<u8>> = train
            .iter()
            .map(|input| self.packed(input))
            .collect::<Result<_, _>>()?;
        let answer = self.exchange.ask(
            Request::Run {
                train: &packed.concat(),
            },
            train.len(),
        )?;
        Ok(self.timesteps(&answer.spikes))
    }

    fn state(&mut self, layer: LayerId) -> Result<LayerState, DeviceError> {
        let n_layers = self.map.layers.len();
        let Some(map) = self.map.layers.get(layer.index()).cloned() else {
            return Err(DeviceError::NoSuchLayer { layer, n_layers });
        };
        let wired = self.read_state(&map)?;
        Ok(LayerState {
            membranes: from_wire(&wired.membranes, map.channels),
            fired: spikes_from_wire(&wired.fired, map.channels),
        })
    }
}
