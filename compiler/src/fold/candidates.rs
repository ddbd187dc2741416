//! Every balanced folding that fits: from one lane a stage, the slowest stage is widened until it has a lane a neuron.

use spikeforge_hdl::arch::{cycles_per_timestep, Arch, HostOptions, StageArch, Style};
use spikeforge_sim::{Layer, Network};

use super::banks::with_more_banks;
use super::check::check_addresses;
use super::ecp5::registered;
use super::fit::fit;
use super::{Candidate, FoldError, WeightStyle, Wish};
use crate::board::Board;
use crate::cost::half_skipped;
use crate::place::{identity, shared_neuron, stage};

/// Of more layers than this, only all or none take turns.
const MAX_LAYERS_TO_GROUP: usize = 6;

/// Every folding tried that fits the board, at least one, with the fewest layers in single-port RAM that it takes. The
/// goal has no say in it.
pub fn candidates(network: &Network, board: &Board, wish: &Wish) -> Result<Vec<Candidate>, FoldError> {
    check_addresses(network)?;
    let has_spram = board.resources.spram_bits > 0;
    let layers = network.layers.len();
    let tried = match wish.weights {
        WeightStyle::Spram if !has_spram => return Err(FoldError::NoSpram { board: board.name.clone() }),
        WeightStyle::Spram => 1..=layers,
        // What the host writes into single-port RAM passes where an encoder takes values.
        WeightStyle::Auto if has_spram && wish.encoder.is_none() => 0..=layers,
        WeightStyle::Auto | WeightStyle::Block => 0..=0,
    };
    let mut largest: Vec<usize> = (0..layers).collect();
    let n_weights = |layer: usize| network.layers[layer].weights.n_inputs() * network.layers[layer].weights.n_neurons();
    largest.sort_by_key(|&layer| std::cmp::Reverse(n_weights(layer)));
    let mut refused = None;
    for n_in_spram in tried {
        match candidates_with(network, board, wish, &largest[..n_in_spram]) {
            Ok(found) => return Ok(found),
            Err(error) => refused = Some(refused.unwrap_or(error)),
        }
    }
    Err(refused.unwrap_or(FoldError::NoSpram { board: board.name.clone() }))
}

/// Those with the weights of the layers `in_spram` in single-port RAM, which the host fills.
fn candidates_with(network: &Network, board: &Board, wish: &Wish, in_spram: &[usize]) -> Result<Vec<Candidate>, FoldError> {
    let host = HostOptions { writes: wish.host.writes || !in_spram.is_empty(), ..wish.host };
    let wish = &Wish { host, ..*wish };
    let mut found: Vec<Candidate> = vec![];
    let mut refused = None;
    for grouping in groupings(network, wish) {
        for &beat in beats(board) {
            let mut narrow: Vec<StageArch> =
                network.layers.iter().enumerate().map(|(index, layer)| registered(one_lane(index, layer, beat), board)).collect();
            in_spram.iter().for_each(|&layer| narrow[layer].memories.weights = Style::Spram);
            for (skip, &pipelines) in [true, false].into_iter().flat_map(|skip| most_pipelines(board).iter().map(move |most| (skip, most))) {
                let plan = Plan { network, wish, narrow: &narrow, grouping: &grouping, skip, most_pipelines: pipelines };
                let mut tried = Some(plan.arch(&vec![1; grouping.len()]));
                while let Some(arch) = tried {
                    match fit(arch.clone(), board, wish) {
                        Ok(candidate) => {
                            found.extend(with_more_banks(&candidate, board));
                            found.push(candidate);
                        }
                        Err(error) => refused = Some(smaller(refused, error)),
                    }
                    // Block RAMs have fixed shapes, so a wider folding may fit where a narrower one does not.
                    tried = plan.widened(&arch);
                }
            }
        }
    }
    match (found.is_empty(), refused) {
        (true, Some(error)) => Err(error),
        _ => Ok(found),
    }
}

/// The refusal that asks for less.
fn smaller(before: Option<FoldError>, error: FoldError) -> FoldError {
    let needed = |error: &FoldError| match error {
        FoldError::BlockRams { needed, .. } => u64::from(*needed),
        FoldError::LogicCells { needed, .. } => u64::from(*needed) << 32,
        _ => u64::MAX,
    };
    match before {
        Some(before) if needed(&before) <= needed(&error) => before,
        _ => error,
    }
}

fn beats(board: &Board) -> &'static [u32] {
    if has_wide_rams(board) { &[32, 16] } else { &[16] }
}

/// Where block RAMs give 36 bits a cycle, a group's beats can be read in less time than one pipeline takes for its neurons.
fn most_pipelines(board: &Board) -> &'static [usize] {
    if has_wide_rams(board) { &[1, 2, 4] } else { &[1] }
}

fn has_wide_rams(board: &Board) -> bool {
    board.resources.block_ram_bits >= 9000
}

/// How many neighbouring layers each stage has, for every way in which those that may take turns do.
fn groupings(network: &Network, wish: &Wish) -> Vec<Vec<usize>> {
    let n_layers = network.layers.len();
    // Bit i: layer i + 1 shares with layer i.
    let of_bits = |bits: usize| {
        let mut grouping = vec![1];
        for layer in 1..n_layers {
            match (bits >> (layer - 1) & 1, grouping.last_mut()) {
                (1, Some(last)) => *last += 1,
                _ => grouping.push(1),
            }
        }
        grouping
    };
    let all: Vec<Vec<usize>> = match n_layers {
        0..=MAX_LAYERS_TO_GROUP => (0..1_usize << n_layers.saturating_sub(1)).map(of_bits).collect(),
        _ => vec![vec![1; n_layers], vec![n_layers]],
    };
    all.into_iter().filter(|grouping| may_take_turns(network, wish, grouping)).collect()
}

/// Kept currents and memories that the host writes are those of one layer.
fn may_take_turns(network: &Network, wish: &Wish, grouping: &[usize]) -> bool {
    let alone = |layers: &[Layer]| layers.len() == 1;
    let allowed = |(place, layers): (usize, &[Layer])| {
        let keeps = wish.host.writes || (wish.repeat_input && place == 0);
        alone(layers) || (!keeps && shared_neuron(layers).is_some())
    };
    split(&network.layers, grouping).enumerate().all(allowed)
}

fn split<'a, T>(layers: &'a [T], grouping: &'a [usize]) -> impl Iterator<Item = &'a [T]> {
    let mut rest = layers;
    grouping.iter().map(move |&n| {
        let (taken, left) = rest.split_at(n);
        rest = left;
        taken
    })
}

/// A layer with one lane. A window takes the narrowest beat with which it is nearly as fast as with the widest.
fn one_lane(index: usize, layer: &Layer, widest: u32) -> StageArch {
    let beats = |stage: &StageArch| stage.window.iter().flat_map(|window| window.beats_at()).sum::<usize>();
    let stage = stage(index, layer, widest);
    let most = beats(&stage) + beats(&stage) / 10;
    let narrower = [8, 16].into_iter().filter(|&beat| stage.window.is_some() && beat < widest);
    let mut narrower = narrower.map(|beat| crate::place::stage(index, layer, beat));
    narrower.find(|narrower| beats(narrower) <= most).unwrap_or(stage)
}

/// What the foldings of one grouping have in common.
struct Plan<'a> {
    network: &'a Network,
    wish: &'a Wish,
    narrow: &'a [StageArch],
    grouping: &'a [usize],
    skip: bool,
    most_pipelines: usize,
}

impl Plan<'_> {
    /// `lanes`: of each stage.
    fn arch(&self, lanes: &[usize]) -> Arch {
        let layers = split(&self.network.layers, self.grouping);
        let narrow = split(self.narrow, self.grouping);
        let mut stages = vec![];
        for ((layers, narrow), &lanes) in layers.zip(narrow).zip(lanes) {
            let neuron = shared_neuron(layers).filter(|_| layers.len() > 1);
            let is_told = self.wish.host.argmax.is_some() && stages.len() + 1 == self.network.layers.len();
            for (place, stage) in narrow.iter().enumerate() {
                let most_pipelines = if layers.len() > 1 || is_told { 1 } else { self.most_pipelines };
                let skip_zero_beats = self.skip && stage.window.is_none() && stage.n_inputs > 128;
                let (lanes, pipelines) = with_pipelines(&StageArch { skip_zero_beats, ..stage.clone() }, lanes, most_pipelines);
                stages.push(StageArch {
                    lanes,
                    pipelines,
                    skip_zero_beats,
                    keeps_currents: self.wish.repeat_input && stages.is_empty() && !stage.recurrent && !stage.scales_by_count(),
                    shared: place > 0,
                    neuron: neuron.clone().unwrap_or_else(|| stage.neuron.clone()),
                    ..stage.clone()
                });
            }
        }
        with_room(Arch { identity: identity(self.network, self.wish.encoder), stages, host: self.wish.host, encoder: self.wish.encoder, learning: None }, self.wish.swappable)
    }

    /// The slowest stage with the next number of lanes that saves one of its layers a group; `None` when it has a lane
    /// a neuron.
    fn widened(&self, arch: &Arch) -> Option<Arch> {
        let turns: Vec<&[StageArch]> = arch.turns().collect();
        let mut lanes: Vec<usize> = turns.iter().map(|layers| layers[0].lanes).collect();
        let (slowest, layers) = turns.iter().enumerate().max_by_key(|(_, layers)| cycles_per_timestep(layers))?;
        lanes[slowest] = layers.iter().filter_map(more_lanes).min()?;
        Some(self.arch(&lanes))
    }
}

/// Lanes, and the fewest pipelines, up to `most`, that are done with a group's neurons while the next one's beats are read.
fn with_pipelines(stage: &StageArch, lanes: usize, most: usize) -> (usize, usize) {
    let tried = [1, 2, 4].into_iter().filter(|&pipelines| pipelines <= most).map(|pipelines| {
        let lanes = lanes.next_multiple_of(pipelines);
        StageArch { lanes, pipelines, ..stage.clone() }
    });
    let possible: Vec<StageArch> = tried.filter(|stage| stage.can_have_pipelines(stage.pipelines)).collect();
    let keeps_up = |stage: &&StageArch| stage.follow_cycles() <= half_skipped(stage) * stage.planes() + 1;
    let chosen = possible.iter().find(keeps_up).or(possible.iter().min_by_key(|stage| stage.follow_cycles()));
    chosen.map_or((lanes, 1), |stage| (stage.lanes, stage.pipelines))
}

fn more_lanes(stage: &StageArch) -> Option<usize> {
    let fewer_groups = stage.groups().checked_sub(1).filter(|&groups| groups > 0)?;
    match &stage.window {
        None => Some(stage.n_neurons.div_ceil(fewer_groups)),
        // A group does not reach into the next position.
        Some(window) => (stage.lanes + 1..=window.channels).find(|lanes| window.channels % lanes == 0),
    }
}

/// Memories that are written or exchanged have room for parameters of other networks.
fn with_room(mut arch: Arch, swappable: bool) -> Arch {
    for stage in arch.stages.iter_mut().filter(|_| arch.host.writes || swappable) {
        stage.neuron = stage.neuron.clone().with_room();
    }
    arch
}
