//! What nodes without a state make of the spikes that they start from: `current = weights times spikes + bias`, one map.
//!
//! ```text
//! window behind window:  o -> m = o s2 + t2,  m -> i = m s1 + t1     =>   o -> i = o s1 s2 + (t2 s1 + t1)
//! window + window:       the union of the taps, with 0 where one of them has none; the strides are the same
//! all else:              a matrix, a row for each output
//! ```

use ndarray::Array2;

use super::layer::Window;
use super::node::Shape;
use super::scales::per_channel;
use super::shape::count;

/// From the elements of `source` to as many as there are biases.
#[derive(Clone)]
pub(super) struct LinearMap {
    pub source: Shape,
    pub form: Form,
    /// One element an output.
    pub bias: Vec<f64>,
}

#[derive(Clone)]
pub(super) enum Form {
    /// A row for each output channel, its columns (channel of its group, kernel...), which slides over what enters.
    Window(Window, Array2<f64>),
    /// A row for each output, a column for each element that enters.
    Matrix(Array2<f64>),
}

/// More weights, or products of them, than a model may have.
pub(super) struct TooMany(pub usize);

/// What a model may have: no board has room for more.
pub(super) const MOST_WEIGHTS: usize = 1 << 23;
/// What is multiplied on the way there, a third of a second's work.
pub(super) const MOST_PRODUCTS: usize = 32 * MOST_WEIGHTS;

impl LinearMap {
    /// Every element as it is.
    pub fn identity(source: &[usize]) -> LinearMap {
        let (window, weight) = each_channel(source, |_| 1.0);
        LinearMap { source: source.to_vec(), form: Form::Window(window, weight), bias: vec![0.0; count(source)] }
    }

    /// This map, then another one over what it gives, of shape `between`.
    pub fn then(&self, next: &Form, between: &[usize], bias: &[f64]) -> Result<LinearMap, TooMany> {
        let mut sums = bias.to_vec();
        for (output, sum) in sums.iter_mut().enumerate() {
            next.visit(between, output, &mut |i, weight| *sum += weight * self.bias[i]);
        }
        let form = match (&self.form, next) {
            (Form::Window(inner, before), Form::Window(outer, weight)) if inner.is_exact_before(outer) => {
                let (window, weight) = inner.then(before, outer, weight)?;
                Form::Window(window, weight)
            }
            _ => self.matrix_then(next, between, bias.len())?,
        };
        Ok(LinearMap { form, bias: sums, source: self.source.clone() })
    }

    /// Both maps over the same source, added.
    pub fn add(&self, other: &LinearMap) -> Result<LinearMap, TooMany> {
        let form = match self.windows_added(other) {
            Some(form) => form,
            None => {
                let mut sum = self.matrix()?;
                ndarray::Zip::from(&mut sum).and(&other.matrix()?).for_each(|a, b| *a = added(*a, *b));
                Form::Matrix(sum)
            }
        };
        let bias = self.bias.iter().zip(&other.bias).map(|(a, b)| a + b).collect();
        Ok(LinearMap { source: self.source.clone(), form, bias })
    }

    /// Both windows as one, unless a matrix has fewer weights.
    fn windows_added(&self, other: &LinearMap) -> Option<Form> {
        let (Form::Window(a, of_a), Form::Window(b, of_b)) = (&self.form, &other.form) else { return None };
        let both = a.union(b)?;
        let (n_rows, n_columns) = (of_a.nrows(), both.n_columns(a, of_a));
        let n_matrix = self.bias.len().saturating_mul(count(&self.source));
        if n_rows.saturating_mul(n_columns) > n_matrix.min(MOST_WEIGHTS) {
            return None;
        }
        let mut sum = Array2::zeros((n_rows, n_columns));
        a.spread(of_a, &both, &mut sum);
        b.spread(of_b, &both, &mut sum);
        Some(Form::Window(both, sum))
    }

    /// With each output multiplied by its factor.
    pub fn scaled(&self, scale: &[f64]) -> Result<LinearMap, TooMany> {
        let bias = self.bias.iter().zip(scale).map(|(bias, scale)| bias * scale).collect();
        let mut form = match &self.form {
            Form::Window(_, weight) if per_channel(scale, weight.nrows()).is_none() => Form::Matrix(self.matrix()?),
            form => form.clone(),
        };
        let (Form::Window(_, weight) | Form::Matrix(weight)) = &mut form;
        let n_places = scale.len() / weight.nrows().max(1);
        for (j, mut row) in weight.rows_mut().into_iter().enumerate() {
            row *= scale[j * n_places];
        }
        Ok(LinearMap { source: self.source.clone(), form, bias })
    }

    /// A row for each output.
    pub fn matrix(&self) -> Result<Array2<f64>, TooMany> {
        if let Form::Matrix(matrix) = &self.form {
            return Ok(matrix.clone());
        }
        let mut matrix = Array2::zeros(fitting(self.bias.len(), count(&self.source))?);
        for (output, mut row) in matrix.rows_mut().into_iter().enumerate() {
            self.form.visit(&self.source, output, &mut |i, weight| row[i] += weight);
        }
        Ok(matrix)
    }

    fn matrix_then(&self, next: &Form, between: &[usize], n_outputs: usize) -> Result<Form, TooMany> {
        let mut matrix = Array2::zeros(fitting(n_outputs, count(&self.source))?);
        let mut n_products = 0usize;
        for (output, mut row) in matrix.rows_mut().into_iter().enumerate() {
            next.visit(between, output, &mut |middle, factor| {
                // Behind the limit there is nothing more to compute.
                if n_products <= MOST_PRODUCTS && factor != 0.0 {
                    self.form.visit(&self.source, middle, &mut |i, weight| {
                        row[i] += factor * weight;
                        n_products += 1;
                    });
                }
            });
            if n_products > MOST_PRODUCTS {
                return Err(TooMany(n_products));
            }
        }
        Ok(Form::Matrix(matrix))
    }
}

impl Form {
    /// Every weight of an output with the element that it meets, of those of shape `shape`.
    fn visit(&self, shape: &[usize], output: usize, meet: &mut dyn FnMut(usize, f64)) {
        match self {
            Form::Matrix(weight) => weight.row(output).iter().enumerate().for_each(|(i, &weight)| meet(i, weight)),
            Form::Window(window, weight) => window.visit(weight, shape, output, meet),
        }
    }
}

/// A window of one element that multiplies each channel.
pub(super) fn each_channel(shape: &[usize], factor: impl Fn(usize) -> f64) -> (Window, Array2<f64>) {
    let (n_dims, channels) = (shape.len().saturating_sub(1), shape.first().copied().unwrap_or(1));
    let window = Window {
        kernel: vec![1; n_dims],
        stride: vec![1; n_dims],
        padding: vec![(0, 0); n_dims],
        dilation: vec![1; n_dims],
        groups: channels,
        output_shape: shape.to_vec(),
    };
    (window, Array2::from_shape_fn((channels, 1), |(j, _)| factor(j)))
}

/// A sum whose parts cancel but for the rounding of their float32 is 0.
pub(super) fn added(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum.abs() <= 1e-6 * a.abs() { 0.0 } else { sum }
}

/// The sizes of a matrix, unless it has more elements than a model may have.
pub(super) fn fitting(n_rows: usize, n_columns: usize) -> Result<(usize, usize), TooMany> {
    match n_rows.saturating_mul(n_columns) {
        n if n > MOST_WEIGHTS => Err(TooMany(n)),
        _ => Ok((n_rows, n_columns)),
    }
}
