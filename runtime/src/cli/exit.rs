//! Exit statuses, and which failure has which.

use std::process::ExitCode;

use spikeforge_compiler::learning::LearningDesignError;
use spikeforge_runtime::learn_cosim::LearnCosimError;
use spikeforge_compiler::board::BoardError;
use spikeforge_compiler::bundle::BundleError;
use spikeforge_compiler::encoder::EncoderError;
use spikeforge_compiler::model::ModelError;
use spikeforge_compiler::quantize::QuantizeError;
use spikeforge_compiler::toolchain::ToolError;
use spikeforge_compiler::CompileError;
use spikeforge_runtime::compiled::OtherModelError;
use spikeforge_runtime::cosim::CosimError;
use spikeforge_runtime::driver::DriverError;
use spikeforge_runtime::inputs::InputError;
use spikeforge_runtime::learn::LearnError;
use spikeforge_runtime::simulation::SimulationError;
use spikeforge_runtime::switching::SwitchingError;
use spikeforge_runtime::verify::RungError;
use spikeforge_train::TrainError;
use spikeforge_sim::plasticity::LearningError;
use spikeforge_sim::{DeviceError, LockstepError};

use super::interrupt;

/// How the program ends. Scripts depend on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Internal = 1,
    Usage = 2,
    Unsupported = 3,
    BadFile = 4,
    Mismatch = 5,
    DoesNotFit = 6,
    Tool = 7,
    Device = 8,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why the program ends early.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Failure {
            exit,
            error: anyhow::Error::msg(message.into()),
        }
    }

    fn of(exit: Exit, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Failure {
            exit,
            error: error.into(),
        }
    }

    /// Says what happened, and how the program ends for it.
    pub fn tell(self) -> Exit {
        // An interrupt reaches the tools and simulations too, and their end is not the news.
        if interrupt::is_asked() {
            super::print::note(&"spikeforge: interrupted; nothing half-written was left");
            return Exit::Interrupted;
        }
        if self.exit != Exit::Done {
            super::print::note(&format_args!("spikeforge: {}", self.error));
        }
        self.exit
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Failure::of(model_exit(&error), error)
    }
}

impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        let exit = match &error {
            CompileError::Quantize(QuantizeError::Options(_)) => Exit::Usage,
            CompileError::Quantize(QuantizeError::Model(error)) => model_exit(error),
            CompileError::Quantize(_) => Exit::Unsupported,
            CompileError::Fold(_) => Exit::DoesNotFit,
            CompileError::Learning(LearningDesignError::Learning(_) | LearningDesignError::NotLearning) => Exit::Internal,
            CompileError::Learning(_) => Exit::DoesNotFit,
            CompileError::Board(error) => board_exit(error),
            CompileError::NoArgmax { .. } => Exit::Unsupported,
            CompileError::Encoder(EncoderError::Values { .. } | EncoderError::TooMany { .. } | EncoderError::Channels { .. }) => Exit::Unsupported,
            CompileError::Encoder(_) => Exit::Usage,
            CompileError::Emit(_) => Exit::Internal,
        };
        Failure::of(exit, error)
    }
}

impl From<OtherModelError> for Failure {
    fn from(error: OtherModelError) -> Self {
        match error {
            OtherModelError::Compile(error) => error.into(),
            error => Failure::of(Exit::DoesNotFit, error),
        }
    }
}

impl From<BoardError> for Failure {
    fn from(error: BoardError) -> Self {
        Failure::of(board_exit(&error), error)
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Failure::of(Exit::BadFile, error)
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        let exit = match error {
            InputError::NeedsCoding { .. } | InputError::NeedsTimesteps { .. } | InputError::NoFrames { .. } | InputError::UnevenFrames { .. } | InputError::OtherCoding { .. } | InputError::ValuesForSpikes | InputError::SpikesForValues { .. } => Exit::Usage,
            _ => Exit::BadFile,
        };
        Failure::of(exit, error)
    }
}

impl From<LearnError> for Failure {
    fn from(error: LearnError) -> Self {
        match error {
            LearnError::Learning(error) => error.into(),
            LearnError::Input(error) => error.into(),
            LearnError::UnknownDataset { .. }
            | LearnError::NoSplits { .. }
            | LearnError::Split { .. }
            | LearnError::NeedsPixels { .. }
            | LearnError::Setting { .. }
            | LearnError::SettingLayer { .. }
            | LearnError::Shape { .. }
            | LearnError::Shift { .. }
            | LearnError::OtherNet { .. } => Failure::of(Exit::Usage, error),
            _ => Failure::of(Exit::BadFile, error),
        }
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        let exit = match error {
            TrainError::Shape { .. }
            | TrainError::Unknown { .. }
            | TrainError::Option { .. }
            | TrainError::Inputs { .. }
            | TrainError::NotFinite { .. }
            | TrainError::OtherTraining { .. } => Exit::Usage,
            TrainError::Tensor(_) => Exit::Internal,
            TrainError::Model(error) => return error.into(),
            TrainError::Quantize(_) => Exit::Unsupported,
            _ => Exit::BadFile,
        };
        Failure::of(exit, error)
    }
}

impl From<LearnCosimError> for Failure {
    fn from(error: LearnCosimError) -> Self {
        Failure::of(Exit::Device, error)
    }
}

impl From<LearningError> for Failure {
    fn from(error: LearningError) -> Self {
        let exit = match error {
            LearningError::UnknownRule { .. }
            | LearningError::Register { .. }
            | LearningError::ClassCount { .. }
            | LearningError::LabelLines { .. }
            | LearningError::Width { .. } => Exit::Usage,
            LearningError::Network(_) => Exit::Unsupported,
            LearningError::Device(error) => return error.into(),
            _ => Exit::BadFile,
        };
        Failure::of(exit, error)
    }
}

impl From<ToolError> for Failure {
    fn from(error: ToolError) -> Self {
        Failure::of(tool_exit(&error), error)
    }
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Self {
        Failure::of(Exit::Device, error)
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        let exit = match error {
            DeviceError::NoSuchLayer { .. } => Exit::Usage,
            DeviceError::InputLength { .. } => Exit::BadFile,
            DeviceError::Device(_) => Exit::Device,
        };
        Failure::of(exit, error)
    }
}

impl From<SimulationError> for Failure {
    fn from(error: SimulationError) -> Self {
        match error {
            SimulationError::Tool(error) => error.into(),
            SimulationError::Driver(error) => error.into(),
        }
    }
}

impl From<CosimError> for Failure {
    fn from(error: CosimError) -> Self {
        let exit = match &error {
            CosimError::Inputs(_) => Exit::BadFile,
            // Other numbers of spikes are another network.
            CosimError::Lockstep {
                source: LockstepError::Shape { .. },
                ..
            }
            | CosimError::Verdict { .. } => Exit::Mismatch,
            CosimError::Lockstep { .. } => Exit::Device,
        };
        Failure::of(exit, error)
    }
}

impl From<RungError> for Failure {
    fn from(error: RungError) -> Self {
        match error {
            RungError::Tool(error) => error.into(),
            RungError::Simulation(error) => error.into(),
            RungError::Driver(error) => error.into(),
            RungError::Cosim(error) => error.into(),
            RungError::Interrupted => Failure::of(Exit::Interrupted, error),
            RungError::Memories(_) | RungError::NoReader(_) => Failure::of(Exit::Internal, error),
        }
    }
}

impl From<SwitchingError> for Failure {
    fn from(error: SwitchingError) -> Self {
        match error {
            SwitchingError::Tool(error) => error.into(),
            SwitchingError::Simulation(error) => error.into(),
            SwitchingError::Cosim(error) => error.into(),
            SwitchingError::Driver(error) => error.into(),
            SwitchingError::Mismatch { .. } => Failure::of(Exit::Mismatch, error),
            SwitchingError::Waveform { .. } => Failure::of(Exit::BadFile, error),
            SwitchingError::Interrupted => Failure::of(Exit::Interrupted, error),
        }
    }
}

fn model_exit(error: &ModelError) -> Exit {
    match error {
        ModelError::File(_) => Exit::BadFile,
        _ => Exit::Unsupported,
    }
}

fn board_exit(error: &BoardError) -> Exit {
    match error {
        BoardError::Unknown { .. } => Exit::Usage,
        BoardError::Read { .. } | BoardError::Malformed { .. } => Exit::BadFile,
        BoardError::Divisor { .. } | BoardError::Pll { .. } => Exit::DoesNotFit,
    }
}

fn tool_exit(error: &ToolError) -> Exit {
    match error {
        ToolError::TooSlow { .. } | ToolError::Exchange { .. } => Exit::DoesNotFit,
        ToolError::Io { .. } => Exit::BadFile,
        _ => Exit::Tool,
    }
}
