//! Transfers in a `Multi`, with the event loop inside it or with a `WildLoop`.

use std::time::{Duration, Instant};

use curlback::multi::{EventLoop, Id, Notifications, PushRequest, PushResult};
use curlback::{Direction, Error, Multi};

use crate::failure::{Own, Temper, catch, drop_it, expected_panic};
use crate::h2;
use crate::handler::{Actor, Handler};
use crate::journal::{fault, note};
use crate::later::Ask;
use crate::request::{self, Request};
use crate::rng::Rng;
use crate::round::Round;
use crate::verdict::{Outcome, Place, judge};
use crate::wild_loop::Turn;

use std::sync::Arc;

/// A `Multi`, and what the search knows about it.
pub(crate) struct Many<L: EventLoop> {
    pub(crate) multi: Multi<Handler, L>,
    /// Whether the event loop of `multi` may fail.
    pub(crate) may_fail: bool,
    is_dead: bool,
}

/// The transfers of one thread that are in no `Multi`.
pub(crate) struct Left {
    pub(crate) pool: Vec<Actor>,
}

impl<L: EventLoop> Many<L>
where
    Multi<Handler, L>: Turn,
{
    pub(crate) fn new(
        multi: Multi<Handler, L>,
        round: &Arc<Round>,
        rng: &mut Rng,
        may_fail: bool,
    ) -> Many<L> {
        let mut many = Many {
            multi,
            may_fail,
            is_dead: false,
        };
        let multi = &mut many.multi;
        if rng.percent(20) {
            let _ = multi.max_total_connections(1 + rng.below(3) as u32);
        }
        if rng.percent(20) {
            let _ = multi.max_host_connections(1 + rng.below(3) as u32);
        }
        if rng.percent(20) {
            let _ = multi.max_connects(rng.below(3) as u32);
        }
        if rng.percent(50) {
            let _ = multi.notify(Notifications::all());
        }
        if round.libcurl.takes_pushes && rng.percent(70) {
            let (round, mut rng) = (round.clone(), rng.fork());
            let accepted = multi.accept_pushes(move |push| decide(push, &round, &mut rng));
            if let Err(error) = accepted {
                fault!("pushes are not accepted: {error:?}");
            }
        }
        many
    }

    /// Adds a few transfers and drives them, for a limited time or to their end.
    ///
    /// Returns whether the `Multi` can still be used.
    pub(crate) fn work(&mut self, rng: &mut Rng, left: &mut Left) -> bool {
        // Nobody has driven these transfers since the last call, so their time begins anew.
        let left_over: Vec<_> = self.multi.iter().map(|(id, _)| id).collect();
        for id in left_over {
            if let Some(handler) = self.multi.handler_mut(id) {
                handler.begun = Instant::now();
            }
        }
        for _ in 0..1 + rng.below(4) {
            self.add(rng, left);
        }
        let limits = [0, 5, 50, 15_000, 15_000];
        let limit = Duration::from_millis(rng.pick(&limits));
        let begun = Instant::now();
        // Uses a generator of its own, because the number of random numbers that are used here depends on
        // the time.
        let mut turns = rng.fork();
        while self.multi.running() > 0 && !self.is_dead && begun.elapsed() < limit {
            self.turn(Duration::from_millis(200));
            self.take(&mut turns, left);
            if turns.percent(4) {
                self.disturb(&mut turns, left);
            }
        }
        self.take(&mut turns, left);
        if self.multi.running() > 0 && !self.is_dead && begun.elapsed() > Duration::from_secs(14) {
            let urls: Vec<_> = (self.multi.iter())
                .map(|(_, transfer)| format!("{:?}", transfer.handler()))
                .collect();
            fault!("these do not end: {urls:?}");
        }
        !self.is_dead
    }

    fn turn(&mut self, limit: Duration) {
        match catch(|| self.multi.turn(limit)) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                if !self.may_fail {
                    fault!("a drive fails: {error:?}");
                }
                note!("    a drive fails: {error:?}");
                drop_it(error);
                self.is_dead = true;
            }
            Err(payload) => {
                note!("    a drive panics");
                let number = expected_panic(payload, "a drive");
                // A drop has panicked. It may have been that of a value of the event loop, which makes
                // the `Multi` unusable.
                self.is_dead |= self.may_fail && number.is_none();
            }
        }
    }

    fn add(&mut self, rng: &mut Rng, left: &mut Left) {
        let Some(mut transfer) = left.pool.pop() else {
            return;
        };
        request::choose(&mut transfer, rng);
        self.add_chosen(transfer, rng, left);
    }

    fn add_chosen(&mut self, mut transfer: Actor, rng: &mut Rng, left: &mut Left) {
        if rng.percent(10) {
            let handler = transfer.handler();
            let after = Duration::from_micros(rng.next() % 5000);
            let ask = match rng.below(3) {
                0 => Ask::Cancel(handler.cancels.clone()),
                _ => Ask::Resume(Direction::Both),
            };
            let (later, remote) = (&handler.round.later, handler.remote.as_ref());
            if let Some(remote) = remote {
                later.ask(remote, after, ask);
            }
        }
        transfer.handler_mut().begin();
        let number = transfer.handler().number;
        match catch(|| self.multi.add(transfer)) {
            Ok(Ok(id)) => note!("    {number} is added as {id:?}"),
            Ok(Err(refused)) => {
                let (error, mut transfer) = refused.into_parts();
                note!("    {number} is not added: {error:?}");
                let outcome = Outcome::Result(Err(error));
                judge(&mut transfer, &outcome, self.place());
                if let Outcome::Result(result) = outcome {
                    drop_it(result);
                }
                left.pool.push(transfer);
            }
            Err(payload) => {
                expected_panic(payload, "Multi::add");
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            is_in_multi: true,
            may_fail: self.may_fail,
            is_nested: false,
        }
    }

    /// Takes the transfers that have finished, and checks how they ended.
    fn take(&mut self, rng: &mut Rng, left: &mut Left) {
        while let Some((_, mut transfer, result)) = self.multi.take_finished() {
            let outcome = Outcome::Result(result);
            judge(&mut transfer, &outcome, self.place());
            if let Outcome::Result(result) = outcome {
                drop_it(result);
            }
            request::renew(&mut transfer);
            let round = transfer.handler().round.clone();
            match rng.below(10) {
                0..3 => round.hand_over(transfer),
                3 => drop_it(transfer),
                4 if self.multi.running() > 0 => {
                    let again = &mut rng.fork();
                    self.add_chosen(transfer, again, left);
                }
                _ => left.pool.push(transfer),
            }
        }
    }

    /// While transfers run, removes a transfer, adds one, makes a callback drop one, wakes the `Multi`,
    /// or formats it.
    fn disturb(&mut self, rng: &mut Rng, left: &mut Left) {
        let ids: Vec<Id> = self.multi.iter().map(|(id, _)| id).collect();
        if ids.is_empty() {
            return;
        }
        let id = rng.pick(&ids);
        match rng.below(6) {
            0 | 1 => match catch(|| self.multi.remove(id)) {
                Ok(Some(mut transfer)) => {
                    note!("    {id:?} is removed");
                    transfer.handler().cancels.end();
                    request::renew(&mut transfer);
                    left.pool.push(transfer);
                }
                // A callback has failed meanwhile, so the transfer has ended: `take_finished`
                // returns it.
                Ok(None) if self.multi.get(id).is_none() => note!("    {id:?} ends instead"),
                Ok(None) => fault!("{id:?} was there, and cannot be removed"),
                Err(payload) => drop(expected_panic(payload, "Multi::remove")),
            },
            2 => {
                if let Some(baggage) = left.pool.pop() {
                    let handler = self.multi.handler_mut(id).unwrap();
                    handler.baggage.push(baggage);
                }
            }
            3 => drop(self.multi.waker().wake()),
            4 => self.add(rng, left),
            _ => drop(format!("{:?}", self.multi)),
        }
    }
}

/// Takes or denies a push, or fails, at random.
fn decide(push: &PushRequest<'_>, round: &Arc<Round>, rng: &mut Rng) -> PushResult<Handler> {
    let path = push.header_value(":path").and_then(h2::find);
    let _ = (push.parent(), push.headers().count());
    note!("    a push of {path:?} for {:?}", push.parent());
    let is_faulty = round.is_faulty && rng.percent(20);
    match rng.below(10) {
        0 => PushResult::Deny,
        1 if is_faulty => PushResult::Abort,
        2 if is_faulty => PushResult::Fail(Own::new(false).into()),
        3 if is_faulty => std::panic::panic_any(Own::new(false)),
        _ => {
            let mut handler = Handler::new(round, rng);
            handler.temper = Temper::new(rng, round.is_faulty);
            let Some((_, body)) = path else {
                fault!("a push without a path");
                return PushResult::Deny;
            };
            handler.request = Request {
                url: format!("a push of {body:?}"),
                body: Some(body),
                is_whole: true,
                limit: Duration::from_secs(12),
                ..Request::default()
            };
            PushResult::Accept(handler)
        }
    }
}

/// Drops a `Multi`, whatever transfers run in it.
pub(crate) fn drop_many<L: EventLoop>(many: Option<Many<L>>) {
    if let Some(many) = many {
        note!(
            "    a Multi with {} transfers is dropped",
            many.multi.running()
        );
        drop_it(many);
    }
}

/// Returns what was made. An error is a fault, and becomes `None`.
pub(crate) fn made<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(made) => Some(made),
        Err(error) => {
            fault!("a Multi cannot be made: {error:?}");
            None
        }
    }
}
