use spikeforge_compiler::Goal;

/// Of the MNIST examples.
const DEFAULT_TIMESTEPS: u16 = 8;

/// What the folding is chosen for; without any, as fast as fits.
#[derive(clap::Args)]
pub struct GoalArgs {
    /// The least logic that gives so many presentations a second at the system clock, when no beat is skipped
    #[arg(long, value_name = "IMAGES_PER_S", conflicts_with = "max_logic", value_parser = rate)]
    target_rate: Option<f64>,
    /// As fast as this share of the board's logic cells allows, by the estimate
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(1..=100))]
    max_logic: Option<u32>,
    /// Timesteps of those presentations [default: 8]
    #[arg(long, value_name = "T", requires = "target_rate", value_parser = clap::value_parser!(u16).range(1..))]
    target_timesteps: Option<u16>,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("a number of presentations a second, above 0".to_owned()),
    }
}

impl GoalArgs {
    pub fn goal(&self) -> Goal {
        match (self.target_rate, self.max_logic) {
            (Some(images_per_s), _) => Goal::Rate { images_per_s, n_timesteps: self.target_timesteps.unwrap_or(DEFAULT_TIMESTEPS).into() },
            (None, Some(percent)) => Goal::Logic { percent },
            (None, None) => Goal::Fastest,
        }
    }
}
