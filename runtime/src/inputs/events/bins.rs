//! Bins of time.

use super::Event;

/// How a recording is cut into timesteps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Binning {
    /// This many bins of equal length from its first event to its last.
    Bins(usize),
    /// Bins of this many microseconds from its first event on, as many as the longest recording needs.
    Microseconds(u64),
}

impl Binning {
    /// Timesteps of all recordings. None without an event.
    pub(super) fn n_timesteps(self, recordings: &[Vec<Event>]) -> Option<usize> {
        let longest = recordings.iter().filter_map(|events| span(events)).map(|(first, last)| last - first).max()?;
        Some(match self {
            Binning::Bins(n) => n,
            Binning::Microseconds(length) => usize::try_from(longest / length.max(1)).unwrap_or(usize::MAX).saturating_add(1),
        })
    }

    /// The bin of a time of a recording.
    pub(super) fn of(self, events: &[Event]) -> impl Fn(u64) -> usize {
        let (first, last) = span(events).unwrap_or_default();
        move |time| {
            let since = u128::from(time - first);
            let bin = match self {
                Binning::Bins(n) => since * n as u128 / (u128::from(last - first) + 1),
                Binning::Microseconds(length) => since / u128::from(length.max(1)),
            };
            usize::try_from(bin).unwrap_or(usize::MAX)
        }
    }
}

/// The first and the last time, whatever the order of the events.
fn span(events: &[Event]) -> Option<(u64, u64)> {
    let times = || events.iter().map(|event| event.time);
    Some((times().min()?, times().max()?))
}
