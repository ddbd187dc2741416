//! A spiking convolutional LSTM, binarized (Shi et al. 2015, "Convolutional LSTM network"; Lotfi Rezaabad and Vishwanath 2020,
//! "Long short-term memory spiking networks and their applications"): gates are spikes, so that products are ANDs, and the
//! cell is 0 or 1, so that its sum is an OR.
//!
//! ```text
//! x[t]    spikes of binarized convolutions without memory on frame t
//! gates   i, f, o, g = step(norm(sign(W) * x[t] + sign(U) * h[t-1])),      * is a convolution with a padded frame
//! cell    c[t] = f c[t-1]  or  i g
//! output  h[t] = o c[t]
//! scores  sum_t w[t] sign(V) h[t],   w[t] = 3, but 1 at the last frame
//! ```
//! The norm goes by running statistics in training too, as the sums of a timestep are not known before those of the one
//! before it. Why frames weigh so, and how all of this becomes threshold neurons: see [`lowering`].

pub mod cells;
pub mod lowering;

use std::str::FromStr;

use candle_core::{Tensor, Var};
use spikeforge_compiler::model::Model;
use spikeforge_sim::random::SplitMix64;

use crate::adam::Adam;
use crate::course::check_finite;
use crate::export;
use crate::loss::{cross_entropy, Decoding};
use crate::net::{Mode, Net};
use crate::neurons::Lif;
use crate::random::uniform;
use crate::samples::Batch;
use crate::shape::{Kind, NetShape};
use crate::spike::{binarize, Surrogate};
use crate::system::{Options, System, SystemName};
use crate::{Coding, TrainError};
use cells::Cells;
use lowering::STEPS;

pub struct ConvLstm {
    encoder: Net,
    cells: Cells,
    /// V: (classes, height * width * channels).
    readout: Var,
    parameters: Vec<Var>,
    adam: Adam,
    coding: Coding,
}

impl ConvLstm {
    pub fn new(options: &Options, shape: &NetShape, n_classes: usize) -> Result<Self, TrainError> {
        let refused = |why| Err(TrainError::Option { system: SystemName::ConvLstm.name(), why });
        let [encoder @ .., cells, output] = shape.layers.as_slice() else {
            return refused("takes convolutions, a last one for its cells, and classes, as in 18x8-p2-c2x8-c3x2-2");
        };
        let is_conv = |kind| matches!(kind, Kind::Conv { .. });
        let Kind::Conv { kernel } = cells.kind else { return refused("has its cells in a convolution, as in 18x8-p2-c2x8-c3x2-2") };
        if encoder.is_empty() || !encoder.iter().all(|layer| is_conv(layer.kind)) || cells.pool != 1 || output.pool != 1 || kernel % 2 == 0 {
            return refused("takes a convolution in front of its cells, no pool behind it, and an odd kernel of cells");
        }
        if options.coding()? != Coding::Frames || Decoding::from_str(&options.decoding)? != Decoding::Membrane || output.n_channels != n_classes {
            return refused("takes --encode frames and --decode membrane, and one output a class");
        }
        let surrogate = Surrogate::from_str(&options.surrogate)?;
        let encoder_shape = NetShape { text: shape.text.clone(), layers: encoder.to_vec() };
        let encoder = Net::new(&encoder_shape, Lif { beta: 0.0, surrogate }, options.seed)?;
        let mut random = SplitMix64::new(options.seed ^ 0x006c_7374);
        let cells = Cells::new((cells.source, kernel, cells.n_channels), surrogate, &mut random)?;
        let readout = Var::from_tensor(&uniform(&mut random, (n_classes, cells.n_cells()), 0.1)?)?;
        let parameters: Vec<Var> = encoder.parameters().into_iter().chain(cells.parameters()).chain([readout.clone()]).collect();
        Ok(ConvLstm { adam: Adam::new(&parameters, 0.0)?, encoder, cells, readout, parameters, coding: options.coding()? })
    }

    /// (n, classes), and what the gates summed up, (rows, gates).
    fn run(&self, batch: &Batch, mode: Mode) -> Result<(Tensor, Tensor), TrainError> {
        let spikes = self.encoder.run_without_memory(&batch.spikes, batch.n_timesteps, mode)?;
        let (outputs, sums) = self.cells.run(&spikes, batch.n_timesteps)?;
        let Some((last, before)) = outputs.split_last() else { return Ok((batch.one_hot()?, sums)) };
        let repeats = f64::from(u32::try_from(STEPS).unwrap_or(1));
        // Whole numbers until the end, so that equal scores are equal here as on the chip.
        let mut total = last.clone();
        for output in before {
            total = (total + output.affine(repeats, 0.0)?)?;
        }
        let n_cells = f64::from(u32::try_from(self.cells.n_cells()).unwrap_or(u32::MAX));
        let scores = total.matmul(&binarize(self.readout.as_tensor())?.t()?)?.affine(1.0 / (repeats * n_cells.sqrt()), 0.0)?;
        Ok((scores, sums))
    }
}

impl System for ConvLstm {
    fn step(&mut self, batch: &Batch, rate: f64, _: u64) -> Result<f64, TrainError> {
        let (scores, sums) = self.run(batch, Mode::Train)?;
        check_finite([("the scores", &scores)].into_iter())?;
        let loss = cross_entropy(&scores, &batch.one_hot()?)?;
        let mut gradients = loss.backward()?;
        let gradients: Vec<Option<Tensor>> = self.parameters.iter().map(|var| gradients.remove(var)).collect();
        self.adam.step(&self.parameters, &gradients, rate)?;
        self.encoder.clip()?;
        self.cells.norm.follow(&sums)?;
        for latent in [&self.cells.from_input, &self.cells.from_hidden, &self.readout] {
            latent.set(&latent.clamp(-1f32, 1f32)?)?;
        }
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    fn scores(&self, batch: &Batch) -> Result<Tensor, TrainError> {
        Ok(self.run(batch, Mode::Infer)?.0.detach())
    }

    fn state(&self) -> Vec<(String, Var)> {
        let readout = ("readout".to_owned(), self.readout.clone());
        self.encoder.state().into_iter().chain(self.cells.state()).chain([readout]).chain(self.adam.state()).collect()
    }

    /// Each frame is shown for three.
    fn n_chip_timesteps(&self, n_timesteps: usize) -> usize {
        STEPS * n_timesteps
    }

    fn model(&self) -> Result<Model, TrainError> {
        let mut layers = export::without_memory(&self.encoder)?;
        layers.extend(lowering::layers(&self.cells, &self.readout)?);
        export::with_values(export::model_of(&layers)?, self.coding)
    }
}
