//! The shapes of what moves a window over its input: convolutions and pools.

use super::error::GraphError;
use super::node::{Conv, Padding, Pool, Shape};
use super::shape::Joint;

impl Joint<'_> {
    pub(super) fn conv(&self, conv: &Conv) -> Result<Shape, GraphError> {
        let (kernel, groups) = (conv.weight.shape(), conv.groups.max(1));
        let n_dims = self.input.len().saturating_sub(1);
        let per_dim = [
            conv.stride.len(),
            conv.dilation.len(),
            n_dims,
            kernel.len().saturating_sub(2),
        ];
        if per_dim.iter().any(|&n| n != n_dims || n == 0) || conv.stride.contains(&0) {
            return Err(self.mismatch(
                "(channels, sizes...) as its weight has".to_string(),
                "check the input's shape",
            ));
        }
        if kernel[1].saturating_mul(groups) != self.input[0] {
            let expected = format!("{} channels", kernel[1].saturating_mul(groups));
            return Err(self.mismatch(
                expected,
                "the channels of the weight times the groups must match",
            ));
        }
        let mut shape = vec![kernel[0]];
        for dim in 0..n_dims {
            let (size, stride) = (self.input[dim + 1], conv.stride[dim]);
            let reach = conv.dilation[dim]
                .saturating_mul(kernel[dim + 2].saturating_sub(1))
                .saturating_add(1);
            let padded = match &conv.padding {
                Padding::Same => size.saturating_add(reach - 1),
                Padding::Each(each) => {
                    size.saturating_add(each.get(dim).copied().unwrap_or(0).saturating_mul(2))
                }
            };
            shape.push(self.window(padded, reach, stride)?);
        }
        Ok(shape)
    }

    pub(super) fn pool(&self, pool: &Pool) -> Result<Shape, GraphError> {
        let sizes = [&pool.kernel, &pool.stride, &pool.padding];
        if self.input.len() != 3
            || sizes.iter().any(|sizes| sizes.len() != 2)
            || pool.stride.contains(&0)
        {
            return Err(self.mismatch(
                "(channels, height, width)".to_string(),
                "check the input's shape",
            ));
        }
        let size = |dim: usize| {
            let padded = self.input[dim + 1].saturating_add(pool.padding[dim].saturating_mul(2));
            self.window(padded, pool.kernel[dim], pool.stride[dim])
        };
        Ok(vec![self.input[0], size(0)?, size(1)?])
    }

    /// How often a window of `reach` elements fits.
    fn window(&self, padded: usize, reach: usize, stride: usize) -> Result<usize, GraphError> {
        match padded.checked_sub(reach) {
            Some(rest) if reach > 0 => Ok(rest / stride + 1),
            _ => Err(self.mismatch(
                format!("at least {reach} elements a dimension"),
                "use a smaller kernel",
            )),
        }
    }
}
