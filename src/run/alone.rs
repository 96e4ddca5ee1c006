//! A transfer that runs with an engine of its own: performed as a whole, or driven step by step.

use std::time::Instant;

use crate::ffi::pool::{self, Entered};
use crate::ffi::sigpipe::Quiet;
use crate::id::Id;
use crate::quirks::CONNECTION_LEFT_UNKNOWN;
use crate::run::deadlines::Deadlines;
use crate::run::easy::Easy;
use crate::run::engine::Engine;
use crate::run::perform::End;
use crate::run::pull::Pull;
use crate::run::watchdog;
use crate::{Callbacks, Code, Error};

/// The driver's state of a running transfer that has an engine of its own.
pub(crate) struct Alone {
    /// `None` if the transfer has no time limit that the driver checks.
    deadlines: Option<Box<Deadlines>>,
    /// Whether something has ended the last wait early, or the transfer has just begun. Some releases may have
    /// forgotten a socket then, so with these releases, the next wait is short.
    stirred: bool,
    has_begun: bool,
    /// The error because of which the transfer could not begin, until a step returns it.
    refused: Option<Box<Error>>,
}

impl<H: Callbacks> Easy<H> {
    /// Performs the transfer.
    pub(crate) fn perform(&mut self) -> Result<(), Error> {
        // All calls below use this one `Quiet`, since making one costs a system call on most systems.
        let quiet = Quiet::new();
        // If this thread already holds the lock of a share, it must not wait for another lock later. So it
        // keeps the locks of this transfer until the end.
        let nested = pool::is_nested();
        let (mut alone, entered) = self.begin_alone(None, &quiet)?;
        let _kept = nested.then_some(entered);
        let end = loop {
            match self.step(&mut alone, &quiet) {
                Ok(Some(end)) => break Ok(end),
                Ok(None) => {}
                Err(error) => break Err(error),
            }
            if let Err(error) = self.wait(&mut alone, None) {
                break Err(error);
            }
        };
        self.finish(end, quiet)
    }

    /// Begins a transfer whose response the program reads; [`finish`](Easy::finish) ends it.
    pub(crate) fn start(&mut self, pull: Pull, quiet: &Quiet) -> Result<Alone, Error> {
        let (alone, _) = self.begin_alone(Some(pull), quiet)?;
        Ok(alone)
    }

    /// Begins the transfer. `pull` has the pipes if the program reads the response or writes the body;
    /// `None` means that it does neither.
    fn begin_alone(
        &mut self,
        pull: Option<Pull>,
        quiet: &Quiet,
    ) -> Result<(Alone, Entered), Error> {
        // While the program reads or writes the body, it may make a remote. So `stopped` is true then, even
        // without a remote.
        self.prepare(true, pull.is_some() || self.context.asked().get().is_some())?;
        let mut engine = match self.handle.engine.take() {
            Some(engine) => engine,
            None => Engine::new(None)?,
        };
        engine.keep_connections(self.known.max_connects);
        engine.registry = self.context.own_registry();
        let entered = match self.move_to(&mut engine) {
            Ok(entered) => entered,
            Err(error) => {
                self.handle.engine = Some(engine);
                return Err(error);
            }
        };
        self.begin((engine.mailbox.clone(), Id::ALONE));
        let piped = self.connect_pipes(pull);
        // SAFETY: C1: the handle is live, in no engine since `prepare`, and detached by `finish`
        // or, before its cleanup, by its owner.
        let attached = piped.and_then(|()| unsafe { self.attach(&mut engine, &entered, quiet) });
        self.handle.attached = attached.is_ok();
        self.handle.runs = attached.is_ok();
        self.handle.engine = Some(engine);
        let alone = Alone {
            deadlines: Deadlines::alone(self.limits()).map(Box::new),
            // The first round begins the transfer, so something happens in it.
            stirred: true,
            has_begun: false,
            refused: attached.err().map(Box::new),
        };
        Ok((alone, entered))
    }

    /// Drives the transfer as far as it goes without waiting. Returns how it has ended, or `None` if it
    /// goes on.
    pub(crate) fn step(&mut self, alone: &mut Alone, quiet: &Quiet) -> Result<Option<End>, Error> {
        if let Some(error) = alone.refused.take() {
            return Err(*error);
        }
        // The engine is taken out, because `attend` needs the rest of the transfer meanwhile.
        let Some(mut engine) = self.handle.engine.take() else {
            return Err(Error::libcurl(Code::FAILED_INIT));
        };
        let end = self.drive(&mut engine, alone, quiet);
        self.handle.engine = Some(engine);
        end
    }

    fn drive(
        &mut self,
        engine: &mut Engine,
        alone: &mut Alone,
        quiet: &Quiet,
    ) -> Result<Option<End>, Error> {
        let begun = Instant::now();
        let entered = engine.enter()?;
        if !alone.has_begun {
            alone.has_begun = true;
            // Fulfils what remotes have asked for before the transfer began.
            if let Some(end) = self.attend(&entered) {
                return Ok(Some(end));
            }
        }
        if !alone.stirred {
            engine.retry_waiting(&entered);
        }
        let running = engine.perform(&entered, quiet)?;
        if running == 0 {
            if let Some((_, code)) = engine.message() {
                return Ok(Some(End::Code(code)));
            }
        }
        if !engine.mailbox.take_ids().is_empty() {
            if let Some(end) = self.attend(&entered) {
                return Ok(Some(end));
            }
        }
        drop(entered);
        if let Some(deadlines) = &mut alone.deadlines {
            deadlines.start();
            let mut over = deadlines.take_over(begun).into_iter();
            if over.any(|(_, limit)| self.is_over(limit)) {
                return Ok(Some(End::TimedOut));
            }
        }
        Ok(None)
    }

    /// Sleeps until something happens, until the transfer has to be driven all the same, or until
    /// `limit`.
    pub(crate) fn wait(&mut self, alone: &mut Alone, limit: Option<Instant>) -> Result<(), Error> {
        let Some(engine) = &mut self.handle.engine else {
            return Err(Error::libcurl(Code::FAILED_INIT));
        };
        let (usual, stirred_wait) = watchdog::waits_alone();
        let now = Instant::now();
        let next = now + if alone.stirred { stirred_wait } else { usual };
        let deadline = alone
            .deadlines
            .as_ref()
            .and_then(|deadlines| deadlines.next());
        let until = [deadline, limit]
            .into_iter()
            .flatten()
            .fold(next, Instant::min);
        engine.sleep(until.saturating_duration_since(now))?;
        alone.stirred = Instant::now() < until;
        Ok(())
    }

    /// Ends the transfer, and returns its result.
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    pub(crate) fn finish(&mut self, end: Result<End, Error>, quiet: Quiet) -> Result<(), Error> {
        self.handle.runs = false;
        self.note_end(end.as_ref().ok());
        let leaves = end.as_ref().is_ok_and(|end| self.may_leave_connection(end));
        if let Some(mut engine) = self.handle.engine.take() {
            if let Ok(entered) = engine.enter() {
                if leaves {
                    self.shut_left_connection(&mut engine, &entered);
                }
                self.keep_entry_path(&entered);
            }
            self.handle.engine = Some(engine);
        }
        // With `CURLOPT_CONNECT_ONLY`, a handle that leaves the engine loses its connection. So a handle that
        // has connected stays in the engine.
        let connected = matches!(end, Ok(End::Code(Code::OK)));
        if !matches!(end, Ok(End::Code(_))) {
            self.context.head().stop();
            self.handle.leaves_threads = true;
        }
        let left = match self.known.connect_only == 0 || !connected {
            true => self.handle.leave(&quiet),
            false => Ok(()),
        };
        drop(quiet);
        if leaves && left.is_ok() && CONNECTION_LEFT_UNKNOWN.is_present() {
            self.handle.renew_engine();
        }
        self.context.deliver();
        let end = end.and_then(|end| left.map(|()| end));
        if let Ok(end) = &end {
            self.tell_done(end);
        }
        let cancelled = self.end();
        match end {
            Ok(end) => self.conclude(end.or_cancelled(cancelled)),
            // If a callback has failed too, its failure is returned instead of this error.
            Err(_) if self.context.head().has_failed() => self.conclude(End::Failed),
            Err(error) => Err(error),
        }
    }
}
