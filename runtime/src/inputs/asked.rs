//! A coding as it is asked for, `lfsr,seed=7`; what is not said is the design's, or the default.

use std::str::FromStr;

use spikeforge_sim::coding::Encoder;

/// snnTorch's default threshold of 0.1, of values of 0 to 255.
const DEFAULT_THRESHOLD: u8 = 26;
const DEFAULT_SEED: u16 = 0xACE1;

/// A coding that a design can do itself, and what was said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedCoding {
    Accumulator,
    Lfsr { seed: Option<u16> },
    Latency { n_timesteps: Option<u32> },
    Delta { threshold: Option<u8> },
}

impl AskedCoding {
    pub const FORMS: &str = "accumulator, lfsr[,seed=1..65535], latency[,timesteps=1..65535], delta[,threshold=1..255]";

    /// What is not said by its default; `n_timesteps` is the length of a presentation, where that is known.
    pub fn or_default(self, n_timesteps: Option<usize>) -> Option<Encoder> {
        let of_presentation = n_timesteps.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Some(match self {
            AskedCoding::Accumulator => Encoder::Accumulator,
            AskedCoding::Lfsr { seed } => Encoder::Lfsr { seed: seed.unwrap_or(DEFAULT_SEED) },
            AskedCoding::Latency { n_timesteps } => Encoder::Latency { n_timesteps: n_timesteps.or(of_presentation)? },
            AskedCoding::Delta { threshold } => Encoder::Delta { threshold: threshold.unwrap_or(DEFAULT_THRESHOLD) },
        })
    }

    /// Whether a design that codes so does what is asked.
    pub fn agrees_with(self, design: Encoder) -> bool {
        match (self, design) {
            (AskedCoding::Accumulator, Encoder::Accumulator) => true,
            (AskedCoding::Lfsr { seed: asked }, Encoder::Lfsr { seed }) => asked.is_none_or(|asked| asked == seed),
            (AskedCoding::Latency { n_timesteps: asked }, Encoder::Latency { n_timesteps }) => asked.is_none_or(|asked| asked == n_timesteps),
            (AskedCoding::Delta { threshold: asked }, Encoder::Delta { threshold }) => asked.is_none_or(|asked| asked == threshold),
            _ => false,
        }
    }
}

impl FromStr for AskedCoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, setting) = text.split_once(',').map_or((text, None), |(name, setting)| (name, Some(setting)));
        match name {
            "accumulator" if setting.is_none() => Ok(AskedCoding::Accumulator),
            "lfsr" => Ok(AskedCoding::Lfsr { seed: number(text, setting, "seed")? }),
            "latency" => Ok(AskedCoding::Latency { n_timesteps: number::<u16>(text, setting, "timesteps")?.map(u32::from) }),
            "delta" => Ok(AskedCoding::Delta { threshold: number(text, setting, "threshold")? }),
            _ => Err(refused(text)),
        }
    }
}

/// The number of `name=number`, which is not 0.
fn number<T: FromStr + PartialEq + Default>(text: &str, setting: Option<&str>, name: &str) -> Result<Option<T>, String> {
    let Some(setting) = setting else { return Ok(None) };
    let number = setting.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')?.parse().ok());
    number.filter(|number| *number != T::default()).map(Some).ok_or_else(|| refused(text))
}

fn refused(text: &str) -> String {
    format!("{text:?} is none of {}", AskedCoding::FORMS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_holds_and_the_rest_is_filled_in() {
        let encoder = |text: &str| text.parse::<AskedCoding>().unwrap().or_default(Some(8)).unwrap();
        for text in ["accumulator", "lfsr,seed=7", "latency,timesteps=3", "delta,threshold=255"] {
            assert_eq!(encoder(text).to_string(), text);
            assert!(text.parse::<AskedCoding>().unwrap().agrees_with(encoder(text)));
        }
        assert_eq!(encoder("latency").to_string(), "latency,timesteps=8");
        assert!("latency".parse::<AskedCoding>().unwrap().agrees_with(encoder("latency,timesteps=3")));
        assert!(!"lfsr,seed=8".parse::<AskedCoding>().unwrap().agrees_with(encoder("lfsr,seed=7")));
        assert!(!"lfsr".parse::<AskedCoding>().unwrap().agrees_with(encoder("accumulator")));
        assert_eq!("latency".parse::<AskedCoding>().unwrap().or_default(None), None);
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for text in ["", "poisson", "accumulator,seed=1", "lfsr,seed=0", "lfsr,seed=65536", "lfsr,seed", "latency,timesteps=0", "delta,threshold=0", "delta,threshold=256", "delta,seed=3"] {
            let error = text.parse::<AskedCoding>().unwrap_err();
            assert!(error.contains("delta[,threshold=1..255]"), "{error}");
        }
    }
}
