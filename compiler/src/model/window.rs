//! The shapes of what moves a window over its input: convolutions and pools.

use super::error::GraphError;
use super::layer::Window;
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

/// The window of a convolution over an input of the given shape, which has been checked.
pub(super) fn conv_window(conv: &Conv, input: &[usize]) -> Window {
    let kernel = conv.weight.shape()[2..].to_vec();
    let padding = match &conv.padding {
        // As PyTorch has it: what is left over by halving goes behind.
        Padding::Same => {
            let totals = kernel.iter().zip(&conv.dilation).map(|(size, dilation)| dilation * (size - 1));
            totals.map(|total| (total / 2, total - total / 2)).collect()
        }
        Padding::Each(each) => each.iter().map(|&size| (size, size)).collect(),
    };
    let window = Window {
        kernel,
        stride: conv.stride.clone(),
        padding,
        dilation: conv.dilation.clone(),
        groups: conv.groups.max(1),
        output_shape: vec![conv.weight.shape()[0]],
    };
    window.over(input)
}

/// The window of a pool over an input of the given shape, which has been checked.
pub(super) fn pool_window(pool: &Pool, input: &[usize]) -> Window {
    let channels = input.first().copied().unwrap_or(1);
    let window = Window {
        kernel: pool.kernel.clone(),
        stride: pool.stride.clone(),
        padding: pool.padding.iter().map(|&size| (size, size)).collect(),
        dilation: vec![1; pool.kernel.len()],
        groups: channels,
        output_shape: vec![channels],
    };
    window.over(input)
}

impl Window {
    /// With the sizes of what comes out behind the number of channels.
    fn over(mut self, input: &[usize]) -> Window {
        for (dim, &size) in input.iter().skip(1).enumerate() {
            let (before, behind) = self.padding[dim];
            let reach = self.dilation[dim] * (self.kernel[dim] - 1) + 1;
            self.output_shape.push((size + before + behind - reach) / self.stride[dim] + 1);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, IxDyn};

    use super::*;
    use crate::model::{NodeKind, PoolKind};

    #[test]
    fn windows_give_the_sizes_that_pytorch_gives() {
        check_conv(
            &[1, 28, 28],
            &[16, 1, 5, 5],
            (1, 1),
            Padding::Each(vec![0, 0]),
            Some(&[16, 24, 24]),
        );
        check_conv(
            &[3, 9, 7],
            &[4, 3, 3, 3],
            (2, 1),
            Padding::Each(vec![1, 1]),
            Some(&[4, 5, 4]),
        );
        check_conv(
            &[3, 9, 7],
            &[4, 3, 3, 3],
            (1, 2),
            Padding::Each(vec![0, 0]),
            Some(&[4, 5, 3]),
        );
        check_conv(
            &[3, 9, 7],
            &[4, 3, 4, 4],
            (1, 1),
            Padding::Same,
            Some(&[4, 9, 7]),
        );
        check_conv(
            &[2, 100],
            &[8, 2, 5],
            (4, 1),
            Padding::Each(vec![2]),
            Some(&[8, 25]),
        );
        check_conv(
            &[1, 4, 4],
            &[2, 1, 5, 5],
            (1, 1),
            Padding::Each(vec![0, 0]),
            None,
        );
        check_conv(
            &[2, 4, 4],
            &[2, 1, 3, 3],
            (1, 1),
            Padding::Each(vec![0, 0]),
            None,
        );
        check_conv(
            &[16],
            &[2, 1, 3, 3],
            (1, 1),
            Padding::Each(vec![0, 0]),
            None,
        );
        check_conv(
            &[1, 4, 4],
            &[2, 1, 3, 3],
            (0, 1),
            Padding::Each(vec![0, 0]),
            None,
        );
    }

    #[test]
    fn pools_round_down() {
        let pool = |kernel| Pool {
            kind: PoolKind::Sum,
            kernel: vec![kernel; 2],
            stride: vec![2; 2],
            padding: vec![0; 2],
        };
        check(&[16, 24, 23], &NodeKind::Pool(pool(2)), Some(&[16, 12, 11]));
        check(&[16, 24, 23], &NodeKind::Pool(pool(0)), None);
        check(&[16, 24], &NodeKind::Pool(pool(2)), None);
    }

    #[test]
    fn pools_need_two_sizes_and_a_stride() {
        let pool = || Pool { kind: PoolKind::Sum, kernel: vec![2; 2], stride: vec![2; 2], padding: vec![0; 2] };
        let image = [16, 24, 24];
        check(&image, &NodeKind::Pool(Pool { stride: vec![2, 0], ..pool() }), None);
        check(&image, &NodeKind::Pool(Pool { kernel: vec![2], ..pool() }), None);
        check(&image, &NodeKind::Pool(Pool { stride: vec![2; 3], ..pool() }), None);
        check(&image, &NodeKind::Pool(Pool { padding: vec![], ..pool() }), None);
        check(&[16, 24, 24, 24], &NodeKind::Pool(pool()), None);
    }

    /// A convolution of the given stride and dilation.
    fn check_conv(
        input: &[usize],
        weight: &[usize],
        (stride, dilation): (usize, usize),
        padding: Padding,
        expected: Option<&[usize]>,
    ) {
        let n_dims = weight.len() - 2;
        let conv = Conv {
            weight: ArrayD::zeros(IxDyn(weight)),
            bias: None,
            stride: vec![stride; n_dims],
            padding,
            dilation: vec![dilation; n_dims],
            groups: 1,
        };
        check(input, &NodeKind::Conv(conv), expected);
    }

    fn check(input: &[usize], kind: &NodeKind, expected: Option<&[usize]>) {
        let input = input.to_vec();
        let joint = Joint {
            node: "node",
            source: "source",
            input: &input,
        };
        assert_eq!(
            joint.output(kind).ok().as_deref(),
            expected,
            "{input:?} into {kind:?}"
        );
    }
}
