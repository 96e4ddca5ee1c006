//! The buffer that a `read` callback fills, compared with a model of it.
#![no_main]

use std::io::{self, ErrorKind, Read, Write};
use std::mem::MaybeUninit;

use arbitrary::Arbitrary;
use curlback::ReadBuf;
use curlback::fuzzing::{read_buf, truncate};
use libfuzzer_sys::fuzz_target;

/// The byte that fills the memory at first. No source sees it, and the filled part has none, unless a step has
/// written this byte there.
const STALE: u8 = 0xEE;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    capacity: u16,
    steps: Vec<Step<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Step<'a> {
    Append(&'a [u8]),
    Write(&'a [u8]),
    Fill(Vec<Answer<'a>>),
    FillOnce(Vec<Answer<'a>>),
    Truncate(u64),
}

/// What a source answers when it is read.
#[derive(Arbitrary, Clone, Debug)]
enum Answer<'a> {
    Data(&'a [u8]),
    /// Writes these bytes, and returns another length, which may be greater.
    Claims(&'a [u8], u16),
    /// Returns a length that is greater than the buffer's.
    TooMany(u16),
    Fails(Kind),
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Kind {
    Interrupted,
    WouldBlock,
    Other,
}

impl From<Kind> for ErrorKind {
    fn from(kind: Kind) -> ErrorKind {
        match kind {
            Kind::Interrupted => ErrorKind::Interrupted,
            Kind::WouldBlock => ErrorKind::WouldBlock,
            Kind::Other => ErrorKind::Other,
        }
    }
}

/// Returns its answers one after the other, and checks the buffer that it gets.
struct Source<'a> {
    answers: std::vec::IntoIter<Answer<'a>>,
    /// The bytes of the buffer, `None` for those that were never written.
    memory: &'a mut [Option<u8>],
    filled: &'a mut Vec<u8>,
    capacity: usize,
}

impl Read for Source<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let start = self.filled.len();
        assert_eq!(room.len(), self.capacity - start);
        for (seen, wrote) in room.iter().zip(&self.memory[start..]) {
            assert_eq!(*seen, wrote.unwrap_or(0));
        }
        let (bytes, claimed) = match self.answers.next() {
            None => return Ok(0),
            Some(Answer::Fails(kind)) => return Err(ErrorKind::from(kind).into()),
            Some(Answer::TooMany(more)) => return Ok(room.len() + 1 + usize::from(more)),
            Some(Answer::Data(bytes)) => (bytes, bytes.len()),
            Some(Answer::Claims(bytes, claimed)) => (bytes, claimed.into()),
        };
        let len = bytes.len().min(room.len());
        room[..len].copy_from_slice(&bytes[..len]);
        for (place, byte) in self.memory[start..].iter_mut().zip(bytes) {
            *place = Some(*byte);
        }
        let claimed = claimed.min(room.len());
        self.filled.extend_from_slice(&room[..claimed]);
        Ok(claimed)
    }
}

/// Returns the error of a call that reads `answers`, once or until the buffer is full. `None` means
/// success.
fn outcome(answers: &[Answer<'_>], room: usize, filled: usize, once: bool) -> Option<ErrorKind> {
    let (mut room, mut filled) = (room, filled);
    let mut answers = answers.iter();
    if !once && room == 0 {
        return None;
    }
    loop {
        let claimed = match answers.next() {
            None => return None,
            Some(Answer::Fails(Kind::Interrupted)) => continue,
            Some(Answer::Fails(Kind::WouldBlock)) if !once && filled > 0 => return None,
            Some(Answer::Fails(kind)) => return Some((*kind).into()),
            Some(Answer::TooMany(_)) => return Some(ErrorKind::Other),
            Some(Answer::Data(bytes)) => bytes.len().min(room),
            Some(Answer::Claims(_, claimed)) => usize::from(*claimed).min(room),
        };
        (room, filled) = (room - claimed, filled + claimed);
        if once || claimed == 0 || room == 0 {
            return None;
        }
    }
}

/// Appends the bytes that fit to the model, and returns their number.
fn append(bytes: &[u8], filled: &mut Vec<u8>, wrote: &mut [Option<u8>], capacity: usize) -> usize {
    let start = filled.len();
    let fitting = &bytes[..bytes.len().min(capacity - start)];
    filled.extend_from_slice(fitting);
    for (place, byte) in wrote[start..].iter_mut().zip(fitting) {
        *place = Some(*byte);
    }
    fitting.len()
}

fuzz_target!(|input: Input<'_>| {
    let size = usize::from(input.capacity);
    // The sanitizer finds accesses behind the end.
    let mut memory = vec![MaybeUninit::new(STALE); size].into_boxed_slice();
    let mut buffer: ReadBuf<'_> = read_buf(&mut memory);
    let (mut capacity, mut filled, mut wrote) = (size, Vec::new(), vec![None; size]);
    for step in input.steps {
        match step {
            Step::Append(bytes) => {
                let len = append(bytes, &mut filled, &mut wrote, capacity);
                assert_eq!(buffer.append(bytes), len);
            }
            Step::Write(bytes) => {
                let len = append(bytes, &mut filled, &mut wrote, capacity);
                assert_eq!(buffer.write(bytes).unwrap(), len);
            }
            Step::Fill(ref answers) | Step::FillOnce(ref answers) => {
                let once = matches!(step, Step::FillOnce(_));
                let expected = outcome(answers, capacity - filled.len(), filled.len(), once);
                let mut source = Source {
                    answers: answers.clone().into_iter(),
                    memory: &mut wrote,
                    filled: &mut filled,
                    capacity,
                };
                let result = match once {
                    true => buffer.fill_once_from(&mut source),
                    false => buffer.fill_from(&mut source),
                };
                assert_eq!(result.err().map(|error| error.kind()), expected);
            }
            Step::Truncate(len) => {
                truncate(&mut buffer, len);
                capacity = capacity.min(usize::try_from(len).unwrap_or(usize::MAX));
                filled.truncate(capacity);
            }
        }
        assert_eq!(buffer.filled(), filled);
        assert_eq!(buffer.capacity(), capacity);
        assert_eq!(buffer.remaining(), capacity - filled.len());
    }
});
