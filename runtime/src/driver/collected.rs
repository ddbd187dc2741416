//! The responses to one attempt, until they are an answer.

use crate::protocol::{Request, Response, Status};

/// The answer to a request that was closed as done.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The packed spikes of the timesteps, one after the other.
    pub spikes: Vec<u8>,
    pub data: Vec<u8>,
}

/// The responses to one attempt so far.
#[derive(Default)]
pub(super) struct Collected {
    seq: u8,
    n_timesteps: usize,
    n_data: usize,
    spikes: Vec<Vec<u8>>,
    data: Vec<u8>,
    pub is_begun: bool,
}

impl Collected {
    /// Nothing yet of the answer to `request` under `seq`.
    pub fn new(request: &Request, seq: u8, n_timesteps: usize) -> Self {
        let n_data = request.n_data_bytes().map_or(0, usize::from);
        Collected {
            seq,
            n_timesteps,
            n_data,
            ..Collected::default()
        }
    }

    /// The data bytes of the whole answer.
    pub fn n_data(&self) -> usize {
        self.n_data
    }

    /// Takes a response; the status when it closes the request.
    pub fn take(&mut self, response: Response) -> Option<Status> {
        if response.seq() != self.seq {
            return None;
        }
        self.is_begun = true;
        match response {
            Response::Spikes { spikes, .. } => self.spikes.push(spikes),
            Response::Data { bytes, .. } => self.data = bytes,
            Response::Status { status, .. } => return Some(status),
        }
        None
    }

    /// The answer, when nothing of it is missing.
    pub fn into_answer(mut self, request: &Request) -> Option<Answer> {
        if matches!(request, Request::Step { .. }) {
            // Earlier attempts carry the same number and the same spikes.
            self.spikes.dedup();
        }
        let is_whole = self.spikes.len() == self.n_timesteps && self.data.len() == self.n_data;
        is_whole.then(|| Answer {
            spikes: self.spikes.concat(),
            data: self.data,
        })
    }
}
