//! The reader of a part of a form.

use std::io::SeekFrom;
use std::time::Duration;

use curlback::{Callback, Direction, MimeReader, ReadBuf, ReadResult, Remote, SeekResult};

use crate::failure::{Bomb, How, Own, Temper};
use crate::handler::Actor;
use crate::journal::note;
use crate::later::Ask;
use crate::rng::Rng;
use crate::round::Round;
use crate::stream::Stream;

pub(crate) struct Reader {
    round: std::sync::Arc<Round>,
    rng: Rng,
    temper: Temper,
    stream: Stream,
    at: usize,
    remote: Remote,
}

impl Reader {
    pub(crate) fn new(transfer: &Actor, rng: &mut Rng, stream: Stream) -> Reader {
        let handler = transfer.handler();
        Reader {
            round: handler.round.clone(),
            rng: rng.fork(),
            temper: handler.temper,
            stream,
            at: 0,
            remote: transfer.remote(),
        }
    }

    fn failure(&mut self, at: Callback) -> Option<(How, Own)> {
        let (failed, own) = self.temper.failure(&mut self.rng, at)?;
        note!("a reader: {failed:?}");
        if failed.how == How::Panic {
            std::panic::panic_any(own);
        }
        Some((failed.how, own))
    }
}

impl MimeReader for Reader {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        match self.failure(Callback::MimeRead) {
            None => {}
            Some((How::Abort, own)) => {
                crate::failure::drop_it(own);
                return ReadResult::Abort;
            }
            Some((_, own)) => return ReadResult::Fail(own.into()),
        }
        // If this remote is finished, nobody would resume after a pause.
        if !self.remote.is_finished() && self.rng.percent(self.temper.pauses) {
            let after = Duration::from_micros(self.rng.next() % 4000);
            let ask = Ask::Resume(Direction::Both);
            self.round.later.ask(&self.remote, after, ask);
            return ReadResult::Pause;
        }
        let most = 1 + self.rng.below(5000);
        let data = self.stream.bytes(self.at, self.at + most);
        self.at += buffer.append(&data);
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match self.failure(Callback::MimeSeek) {
            None => {}
            Some((_, own)) => return SeekResult::Fail(own.into()),
        }
        match to {
            SeekFrom::Start(at) => {
                self.at = usize::try_from(at).unwrap();
                SeekResult::Done
            }
            _ => SeekResult::CantSeek,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Only a reader that was used panics here. If a function that is about to return an error
        // drops an unused reader, a panic of that drop would make Rust lose the error.
        if self.temper.bombs && self.at > 0 && !std::thread::panicking() && self.rng.percent(20) {
            std::panic::panic_any(Bomb);
        }
    }
}
