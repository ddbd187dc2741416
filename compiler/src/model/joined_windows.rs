//! Two windows as one: one behind the other, or both of them added.

use ndarray::Array2;

use super::layer::Window;
use super::linear_map::{added, fitting, TooMany, MOST_PRODUCTS};

/// Where the taps of a window lie along a dimension, from the place of its output times the stride: `low`, `low + step`, ...
/// to `high`.
#[derive(Clone, Copy)]
struct Taps {
    low: isize,
    high: isize,
    /// 0 for a single tap.
    step: usize,
}

impl Taps {
    fn of(window: &Window, dim: usize) -> Taps {
        let (n, low) = (window.kernel[dim], -signed(window.padding[dim].0));
        let step = if n > 1 { window.dilation[dim] } else { 0 };
        Taps { low, high: low.saturating_add(signed(step.saturating_mul(n.saturating_sub(1)))), step }
    }

    fn union(self, other: Taps) -> Taps {
        let apart = self.low.abs_diff(other.low);
        Taps { low: self.low.min(other.low), high: self.high.max(other.high), step: gcd(gcd(self.step, other.step), apart) }
    }

    /// Those of a window `next` over what comes out of these taps at this stride.
    fn then(self, stride: usize, next: Taps) -> Taps {
        let end = |next: isize, own: isize| next.saturating_mul(signed(stride)).saturating_add(own);
        let step = gcd(next.step.saturating_mul(stride), self.step);
        Taps { low: end(next.low, self.low), high: end(next.high, self.high), step }
    }

    /// Which tap lies at `at`, one of them.
    fn tap(self, at: isize) -> usize {
        at.abs_diff(self.low) / self.step.max(1)
    }
}

impl Window {
    /// The window of both, where their strides are the same, as the shapes of what comes out are.
    pub(super) fn union(&self, other: &Window) -> Option<Window> {
        if self.stride != other.stride {
            return None;
        }
        let taps = (0..self.stride.len()).map(|dim| Taps::of(self, dim).union(Taps::of(other, dim)));
        Some(windowed(taps, self.stride.clone(), gcd(self.groups, other.groups), self.output_shape.clone()))
    }

    /// The columns of this window's weights, over as many channels as `part` with its weights sees.
    pub(super) fn n_columns(&self, part: &Window, of_part: &Array2<f64>) -> usize {
        let channels = of_part.ncols() / part.n_taps().max(1) * part.groups;
        (channels / self.groups.max(1)).saturating_mul(self.n_taps())
    }

    /// Adds the weights of this window to those of a union that has all of its taps.
    pub(super) fn spread(&self, weight: &Array2<f64>, both: &Window, sum: &mut Array2<f64>) {
        let taps: Vec<Taps> = (0..self.kernel.len()).map(|dim| Taps::of(both, dim)).collect();
        let to = |at: Vec<isize>| at.iter().enumerate().fold(0, |flat, (dim, &at)| flat * both.kernel[dim] + taps[dim].tap(at));
        let to: Vec<usize> = self.places().map(to).collect();
        for ((j, i), &value) in weight.indexed_iter() {
            let channel = self.first_channel(weight, j) + i / to.len() - both.first_channel(sum, j);
            let sum = &mut sum[[j, channel * both.n_taps() + to[i % to.len()]]];
            *sum = added(*sum, value);
        }
    }

    /// Whether zeros around what this window gives stand for zeros around what it takes, or there are none.
    pub(super) fn is_exact_before(&self, next: &Window) -> bool {
        let unpadded = |window: &Window| window.padding.iter().all(|&padding| padding == (0, 0));
        let is_single = self.kernel.iter().all(|&size| size == 1) && unpadded(self);
        self.kernel.len() == next.kernel.len() && (unpadded(next) || is_single)
    }

    /// This window with the weights `before`, then another over what it gives.
    pub(super) fn then(&self, before: &Array2<f64>, next: &Window, weight: &Array2<f64>) -> Result<(Window, Array2<f64>), TooMany> {
        let n_dims = self.kernel.len();
        let taps: Vec<Taps> = (0..n_dims).map(|dim| Taps::of(self, dim).then(self.stride[dim], Taps::of(next, dim))).collect();
        let stride = self.stride.iter().zip(&next.stride).map(|(a, b)| a.saturating_mul(*b)).collect();
        let both = windowed(taps.iter().copied(), stride, gcd(self.groups, next.groups), next.output_shape.clone());
        let n_products = weight.len().saturating_mul(before.ncols());
        if n_products > MOST_PRODUCTS {
            return Err(TooMany(n_products));
        }
        let mut product = Array2::zeros(fitting(weight.nrows(), both.n_columns(self, before))?);
        let [own, others]: [Vec<_>; 2] = [self.places().collect(), next.places().collect()];
        for ((j, i), &factor) in weight.indexed_iter().filter(|(_, &factor)| factor != 0.0) {
            let middle = next.first_channel(weight, j) + i / others.len();
            for (k, &value) in before.row(middle).iter().enumerate() {
                let channel = self.first_channel(before, middle) + k / own.len() - both.first_channel(&product, j);
                let at = |dim: usize| own[k % own.len()][dim] + others[i % others.len()][dim] * signed(self.stride[dim]);
                let tap = (0..n_dims).fold(0, |flat, dim| flat * both.kernel[dim] + taps[dim].tap(at(dim)));
                product[[j, channel * both.n_taps() + tap]] += factor * value;
            }
        }
        Ok((both, product))
    }

    /// Every weight of an output with the element of `shape` that it meets.
    pub(super) fn visit(&self, weight: &Array2<f64>, shape: &[usize], output: usize, meet: &mut dyn FnMut(usize, f64)) {
        let n_places: usize = self.output_shape.iter().skip(1).product();
        let (j, place) = (output / n_places, unflat(output % n_places, &self.output_shape[1..]));
        let (n_taps, n_elements): (usize, usize) = (self.n_taps(), shape.iter().skip(1).product());
        let first = self.first_channel(weight, j);
        for tap in 0..n_taps {
            let taps = unflat(tap, &self.kernel);
            let at = |dim: usize| (place[dim] * self.stride[dim] + taps[dim] * self.dilation[dim]).checked_sub(self.padding[dim].0);
            let inside = |dim: usize| at(dim).filter(|&at| at < shape[dim + 1]);
            let Some(element) = (0..taps.len()).try_fold(0, |flat, dim| Some(flat * shape[dim + 1] + inside(dim)?)) else {
                continue;
            };
            for channel in 0..weight.ncols() / n_taps {
                meet((first + channel) * n_elements + element, weight[[j, channel * n_taps + tap]]);
            }
        }
    }

    fn n_taps(&self) -> usize {
        self.kernel.iter().fold(1, |n: usize, &size| n.saturating_mul(size))
    }

    /// The first channel that row `j` of this window's weights sees.
    fn first_channel(&self, weight: &Array2<f64>, j: usize) -> usize {
        let per_group = (weight.nrows() / self.groups.max(1)).max(1);
        j / per_group * (weight.ncols() / self.n_taps().max(1))
    }

    /// Where each tap lies, along each dimension.
    fn places(&self) -> impl Iterator<Item = Vec<isize>> + '_ {
        (0..self.n_taps()).map(|tap| {
            let taps = unflat(tap, &self.kernel).into_iter().enumerate();
            taps.map(|(dim, tap)| signed(tap * self.dilation[dim]) - signed(self.padding[dim].0)).collect()
        })
    }
}

/// Zeros behind are as many as what comes out asks for.
fn windowed(taps: impl Iterator<Item = Taps>, stride: Vec<usize>, groups: usize, output_shape: Vec<usize>) -> Window {
    let (mut kernel, mut padding, mut dilation) = (Vec::new(), Vec::new(), Vec::new());
    for taps in taps {
        kernel.push(taps.tap(taps.high).saturating_add(1));
        padding.push((taps.low.unsigned_abs(), 0));
        dilation.push(taps.step.max(1));
    }
    Window { kernel, stride, padding, dilation, groups, output_shape }
}

/// The index along each of these sizes, the last of which counts fastest.
fn unflat(mut flat: usize, sizes: &[usize]) -> Vec<usize> {
    let mut indices = vec![0; sizes.len()];
    for (index, &size) in indices.iter_mut().zip(sizes).rev() {
        (*index, flat) = (flat % size.max(1), flat / size.max(1));
    }
    indices
}

/// 0 has every divisor.
fn gcd(a: usize, b: usize) -> usize {
    match b {
        0 => a,
        _ => gcd(b, a % b),
    }
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}
