//! The foldings that no other beats in every way.

use super::Candidate;

/// Of `candidates`, those to which no other is at least as good in cycles, logic, block RAMs and in skipping beats
/// without a spike; fastest first.
pub fn pareto(candidates: &[Candidate]) -> Vec<Candidate> {
    let key = |candidate: &Candidate| {
        let cost = &candidate.cost;
        let skips_nowhere = candidate.arch.stages.iter().all(|stage| !stage.skip_zero_beats);
        (cost.cycles_per_timestep, (cost.skipping_cycles_per_timestep, skips_nowhere), cost.logic_cells, cost.block_rams)
    };
    let beats = |a: &Candidate, b: &Candidate| {
        let (a, b) = (key(a), key(b));
        a != b && a.0 <= b.0 && a.1 .0 <= b.1 .0 && a.1 .1 <= b.1 .1 && a.2 <= b.2 && a.3 <= b.3
    };
    let mut front: Vec<Candidate> =
        candidates.iter().filter(|candidate| !candidates.iter().any(|other| beats(other, candidate))).cloned().collect();
    front.sort_by_key(key);
    front.dedup_by_key(|candidate| key(candidate));
    front
}
