//! How long a stage takes for a timestep: exact, as long as what follows has room for its spikes.
//!
//! ```text
//! cycle   0           1      2      3 ..                    held, or 2 + beats
//!         group_end   free   idle   beats of the next one   group_end
//! ```

use std::collections::VecDeque;

use super::StageArch;

/// Of memories without a register, from a group's last beat until its counts are taken.
const TAKE_CYCLES: usize = 6;
/// From a neuron's count until its state is written, and what is said of its timestep has been used.
const LIF_CYCLES: usize = 5;
/// From a timestep's last beat until its spikes are there for the layer that follows on the same stage, besides its neurons.
const ARRIVE_CYCLES: usize = 12;
/// From the walk over a frame to the crossbar.
const FRAME_CYCLES: usize = 2;
/// Of a timestep that the host writes, besides its bytes: those in which the next bank is found free.
const HOST_CYCLES: usize = 3;
/// Timesteps after which layers that take turns have found their order, and over which they are counted then.
const TIMESTEPS: usize = 64;

impl StageArch {
    /// From a group's last beat to the next one's, at least, within a timestep: the lanes are empty when the next group's
    /// counts are taken, and a group's are taken before the next one's are on their way.
    pub fn follow_cycles(&self) -> usize {
        (self.lanes / self.pipelines + self.register_cycles()).max(self.take_cycles() + 1)
    }

    /// The same behind a timestep's last group: its last neuron has left the LIF pipeline before another timestep's first
    /// comes in.
    pub fn begin_cycles(&self) -> usize {
        (self.last_group() / self.pipelines + LIF_CYCLES + 2 * self.register_cycles()).max(self.take_cycles() + 1)
    }

    /// From a group's last beat until its counts are taken.
    fn take_cycles(&self) -> usize {
        let walked = if self.window.is_some() { FRAME_CYCLES } else { 0 };
        TAKE_CYCLES + self.register_cycles() + walked
    }

    fn arrive_cycles(&self) -> usize {
        self.last_group() / self.pipelines + ARRIVE_CYCLES + 3 * self.register_cycles()
    }

    /// Neurons of the last group.
    fn last_group(&self) -> usize {
        self.channels() - (self.groups() - 1) * self.lanes
    }
}

/// Cycles of a timestep of `layers`, which take turns, when no beat is skipped.
pub fn cycles_per_timestep(layers: &[StageArch]) -> usize {
    let beats: Vec<usize> = layers.iter().map(StageArch::beats).collect();
    cycles_of_beats(layers, &beats)
}

/// The same when a timestep of the i-th layer has `beats[i]` beats: a group lasts as long as its beats and a bubble that
/// clears the accumulators, or as long as the one before holds it back; one cycle a timestep fetches it.
pub fn cycles_of_beats(layers: &[StageArch], beats: &[usize]) -> usize {
    match layers {
        [layer] if layer.window.is_some() => cycles_of_window(layer),
        [layer] => {
            let mut stage = Stage::new(layers, beats);
            stage.walk(layer, beats[0]);
            let first = stage.ended;
            stage.walk(layer, beats[0]);
            stage.ended - first
        }
        _ => cycles_of_turns(layers, beats),
    }
}

/// A convolution never shares its stage, and meets every tap of a position for each group.
fn cycles_of_window(layer: &StageArch) -> usize {
    let groups = layer.window.iter().flat_map(|window| window.beats_at()).flat_map(|beats| std::iter::repeat_n(beats, layer.groups()));
    let group = |(group, beats): (usize, usize)| {
        let (fetch, held) = if group == 0 { (1, layer.begin_cycles()) } else { (0, layer.follow_cycles()) };
        (beats * layer.planes() + 1 + fetch).max(held)
    };
    groups.enumerate().map(group).sum()
}

/// Of layers that take turns, on average over many timesteps.
fn cycles_of_turns(layers: &[StageArch], beats: &[usize]) -> usize {
    let mut stage = Stage::new(layers, beats);
    let first = stage.run(TIMESTEPS);
    (stage.run(TIMESTEPS) - first).div_ceil(TIMESTEPS)
}

/// A stage in time, timestep by timestep.
struct Stage<'a> {
    layers: &'a [StageArch],
    beats: &'a [usize],
    turn: usize,
    /// The last group's end, and how many cycles it holds back the next.
    ended: usize,
    held: usize,
    /// Of each layer, when the timesteps that wait for it arrive, those on their way with them.
    waiting: Vec<VecDeque<usize>>,
    /// When the last two answers have left the host port, where long runs make more of them at once than wait there.
    answered: Option<[usize; 2]>,
}

impl<'a> Stage<'a> {
    fn new(layers: &'a [StageArch], beats: &'a [usize]) -> Self {
        let mut waiting = vec![VecDeque::new(); layers.len()];
        waiting[0] = VecDeque::from([0, 0]);
        let runs_long = layers.iter().any(|layer| layer.banks > 2);
        Stage { layers, beats, turn: 0, ended: 0, held: 0, waiting, answered: runs_long.then_some([0; 2]) }
    }

    /// Until the last layer has walked `timesteps` more; the cycle in which it has.
    fn run(&mut self, timesteps: usize) -> usize {
        let mut left = timesteps;
        while left > 0 {
            let idle = self.ended + 2;
            let later = self.waiting.iter().flatten().copied().filter(|&arrives| arrives > idle);
            let looks = std::iter::once(idle).chain(later);
            let Some((idle, next)) = looks.filter_map(|cycle| Some((cycle, self.next(cycle)?))).min() else { break };
            self.take_turn(next, idle);
            left -= usize::from(next + 1 == self.layers.len());
        }
        self.ended
    }

    /// A layer keeps its turn while it can walk; else the last one that can follows.
    fn next(&self, cycle: usize) -> Option<usize> {
        let is_there = |layer: usize| self.waiting[layer].front().is_some_and(|&arrives| arrives <= cycle);
        let on_way = |to: &VecDeque<usize>| to.iter().filter(|&&arrives| arrives > cycle).count();
        let has_room = |layer: usize| self.waiting.get(layer + 1).is_none_or(|to| to.len() < self.layers[layer + 1].banks && on_way(to) < 2);
        let can = |layer: &usize| is_there(*layer) && has_room(*layer);
        Some(self.turn).filter(can).or_else(|| (0..self.layers.len()).rev().find(can))
    }

    fn take_turn(&mut self, turn: usize, idle: usize) {
        let layer = &self.layers[turn];
        // While nothing was there to walk, the last group was on its way too.
        self.held = self.held.saturating_sub(idle - 2 - self.ended);
        (self.turn, self.ended) = (turn, idle - 2);
        self.walk(layer, self.beats[turn]);
        self.waiting[turn].pop_front();
        if turn == 0 {
            let before = self.waiting[0].back().map_or(self.ended, |&arrives| arrives.max(self.ended));
            let bytes = layer.input_beats() * layer.beat_inputs() / 8;
            self.waiting[0].push_back(before + input_cycles(bytes));
        }
        match self.waiting.get_mut(turn + 1) {
            Some(to) => to.push_back(self.ended + layer.arrive_cycles()),
            None => self.answer(layer),
        }
    }

    /// Neurons wait in their lanes until an answer's place is free.
    fn answer(&mut self, layer: &StageArch) {
        let Some([before, last]) = self.answered else { return };
        let waits = before.saturating_sub(self.ended + layer.take_cycles());
        self.held += waits;
        let arrives = self.ended + waits + layer.arrive_cycles();
        self.answered = Some([last, last.max(arrives) + answer_cycles(layer.n_neurons)]);
    }

    fn walk(&mut self, layer: &StageArch, beats: usize) {
        for group in 0..layer.groups() {
            let fetch = usize::from(group == 0);
            self.ended += (beats * layer.planes() + 1 + fetch).max(self.held);
            self.held = layer.follow_cycles();
        }
        self.held = layer.begin_cycles();
    }
}

/// Of an answer at the host port: four a byte, and eleven of its frame.
pub fn answer_cycles(n_outputs: usize) -> usize {
    4 * n_outputs.div_ceil(8) + 11
}

/// Of a timestep's bytes at the host port.
pub fn input_cycles(bytes: usize) -> usize {
    bytes + HOST_CYCLES
}
