//! Convolutions as products: each output position becomes a row of what it sees.

use candle_core::{CpuStorage, CustomOp1, Device, Layout, Result, Shape, Tensor};

use crate::spike::floats;

/// (n, height * width * channels), channels last, to (n * height' * width', kernel * kernel * channels).
pub fn windows(frames: &Tensor, frame: [usize; 3], kernel: usize) -> Result<Tensor> {
    frames.contiguous()?.apply_op1(Windows { frame, kernel })
}

/// The mean of each square of `size`, (n, height * width * channels) to (n, height / size * width / size * channels).
pub fn average_pool(frames: &Tensor, [height, width, channels]: [usize; 3], size: usize) -> Result<Tensor> {
    if size == 1 {
        return Ok(frames.clone());
    }
    let (n, rows, columns) = (frames.dim(0)?, height / size, width / size);
    let whole = frames.reshape((n, height, width, channels))?.narrow(1, 0, rows * size)?.narrow(2, 0, columns * size)?;
    let parts = whole.reshape((n * rows, size, columns, size * channels))?;
    let mut sum = parts.narrow(1, 0, 1)?;
    for row in 1..size {
        sum = (sum + parts.narrow(1, row, 1)?)?;
    }
    let parts = sum.reshape((n * rows * columns, size, channels))?;
    let mut sum = parts.narrow(1, 0, 1)?;
    for column in 1..size {
        sum = (sum + parts.narrow(1, column, 1)?)?;
    }
    let squares = f64::from(u32::try_from(size * size).unwrap_or(u32::MAX));
    (sum / squares)?.reshape((n, rows * columns * channels))
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

impl CustomOp1 for Windows {
    fn name(&self) -> &'static str {
        "windows"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (frames, n) = (floats(storage, layout)?, layout.dims()[0]);
        let width = self.kernel * self.kernel * self.frame[2];
        let mut rows = vec![0f32; n * self.n_positions() * width];
        self.runs(n, |to, from, run| rows[to..to + run].copy_from_slice(&frames[from..from + run]));
        Ok((CpuStorage::F32(rows), Shape::from((n * self.n_positions(), width))))
    }

    fn bwd(&self, frames: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (n, width) = frames.dims2()?;
        let rows = gradient.flatten_all()?.to_vec1::<f32>()?;
        let mut sums = vec![0f32; n * width];
        self.runs(n, |from, to, run| {
            sums[to..to + run].iter_mut().zip(&rows[from..from + run]).for_each(|(sum, value)| *sum += value);
        });
        Ok(Some(Tensor::from_vec(sums, (n, width), &Device::Cpu)?))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor, Var};

    use super::{average_pool, windows};

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

    #[test]
    fn a_pool_is_the_mean_of_each_square() -> candle_core::Result<()> {
        let frames = Tensor::arange(0f32, 32.0, &Device::Cpu)?.reshape((1, 32))?;
        assert_eq!(average_pool(&frames, [4, 4, 2], 2)?.to_vec2::<f32>()?[0], [5.0, 6.0, 9.0, 10.0, 21.0, 22.0, 25.0, 26.0]);
        Ok(())
    }
}
