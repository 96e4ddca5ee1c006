//! What a thread does in a round: random operations.

use std::sync::Arc;
use std::time::Duration;

use curlback::{Hooks, Multi, Share, ShareData, Transfer};

use crate::failure::{catch, drop_it, expected_panic};
use crate::handler::{Actor, Handler};
use crate::journal::{fault, note};
use crate::later::Ask;
use crate::many::{Left, Many, drop_many, made};
use crate::request;
use crate::rng::Rng;
use crate::round::Round;
use crate::tinker;
use crate::wild_loop::WildLoop;
use crate::worker;

/// The most transfers that a thread keeps after an operation, besides those in a `Multi`. It drops any more.
const MOST: usize = 6;

pub(crate) struct Sequence {
    round: Arc<Round>,
    rng: Rng,
    left: Left,
    many: Option<Many<curlback::multi::Driver>>,
    wild: Option<Many<WildLoop>>,
}

impl Sequence {
    pub(crate) fn new(round: &Arc<Round>, rng: Rng) -> Sequence {
        Sequence {
            round: round.clone(),
            rng,
            left: Left { pool: Vec::new() },
            many: None,
            wild: None,
        }
    }

    pub(crate) fn run(mut self) {
        for _ in 0..3 + self.rng.below(14) {
            let mut rng = self.rng.fork();
            let kind = rng.below(29);
            note!("operation {kind}, {} transfers", self.left.pool.len());
            self.operate(kind, &mut rng);
            while self.left.pool.len() > MOST {
                drop_it(self.left.pool.pop());
            }
        }
        note!("the end");
        match self.rng.below(3) {
            0 => {
                drop_many(self.many.take());
                drop_many(self.wild.take());
                self.drop_all();
            }
            1 => {
                self.drop_all();
                drop_many(self.wild.take());
                drop_many(self.many.take());
            }
            _ => {
                for transfer in self.left.pool.drain(..) {
                    self.round.send(transfer);
                }
                drop_many(self.many.take());
                drop_many(self.wild.take());
            }
        }
    }

    fn drop_all(&mut self) {
        for transfer in self.left.pool.drain(..) {
            drop_it(transfer);
        }
    }

    fn operate(&mut self, kind: usize, rng: &mut Rng) {
        match kind {
            0..4 => self.make(rng),
            4..8 => self.perform(rng),
            8 => {
                if let Some(transfer) = self.any(rng) {
                    tinker::reset(transfer);
                }
            }
            9 => self.copy(rng),
            10 => {
                if let Some(transfer) = self.take_any(rng) {
                    match rng.percent(50) {
                        true => drop_it(transfer),
                        false => match catch(|| transfer.into_handler()) {
                            Ok(handler) => drop_it(handler),
                            Err(payload) => drop(expected_panic(payload, "into_handler")),
                        },
                    }
                }
            }
            11 => {
                self.round.make_share(rng);
                if rng.percent(20) {
                    self.round.drop_share(rng);
                }
                if let Some(transfer) = self.any(rng) {
                    tinker::share(transfer, rng);
                }
            }
            12 | 13 => {
                if let Some(transfer) = self.any(rng) {
                    tinker::tinker(transfer, rng);
                }
            }
            14..17 => self.drive_many(rng),
            17..19 => self.drive_wild(rng),
            19 => {
                if let Some(transfer) = self.any(rng) {
                    tinker::talk(transfer, rng);
                }
            }
            20 => {
                if let Some(transfer) = self.take_any(rng) {
                    self.round.send(transfer);
                }
            }
            21 | 22 => {
                if let Some(transfer) = self.round.take(rng) {
                    note!("    {} comes from a thread", transfer.handler().number);
                    match rng.percent(40) {
                        true => drop_it(transfer),
                        false => self.left.pool.push(transfer),
                    }
                }
            }
            24..26 => {
                if let Some(transfer) = self.any(rng) {
                    tinker::tinker(transfer, rng);
                    worker::perform(transfer, rng);
                }
            }
            26..28 => self.share_connections(rng),
            _ => {
                if let Some(baggage) = self.take_any(rng) {
                    tinker::ask(&baggage);
                    match self.any(rng) {
                        Some(transfer) => transfer.handler_mut().baggage.push(baggage),
                        None => self.left.pool.push(baggage),
                    }
                }
            }
        }
    }

    fn any(&mut self, rng: &mut Rng) -> Option<&mut Actor> {
        let pool = &mut self.left.pool;
        match pool.is_empty() {
            true => None,
            false => {
                let at = rng.below(pool.len());
                pool.get_mut(at)
            }
        }
    }

    fn take_any(&mut self, rng: &mut Rng) -> Option<Actor> {
        let pool = &mut self.left.pool;
        match pool.is_empty() {
            true => None,
            false => {
                let at = rng.below(pool.len());
                Some(pool.swap_remove(at))
            }
        }
    }

    fn make(&mut self, rng: &mut Rng) {
        let handler = Handler::new(&self.round, rng);
        match catch(|| Transfer::new(handler)) {
            Ok(Ok(mut transfer)) => {
                if rng.percent(40) {
                    tinker::share(&mut transfer, rng);
                }
                request::choose(&mut transfer, rng);
                self.left.pool.push(transfer);
            }
            Ok(Err(error)) => fault!("a transfer cannot be made: {error:?}"),
            Err(payload) => drop(expected_panic(payload, "Transfer::new")),
        }
    }

    fn copy(&mut self, rng: &mut Rng) {
        let round = self.round.clone();
        let Some(transfer) = self.any(rng) else {
            return;
        };
        transfer.handler_mut().begin();
        let copied = match rng.percent(50) {
            true => catch(|| transfer.try_clone()),
            false => {
                let handler = Handler::new(&round, rng);
                catch(|| transfer.try_clone_with(handler))
            }
        };
        transfer.handler_mut().begin();
        match copied {
            Ok(Ok(mut copy)) => {
                note!("    {} is a copy", copy.handler().number);
                copy.handler_mut().request.is_odd = true;
                request::choose(&mut copy, rng);
                self.left.pool.push(copy);
            }
            Ok(Err(error)) => note!("    no copy: {error:?}"),
            Err(payload) => drop(expected_panic(payload, "a copy")),
        }
    }

    fn perform(&mut self, rng: &mut Rng) {
        let Some(transfer) = self.any(rng) else {
            return;
        };
        if rng.percent(10) {
            let remote = transfer.remote();
            let handler = transfer.handler();
            let cancels = handler.cancels.clone();
            let after = Duration::from_micros(rng.next() % 3000);
            (handler.round.later).ask(&remote, after, Ask::Cancel(cancels));
        }
        worker::perform(transfer, rng);
        if transfer.handler().request.connects_only || rng.percent(15) {
            tinker::talk(transfer, rng);
        }
        tinker::ask(transfer);
    }

    /// Shares connections between transfers. Also uses a connection while no transfer is in
    /// progress on it.
    fn share_connections(&mut self, rng: &mut Rng) {
        let Some(mut transfer) = self.take_any(rng) else {
            return;
        };
        // A share with connections refuses a transfer with this hook.
        let hooks = transfer.hooks() - Hooks::CLOSE_SOCKET;
        request::set! { &mut transfer; set_hooks(hooks); };
        let Ok(share) = Share::new(ShareData::CONNECTIONS) else {
            fault!("connections cannot be shared");
            return;
        };
        let mut share = Some(share);
        for _ in 0..3 + rng.below(5) {
            match (rng.below(8), &share) {
                (0..2, Some(share)) => {
                    request::apply(&mut transfer, "share", |transfer| transfer.share(share));
                }
                (2, Some(share)) => {
                    if let Some(other) = self.any(rng) {
                        request::apply(other, "share", |other| other.share(share));
                        worker::perform(other, rng);
                    }
                }
                (3, _) => tinker::share(&mut transfer, rng),
                (4, _) => share = None,
                (5..7, _) => tinker::talk(&mut transfer, rng),
                _ => worker::perform(&mut transfer, rng),
            }
        }
        self.left.pool.push(transfer);
    }

    fn drive_many(&mut self, rng: &mut Rng) {
        if self.many.is_none() {
            let multi = made(Multi::new());
            self.many = multi.map(|multi| Many::new(multi, &self.round, rng, false));
        }
        let goes_on = match &mut self.many {
            Some(many) => many.work(rng, &mut self.left),
            None => false,
        };
        if !goes_on || rng.percent(20) {
            drop_many(self.many.take());
        }
    }

    fn drive_wild(&mut self, rng: &mut Rng) {
        if self.wild.is_none() {
            let event_loop = WildLoop::new(rng, self.round.is_faulty);
            let may_fail = event_loop.may_fail();
            match catch(|| Multi::with_event_loop(event_loop)) {
                Ok(multi) if may_fail => {
                    let multi = multi.ok();
                    self.wild = multi.map(|multi| Many::new(multi, &self.round, rng, true));
                }
                Ok(multi) => {
                    let multi = made(multi);
                    self.wild = multi.map(|multi| Many::new(multi, &self.round, rng, false));
                }
                Err(payload) => drop(expected_panic(payload, "with_event_loop")),
            }
        }
        let goes_on = match &mut self.wild {
            Some(many) => many.work(rng, &mut self.left),
            None => false,
        };
        if !goes_on || rng.percent(30) {
            drop_many(self.wild.take());
        }
    }
}
