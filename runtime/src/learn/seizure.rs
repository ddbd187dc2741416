//! Absence seizures in the EEG of a child, got from the package eeghdf: 18 electrodes, half an hour, three seizures.
//!
//! ```text
//! value 0       64      128      192      256      320      384
//!       [ frame 0       ]                                          a frame: 128 values (0.64 s at 200 Hz)
//!               [ frame 1        ]
//!                       [ frame 2         ]
//!                                [ frame 3         ]
//!                                         [ frame 4        ]       the label is that of the last
//! ```
//! A sample is 5 frames of 18 electrodes of 8 bins, 1.56 to 12.5 Hz: an absence shows as spikes and waves at 3 Hz. It is a
//! function of its 384 values alone, so a device may tell it as they come. Class 1 is within a seizure; where the last
//! frame touches the edge of one, partly in and partly out, there is no sample, nor where an electrode is flat
//! (calibration, impedance check). Seizures give a sample every 8 values, the rest every 200, in the order of time: 353
//! and 1776 of them. Parts of the time end in the middle between two seizures, and no sample reaches over such an end: the
//! tests of the three have 78 and 1383, 133 and 40, 142 and 353.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

use super::{Coding, LearnError, Samples, Split};
use crate::inputs::{Images, InputError, Recording, RecordingError};

/// The file and its sha256.
pub(super) const FILE: (&str, &str) = ("absence_epilepsy.eeg.h5", "c2fa2e9586a078e103bc66157b4282f76bd1c77dc78853afbbc6229f2db58bfc");
/// One for each seizure.
pub(super) const N_SPLITS: usize = 3;

/// Rows of a frame; pairs are neighbours on the scalp.
const ELECTRODES: [&str; 18] =
    ["Fp1", "Fp2", "F7", "F3", "F4", "F8", "T3", "C3", "C4", "T4", "T5", "P3", "P4", "T6", "O1", "O2", "Fz", "Cz"];
const N_FRAMES: usize = 5;
const N_BINS: usize = 8;
const N_WINDOW: usize = 128;
const HOP: usize = 64;
const N_VALUES: usize = N_WINDOW + (N_FRAMES - 1) * HOP;
/// Values between samples, of seizures and of the rest; the latter is a multiple of the former.
const STEPS: [usize; 2] = [8, 200];
/// An electrode on a head never keeps a value for so long (0.16 s; the longest here is 11 values).
const FLAT: usize = 32;

/// Seizure `tested` is tested with the time about it, the others are learned.
///
/// # Errors
/// A channel that is missing or makes no sense, annotations that do not mark two or more seizures, no such seizure.
pub(super) fn split(path: &Path, recording: &Recording, tested: usize, coding: Coding) -> Result<Split, LearnError> {
    let seizures = seizures(recording)?;
    if tested >= seizures.len() {
        return Err(LearnError::Split { name: "seizure", got: tested, n_splits: seizures.len() });
    }
    let middle = |pair: &[Range<usize>]| usize::midpoint(pair[0].end, pair[1].start);
    let ends: Vec<usize> = seizures.windows(2).map(middle).collect();
    let electrodes = electrodes(recording).map_err(|source| InputError::Recording { path: path.to_owned(), source: Box::new(source) })?;
    let mut spectra = Spectra::new(recording.sample_rate);
    let (mut train, mut test) = (Part::default(), Part::default());
    for last in (N_VALUES..=recording.n_values()).step_by(STEPS[0]) {
        let values = last - N_VALUES..last;
        let Some(label) = label(&seizures, &(last - N_WINDOW..last)).filter(|&label| label == 1 || last % STEPS[1] == 0) else { continue };
        let Some(time) = part_of(&ends, &values) else { continue };
        if electrodes.iter().any(|electrode| is_flat(&electrode[values.clone()])) {
            continue;
        }
        let part = if time == tested { &mut test } else { &mut train };
        spectra.frames(&electrodes, values.start, &mut part.pixels);
        part.labels.push(label);
    }
    Ok(Split { train: train.samples(coding)?, test: test.samples(coding)? })
}

/// Values of each seizure, as the annotations mark them.
fn seizures(recording: &Recording) -> Result<Vec<Range<usize>>, LearnError> {
    let wrong = |index| LearnError::Seizures { index };
    let (mut found, mut begun) = (Vec::<Range<usize>>::new(), None);
    for (index, note) in recording.annotations.iter().enumerate() {
        let at = (note.start * recording.sample_rate).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates, and is compared
        let at = at as usize;
        match (note.text.as_str(), begun) {
            ("SZ START", None) if at >= found.last().map_or(0, |seizure| seizure.end) => begun = Some(at),
            ("SZ END", Some(start)) if at > start && at <= recording.n_values() => {
                found.push(start..at);
                begun = None;
            }
            ("SZ START" | "SZ END", _) => return Err(wrong(index)),
            _ => {}
        }
    }
    match begun.is_some() || found.len() < 2 {
        true => Err(wrong(recording.annotations.len())),
        false => Ok(found),
    }
}

/// 1 within a seizure, 0 outside of all, nothing across an edge.
fn label(seizures: &[Range<usize>], frame: &Range<usize>) -> Option<usize> {
    let touched = seizures.iter().find(|seizure| frame.start < seizure.end && seizure.start < frame.end);
    match touched {
        None => Some(0),
        Some(seizure) => (seizure.start <= frame.start && frame.end <= seizure.end).then_some(1),
    }
}

/// The part of the time that all of some values are in.
fn part_of(ends: &[usize], values: &Range<usize>) -> Option<usize> {
    let part = ends.iter().filter(|&&end| end <= values.start).count();
    (part == ends.iter().filter(|&&end| end < values.end).count()).then_some(part)
}

fn electrodes(recording: &Recording) -> Result<Vec<Vec<f64>>, RecordingError> {
    ELECTRODES.iter().map(|name| recording.microvolts(&format!("EEG {name}"))).collect()
}

fn is_flat(values: &[f64]) -> bool {
    values.chunk_by(|a, b| a == b).any(|equal| equal.len() >= FLAT)
}

/// Samples of a part.
#[derive(Default)]
struct Part {
    pixels: Vec<u8>,
    labels: Vec<usize>,
}

impl Part {
    fn samples(self, coding: Coding) -> Result<Samples, LearnError> {
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let shape = vec![size(N_FRAMES), size(ELECTRODES.len()), size(N_BINS)];
        Samples::of_images(Images { pixels: self.pixels, shape }, self.labels, coding)
    }
}

/// Periodograms of frames under a Hann window (Welch, "The use of fast Fourier transform for the estimation of power
/// spectra", 1967), without their mean, which would leak into the first bin.
struct Spectra {
    fft: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    /// From squares of the transform to uV^2/Hz, one-sided.
    scale: f64,
    values: Vec<f64>,
    transform: Vec<Complex<f64>>,
}

impl Spectra {
    #[allow(clippy::cast_precision_loss)]
    fn new(sample_rate: f64) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(N_WINDOW);
        let hann = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / N_WINDOW as f64).cos();
        let window: Vec<f64> = (0..N_WINDOW).map(hann).collect();
        let scale = 2.0 / (sample_rate * window.iter().map(|weight| weight * weight).sum::<f64>());
        let (values, transform) = (fft.make_input_vec(), fft.make_output_vec());
        Spectra { fft, window, scale, values, transform }
    }

    /// Appends the frames from a value on, `[frame][electrode][bin]`.
    fn frames(&mut self, electrodes: &[Vec<f64>], start: usize, pixels: &mut Vec<u8>) {
        for frame in 0..N_FRAMES {
            let start = start + frame * HOP;
            for electrode in electrodes {
                pixels.extend(self.bins(&electrode[start..start + N_WINDOW]));
            }
        }
    }

    /// A byte for each of the bins from 1.
    #[allow(clippy::cast_precision_loss)]
    fn bins(&mut self, frame: &[f64]) -> [u8; N_BINS] {
        let mean = frame.iter().sum::<f64>() / frame.len() as f64;
        for (value, (of_frame, weight)) in self.values.iter_mut().zip(frame.iter().zip(&self.window)) {
            *value = (of_frame - mean) * weight;
        }
        // Fails for buffers of other lengths only; these are the planner's own.
        let is_done = self.fft.process(&mut self.values, &mut self.transform).is_ok();
        debug_assert!(is_done);
        std::array::from_fn(|bin| level(self.transform[bin + 1].norm_sqr() * self.scale))
    }
}

/// A sixteenth of a doubling of the power (uV^2/Hz) is one more, above 1/4. So the highest four bits rise by one for each
/// doubling: the background here has a median of 4 of 15, the bin of 3 Hz in seizures one of 12.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range
fn level(power: f64) -> u8 {
    (16.0 * (4.0 * power).log2()).floor().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::{is_flat, label, level, part_of, Spectra};

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn a_sine_is_in_its_bin() {
        let wave = |i: usize| 1000.0 + 100.0 * (std::f64::consts::TAU * 2.0 * i as f64 / 128.0).sin();
        let bins = Spectra::new(200.0).bins(&(0..128).map(wave).collect::<Vec<_>>());
        // (100 * 64/2)^2 * 2 / (200 * 48) = 2133.3 uV^2/Hz, or 13.06 doublings above 1/4; half the height beside it.
        assert_eq!(bins, [176, 208, 176, 0, 0, 0, 0, 0]);
        assert_eq!([0.0, 0.25, 0.5, 1e9].map(level), [0, 0, 16, 255]);
    }

    #[test]
    fn edges_have_no_samples() {
        let seizures = [100..300, 500..700];
        let labels = [0..100, 1..101, 99..227, 100..228, 172..300, 173..301, 300..428, 480..508].map(|frame| label(&seizures, &frame));
        assert_eq!(labels, [Some(0), None, None, Some(1), Some(1), None, Some(0), None]);
        let parts = [0..400, 1..401, 399..401, 400..401, 400..1000].map(|values| part_of(&[400], &values));
        assert_eq!(parts, [Some(0), None, None, Some(1), Some(1)]);
        assert!(is_flat(&[0.5; 32]) && !is_flat(&[0.5; 31]));
    }
}
