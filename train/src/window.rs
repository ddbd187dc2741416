//! Convolutions as products: each output position becomes a row of what it sees.

use std::ops::Range;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Device, Layout, Result, Shape, Tensor};

use crate::spike::{floats, with_floats};

/// (n, height * width * channels), channels last, to (n * height' * width', kernel * kernel * channels).
pub fn windows(frames: &Tensor, frame: [usize; 3], kernel: usize) -> Result<Tensor> {
    frames.contiguous()?.apply_op1(Windows { frame, kernel })
}

/// Frames by the weights (channels', kernel * kernel * channels) of each window: (n * height' * width', channels'). The rows
/// of [`windows`], many times as large as the frames, are made for the product alone, once each way.
pub fn convolve(frames: &Tensor, frame: [usize; 3], kernel: usize, weights: &Tensor) -> Result<Tensor> {
    frames.contiguous()?.apply_op2(weights, Windows { frame, kernel })
}

/// The mean of each square of `size`, (n, height * width * channels) to (n, height / size * width / size * channels).
pub fn average_pool(frames: &Tensor, frame: [usize; 3], size: usize) -> Result<Tensor> {
    if size == 1 {
        return Ok(frames.clone());
    }
    frames.contiguous()?.apply_op1(Pool { frame, size })
}

/// Frames of (n, height * width * channels), with `by` rows and columns of zeros on each side.
pub fn padded(frames: &Tensor, [height, width, channels]: [usize; 3], by: usize) -> Result<Tensor> {
    let wide = frames.reshape((frames.dim(0)?, height, width, channels))?.pad_with_zeros(1, by, by)?.pad_with_zeros(2, by, by)?;
    wide.flatten_from(1)
}

struct Windows {
    frame: [usize; 3],
    kernel: usize,
}

impl Windows {
    /// Calls `f(in the rows, in the frames, length)` for each run of values that lie together in both.
    fn runs(&self, n: usize, mut f: impl FnMut(usize, usize, usize)) {
        let ([height, width, channels], kernel) = (self.frame, self.kernel);
        let run = kernel * channels;
        let mut row = 0;
        for frame in 0..n {
            for y in 0..=height - kernel {
                for x in 0..=width - kernel {
                    for dy in 0..kernel {
                        f(row, ((frame * height + y + dy) * width + x) * channels, run);
                        row += run;
                    }
                }
            }
        }
    }

    fn n_positions(&self) -> usize {
        (self.frame[0] + 1 - self.kernel) * (self.frame[1] + 1 - self.kernel)
    }
}

impl Windows {
    fn rows(&self, frames: &[f32], n: usize) -> Result<Tensor> {
        let width = self.kernel * self.kernel * self.frame[2];
        let mut rows = vec![0f32; n * self.n_positions() * width];
        self.runs(n, |to, from, run| rows[to..to + run].copy_from_slice(&frames[from..from + run]));
        Tensor::from_vec(rows, (n * self.n_positions(), width), &Device::Cpu)
    }

    /// Each value of n frames, the sum of those of the rows that were made of it.
    fn sums(&self, rows: &Tensor, n: usize) -> Result<Tensor> {
        let width: usize = self.frame.iter().product();
        let mut sums = vec![0f32; n * width];
        with_floats(rows, |rows| {
            self.runs(n, |from, to, run| {
                sums[to..to + run].iter_mut().zip(&rows[from..from + run]).for_each(|(sum, value)| *sum += value);
            });
            Ok(())
        })?;
        Tensor::from_vec(sums, (n, width), &Device::Cpu)
    }
}

impl CustomOp1 for Windows {
    fn name(&self) -> &'static str {
        "windows"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        stored(&self.rows(floats(storage, layout)?, layout.dims()[0])?)
    }

    fn bwd(&self, frames: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(self.sums(&gradient.contiguous()?, frames.dim(0)?)?))
    }
}

impl CustomOp2 for Windows {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(&self, frames: &CpuStorage, layout: &Layout, weights: &CpuStorage, shape: &Layout) -> Result<(CpuStorage, Shape)> {
        let weights = Tensor::from_slice(floats(weights, shape)?, shape.shape(), &Device::Cpu)?;
        stored(&self.rows(floats(frames, layout)?, layout.dims()[0])?.matmul(&weights.t()?)?)
    }

    fn bwd(&self, frames: &Tensor, weights: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let n = frames.dim(0)?;
        let to_frames = self.sums(&gradient.matmul(weights)?, n)?;
        let rows = with_floats(frames, |frames| self.rows(frames, n))?;
        Ok((Some(to_frames), Some(gradient.t()?.matmul(&rows)?)))
    }
}

struct Pool {
    frame: [usize; 3],
    size: usize,
}

impl Pool {
    /// Calls `f(in the means, in the frames)` for the values of each place in each whole square; how many there are.
    fn runs(&self, n: usize, mut f: impl FnMut(Range<usize>, Range<usize>)) -> usize {
        let ([height, width, channels], size) = (self.frame, self.size);
        let mut to = 0;
        for (frame, y) in (0..n).flat_map(|frame| (0..height / size).map(move |y| (frame, y))) {
            for x in 0..width / size {
                for (dy, dx) in (0..size * size).map(|place| (place / size, place % size)) {
                    let from = ((frame * height + y * size + dy) * width + x * size + dx) * channels;
                    f(to..to + channels, from..from + channels);
                }
                to += channels;
            }
        }
        to
    }

    fn n_means(&self) -> usize {
        self.frame[0] / self.size * (self.frame[1] / self.size) * self.frame[2]
    }

    /// Of one place in a mean.
    fn share(&self) -> f32 {
        (0..self.size * self.size).map(|_| 1f32).sum::<f32>().recip()
    }
}

impl CustomOp1 for Pool {
    fn name(&self) -> &'static str {
        "average-pool"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (frames, n, share) = (floats(storage, layout)?, layout.dims()[0], self.share());
        let mut means = vec![0f32; n * self.n_means()];
        self.runs(n, |to, from| means[to].iter_mut().zip(&frames[from]).for_each(|(mean, value)| *mean += value * share));
        Ok((CpuStorage::F32(means), Shape::from((n, self.n_means()))))
    }

    fn bwd(&self, frames: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let ((n, width), share) = (frames.dims2()?, self.share());
        let mut values = vec![0f32; n * width];
        with_floats(&gradient.contiguous()?, |gradient| {
            self.runs(n, |from, to| values[to].iter_mut().zip(&gradient[from]).for_each(|(value, mean)| *value = mean * share));
            Ok(())
        })?;
        Ok(Some(Tensor::from_vec(values, (n, width), &Device::Cpu)?))
    }
}

/// A tensor as what an operation returns.
fn stored(x: &Tensor) -> Result<(CpuStorage, Shape)> {
    Ok((CpuStorage::F32(x.flatten_all()?.to_vec1()?), x.shape().clone()))
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor, Var};

    use super::{average_pool, convolve, windows};

    /// 3x3 frames of two channels: a position's row is its square, and the gradient of a sum of all rows counts in how many
    /// squares a value lies.
    #[test]
    fn rows_are_squares_and_gradients_count_them() -> candle_core::Result<()> {
        let frames = Var::from_tensor(&Tensor::arange(0f32, 18.0, &Device::Cpu)?.reshape((1, 18))?)?;
        let rows = windows(&frames, [3, 3, 2], 2)?;
        assert_eq!(rows.to_vec2::<f32>()?[1], [2.0, 3.0, 4.0, 5.0, 8.0, 9.0, 10.0, 11.0]);
        let gradients = rows.sum_all()?.backward()?;
        let counts = gradients.get(&frames).expect("a gradient").to_vec2::<f32>()?;
        assert_eq!(counts[0].iter().step_by(2).copied().collect::<Vec<_>>(), [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]);
        Ok(())
    }

    /// Values and gradients of the product of rows that the library sees.
    #[test]
    fn a_convolution_is_the_product_of_its_rows() -> candle_core::Result<()> {
        let made = |n: f32, shape: (usize, usize)| Var::from_tensor(&Tensor::arange(0f32, n, &Device::Cpu)?.sin()?.reshape(shape)?);
        let (frames, weights) = (made(80.0, (2, 40))?, made(24.0, (3, 8))?);
        let plain = windows(&frames, [4, 5, 2], 2)?.matmul(&weights.t()?)?;
        let ours = convolve(&frames, [4, 5, 2], 2, &weights)?;
        assert_eq!(ours.to_vec2::<f32>()?, plain.to_vec2::<f32>()?);
        let (a, b) = (ours.sqr()?.sum_all()?.backward()?, plain.sqr()?.sum_all()?.backward()?);
        for var in [&frames, &weights] {
            let far = a.get(var).expect("a gradient").sub(b.get(var).expect("a gradient"))?.abs()?.max_all()?;
            assert!(far.to_scalar::<f32>()? < 1e-5);
        }
        Ok(())
    }

    /// A row and a column that no square holds take no gradient.
    #[test]
    fn a_gradient_is_shared_out_to_a_square() -> candle_core::Result<()> {
        let frames = Var::from_tensor(&Tensor::zeros((1, 15), DType::F32, &Device::Cpu)?)?;
        let means = average_pool(&frames, [3, 5, 1], 2)?;
        let gradients = (means * Tensor::new(&[[4f32, 8.0]], &Device::Cpu)?)?.sum_all()?.backward()?;
        let expected = [1.0, 1.0, 2.0, 2.0, 0.0, 1.0, 1.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(gradients.get(&frames).expect("a gradient").to_vec2::<f32>()?[0], expected);
        Ok(())
    }

    #[test]
    fn a_pool_is_the_mean_of_each_square() -> candle_core::Result<()> {
        let frames = Tensor::arange(0f32, 32.0, &Device::Cpu)?.reshape((1, 32))?;
        assert_eq!(average_pool(&frames, [4, 4, 2], 2)?.to_vec2::<f32>()?[0], [5.0, 6.0, 9.0, 10.0, 21.0, 22.0, 25.0, 26.0]);
        Ok(())
    }
}
