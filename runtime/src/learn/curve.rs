//! The learning curve, as a table and as a picture.

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::saved::write_whole;
use super::LearnError;

/// A point of the curve; accuracies and shares are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Samples learned since the start.
    pub n_samples: u64,
    /// Of the samples since the last point, before each was learned from.
    pub train: f64,
    pub test: Option<f64>,
    /// The share of those samples that some layer learned from.
    pub learned: f64,
    /// Clock cycles of a learning presentation over those of inference, from a learner with a clock.
    #[serde(default)]
    pub cost: Option<f64>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 48.0;

/// Writes `path` (CSV), and the same with the ending .svg.
pub fn write_curve(path: &Path, curve: &[Point]) -> Result<(), LearnError> {
    write_whole(path, csv(curve).as_bytes())?;
    write_whole(&path.with_extension("svg"), svg(curve).as_bytes())
}

fn csv(curve: &[Point]) -> String {
    let mut text = "samples,train_accuracy,test_accuracy,share_learned,cycles_over_inference\n".to_owned();
    for point in curve {
        let [test, cost] = [point.test, point.cost].map(|value| value.map_or(String::new(), |value| format!("{value:.6}")));
        // Writing to a string does not fail.
        let _ = writeln!(text, "{},{:.6},{test},{:.6},{cost}", point.n_samples, point.train, point.learned);
    }
    text
}

fn svg(curve: &[Point]) -> String {
    let values = curve.iter().flat_map(|point| std::iter::once(point.train).chain(point.test));
    // From the tenth below the least accuracy up to 1.
    let lowest = values.fold(1.0, f64::min).mul_add(10.0, -1e-9).floor().clamp(0.0, 9.0) / 10.0;
    #[allow(clippy::cast_precision_loss)]
    let last = curve.last().map_or(1, |point| point.n_samples.max(1)) as f64;
    #[allow(clippy::cast_precision_loss)]
    let x = |n: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * n as f64 / last;
    let y = |accuracy: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (accuracy - lowest) / (1.0 - lowest);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    for step in 0..=4 {
        let accuracy = lowest + (1.0 - lowest) * f64::from(step) / 4.0;
        let (left, right, at) = (MARGIN, WIDTH - MARGIN, y(accuracy));
        let _ = writeln!(text, "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#ddd\"/>");
        let _ = writeln!(text, "<text x=\"4\" y=\"{:.1}\">{:.1} %</text>", at + 4.0, 100.0 * accuracy);
    }
    let mut line = |name: &str, color: &str, row: f64, points: Vec<(u64, f64)>| {
        let places: Vec<String> = points.iter().map(|&(n, a)| format!("{:.1},{:.1}", x(n), y(a))).collect();
        let _ = writeln!(text, "<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{}\"/>", places.join(" "));
        let at = HEIGHT - MARGIN - 12.0 - row;
        let _ = writeln!(text, "<text x=\"{}\" y=\"{at}\" fill=\"{color}\">{name}</text>", WIDTH - MARGIN - 150.0);
    };
    line("while learning", "#c60", 0.0, curve.iter().map(|point| (point.n_samples, point.train)).collect());
    line("test", "#06c", 16.0, curve.iter().filter_map(|point| Some((point.n_samples, point.test?))).collect());
    let _ = writeln!(text, "<text x=\"{}\" y=\"{}\">{last} samples</text>", WIDTH - MARGIN - 90.0, HEIGHT - 24.0);
    text.push_str("</svg>\n");
    text
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{csv, svg, Point};

    #[test]
    fn a_curve_as_table_and_picture() {
        let curve = [
            Point { n_samples: 100, train: 0.5, test: Some(0.75), learned: 1.0, cost: Some(1.25) },
            Point { n_samples: 200, train: 0.8, test: None, learned: 0.5, cost: None },
        ];
        expect![[r"
            samples,train_accuracy,test_accuracy,share_learned,cycles_over_inference
            100,0.500000,0.750000,1.000000,1.250000
            200,0.800000,,0.500000,
        "]]
        .assert_eq(&csv(&curve));
        let picture = svg(&curve);
        // 40 % is at the bottom, 352, and 100 % at the top, 48.
        assert!(picture.contains("points=\"320.0,301.3 592.0,149.3\""), "{picture}");
        assert!(picture.contains("points=\"320.0,174.7\"") && picture.ends_with("</svg>\n"), "{picture}");
    }
}
