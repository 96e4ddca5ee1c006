//! A thread that takes finished transfers while the `Multi` that they come from still runs.

use std::sync::mpsc::Receiver;

use crate::failure::{catch, drop_it, expected_panic};
use crate::handler::Actor;
use crate::journal::note;
use crate::request;
use crate::rng::Rng;
use crate::tinker;
use crate::verdict::{Outcome, Place, judge};

/// A message to this thread.
pub(crate) enum Job {
    Transfer(Box<Actor>),
    Stop,
}

/// Takes finished transfers until `Job::Stop` comes.
///
/// The transfers come through a channel, which gives no order between what this thread does and what the
/// sender does next. Such an order would hide races from `ThreadSanitizer`.
pub(crate) fn work(jobs: &Receiver<Job>, rng: &mut Rng) {
    while let Ok(Job::Transfer(mut transfer)) = jobs.recv() {
        let number = transfer.handler().number;
        match rng.below(10) {
            0..5 => {
                note!("    {number} is dropped");
                drop_it(transfer);
            }
            5 => tinker::reset(&mut transfer),
            6 => tinker::ask(&transfer),
            7 => {
                perform(&mut transfer, rng);
                drop_it(transfer);
            }
            8 => {
                perform(&mut transfer, rng);
                let round = transfer.handler().round.clone();
                round.send(*transfer);
            }
            _ => {
                note!("    {number} is sent back");
                let round = transfer.handler().round.clone();
                round.send(*transfer);
            }
        }
    }
    // Drops the transfers that came after `Job::Stop`.
    while let Ok(Job::Transfer(transfer)) = jobs.try_recv() {
        drop_it(transfer);
    }
}

/// Performs a transfer with another request, or with its last one.
pub(crate) fn perform(transfer: &mut Actor, rng: &mut Rng) {
    match rng.percent(75) {
        true => request::choose(transfer, rng),
        false => request::renew(transfer),
    }
    let outcome = match catch(|| transfer.perform()) {
        Ok(result) => Outcome::Result(result),
        Err(payload) => Outcome::Panic(expected_panic(payload, "perform")),
    };
    judge(transfer, &outcome, Place::default());
    if let Outcome::Result(result) = outcome {
        drop_it(result);
    }
    request::renew(transfer);
}
