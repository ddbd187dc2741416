//! `spikeforge spikeprop`: the descents of SpikeProp compared, on XOR or on a data set.

use std::fmt;

use serde::Serialize;
use spikeforge_train::spikeprop::{classify, compare, Compared, Course, DescentName, Learned, HALF};
use spikeforge_train::statistics::mean_and_deviation;

use super::exit::Failure;
use super::{print, train};

const EXAMPLES: &str = "\
Examples:
  spikeforge spikeprop
  spikeforge spikeprop --starts 50 --epochs 2000 --json
  spikeforge spikeprop --dataset blink --epochs 60

Without --dataset it is XOR: epochs until it is solved. With one, a tenth of what is learned from validates after every epoch,
and the weights of the best epoch are tested once.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// From how many first weights, each by all three descents: 20 for XOR, 1 for a data set
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    starts: Option<u16>,
    /// Epochs: 1000, after which XOR counts as not solved; 60 of a data set
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    epochs: Option<u32>,
    /// The seed of the first start; the others follow it
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// mnist | fashion | blink | scp1 | seizure (EEG; got by scripts/datasets.sh) | digits | cancer (in the program), in place of XOR
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// Receptive fields of a value, each a spike time
    #[arg(long, value_name = "N", requires = "dataset", default_value_t = 4, value_parser = clap::value_parser!(u16).range(3..=64))]
    fields: u16,
    /// Hidden neurons, of which the last inhibits; at least 3
    #[arg(long, value_name = "N", requires = "dataset", default_value_t = 8, value_parser = clap::value_parser!(u16).range(3..=1024))]
    hidden: u16,
    /// Multiplies the rates of gradient and QuickProp, which suit the few inputs of XOR: with more, slopes are
    /// smaller. Of 1, 3, 10, 50 and 200 the default served blinks best by the error on what is learned
    #[arg(long, value_name = "FACTOR", requires = "dataset", default_value_t = 10.0, value_parser = factor)]
    rate_factor: f64,
    /// Learn from the first N samples only
    #[arg(long, value_name = "N", requires = "dataset")]
    limit: Option<usize>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn factor(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|factor: &f64| factor.is_finite() && *factor > 0.0);
    number.ok_or_else(|| "a number above 0 is needed".to_owned())
}

#[derive(Serialize)]
struct OnXor {
    task: &'static str,
    most_epochs: u32,
    seed: u64,
    descents: Vec<Compared>,
}

#[derive(Serialize)]
struct OnSamples {
    task: String,
    fields: u16,
    hidden: u16,
    epochs: u32,
    /// A row a descent and start.
    descents: Vec<Learned>,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let Some(dataset) = &args.dataset else {
        let most_epochs = args.epochs.unwrap_or(1000);
        let descents = compare(args.seed, args.starts.unwrap_or(20).into(), most_epochs as usize);
        let report = OnXor { task: "xor", most_epochs, seed: args.seed, descents };
        return print::result(args.json, &report, &report);
    };
    let (learned, tested) = train::read_samples(dataset, None, args.limit, false)?;
    let epochs = args.epochs.unwrap_or(60);
    let mut descents = Vec::new();
    for &name in DescentName::ALL {
        for seed in (args.seed..u64::MAX).take(args.starts.unwrap_or(1).into()) {
            let course = Course { n_fields: args.fields.into(), n_hidden: args.hidden.into(), n_epochs: epochs as usize, rate_factor: args.rate_factor, seed };
            let mut watch = |epoch: usize, error: f64, right: f64| {
                print::note(&format_args!("  {name}, seed {seed}, epoch {epoch}: error {error:.3} ms^2, validation {:.2} %", 100.0 * right));
            };
            descents.push(classify(name, &learned, &tested, &course, &mut watch)?);
        }
    }
    let report = OnSamples { task: dataset.clone(), fields: args.fields, hidden: args.hidden, epochs, descents };
    print::result(args.json, &report, &report)
}

impl fmt::Display for OnXor {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "XOR by the times of single spikes, epochs until 1/2 sum (t - wanted)^2 is 1/2 ms^2, of those that solved it:")?;
        writeln!(f, "{:<10} {:>5} {:>9} {:>16} {:>7}", "descent", "rate", "solved", "mean", "median")?;
        for row in &self.descents {
            let rate = row.rate.map_or_else(|| "-".to_owned(), |rate| rate.to_string());
            let mean = match (row.mean_epochs, row.deviation) {
                (Some(mean), Some(deviation)) => format!("{mean:.1} +- {deviation:.1}"),
                _ => "-".to_owned(),
            };
            let median = row.median_epochs.map_or_else(|| "-".to_owned(), |median| median.to_string());
            writeln!(f, "{:<10} {rate:>5} {:>9} {mean:>16} {median:>7}", row.descent, format!("{}/{}", row.solved, row.starts))?;
        }
        Ok(())
    }
}

impl fmt::Display for OnSamples {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}: {} epochs, {} hidden neurons, {} fields a value; the class is the output that fires first.", self.task, self.epochs, self.hidden, self.fields)?;
        writeln!(f, "\"to {HALF}\": epochs until 1/2 sum (t - wanted)^2 of a sample is {HALF} ms^2 on average; accuracies in %.")?;
        writeln!(f, "{:<10} {:>16} {:>16} {:>12} {:>16} {:>16}", "descent", format!("to {HALF}"), "best epoch", "last error", "validation", "test")?;
        for name in DescentName::ALL {
            let rows: Vec<&Learned> = self.descents.iter().filter(|row| row.descent == name.name()).collect();
            let of = |value: &dyn Fn(&Learned) -> Option<f64>| rows.iter().map(|row| value(row)).collect::<Option<Vec<f64>>>();
            let figures = [
                figure(of(&|row| row.epochs_to_half.map(count)), 1),
                figure(of(&|row| Some(count(row.best_epoch))), 1),
                figure(of(&|row| Some(row.last_error)), 2),
                figure(of(&|row| Some(100.0 * row.validation)), 2),
                figure(of(&|row| Some(100.0 * row.test)), 2),
            ];
            let [half, best, error, validation, test] = figures;
            writeln!(f, "{:<10} {half:>16} {best:>16} {error:>12} {validation:>16} {test:>16}", name.name())?;
        }
        Ok(())
    }
}

/// Mean and deviation of all starts, or a dash where one has none.
fn figure(values: Option<Vec<f64>>, digits: usize) -> String {
    let n = values.as_ref().map_or(0, Vec::len);
    match values.and_then(|values| mean_and_deviation(&values)) {
        Some((mean, _)) if n == 1 => format!("{mean:.digits$}"),
        Some((mean, deviation)) => format!("{mean:.digits$} +- {deviation:.digits$}"),
        None => "-".to_owned(),
    }
}

#[allow(clippy::cast_precision_loss)] // epochs
fn count(n: usize) -> f64 {
    n as f64
}
