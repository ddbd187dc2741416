//! AdamW (Loshchilov and Hutter 2019), written out because candle-nn's keeps its moments to itself, and a training
//! that cannot save them does not resume to the same bits.

use candle_core::{Device, Result, Tensor, Var};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// Moments of each parameter, and how many steps there were.
#[derive(Clone, Debug)]
pub struct Adam {
    moments: Vec<(Var, Var)>,
    n_steps: Var,
    decay: f64,
}

impl Adam {
    /// `decay`: of the weights, times the rate, at each step.
    pub fn new(parameters: &[Var], decay: f64) -> Result<Self> {
        let zeros = |var: &Var| Ok((Var::from_tensor(&var.zeros_like()?)?, Var::from_tensor(&var.zeros_like()?)?));
        Ok(Adam {
            moments: parameters.iter().map(zeros).collect::<Result<_>>()?,
            n_steps: Var::from_tensor(&Tensor::new(&[0f32], &Device::Cpu)?)?,
            decay,
        })
    }

    /// One step on parameters in the order of [`Adam::new`], each with its gradient; none is not moved.
    pub fn step(&mut self, parameters: &[Var], gradients: &[Option<Tensor>], rate: f64) -> Result<()> {
        let n: f64 = f64::from(self.n_steps.to_vec1::<f32>()?.first().copied().unwrap_or(0.0)) + 1.0;
        self.n_steps.set(&self.n_steps.affine(1.0, 1.0)?)?;
        let (scale1, scale2) = (1.0 / (1.0 - BETA1.powf(n)), 1.0 / (1.0 - BETA2.powf(n)));
        for ((parameter, gradient), (first, second)) in parameters.iter().zip(gradients).zip(&self.moments) {
            let Some(gradient) = gradient else { continue };
            let next1 = ((first.as_tensor() * BETA1)? + (gradient * (1.0 - BETA1))?)?;
            let next2 = ((second.as_tensor() * BETA2)? + (gradient.sqr()? * (1.0 - BETA2))?)?;
            let change = ((&next1 * scale1)? / ((&next2 * scale2)?.sqrt()? + EPS)?)?;
            parameter.set(&((parameter.as_tensor() * (1.0 - rate * self.decay))? - (change * rate)?)?)?;
            first.set(&next1)?;
            second.set(&next2)?;
        }
        Ok(())
    }

    /// What a checkpoint must hold.
    pub fn state(&self) -> Vec<(String, Var)> {
        let moments = self.moments.iter().enumerate();
        let named = |(i, (first, second)): (usize, &(Var, Var))| {
            [(format!("adam{i}.first"), first.clone()), (format!("adam{i}.second"), second.clone())]
        };
        moments.flat_map(named).chain([("adam.steps".to_owned(), self.n_steps.clone())]).collect()
    }
}
