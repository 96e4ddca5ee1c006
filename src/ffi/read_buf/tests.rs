//! Compares [`ReadBuf`] with a model. Before and behind the buffer's memory are bytes that must not change.

use std::io::{Read, Write};

use super::*;

/// The byte that fills the memory at first. No source writes it.
const STALE: u8 = 0xee;
const GUARD: [u8; 64] = [0xa5; 64];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns up to 40 bytes, none of which looks stale.
    fn bytes(&mut self) -> Vec<u8> {
        let len = self.below(41);
        (0..len).map(|_| (self.next() % 200) as u8).collect()
    }
}

/// The buffer as a vector: zeroed where a source has seen it, stale behind that.
struct Model {
    memory: Vec<u8>,
    filled: usize,
}

impl Model {
    fn append(&mut self, bytes: &[u8]) -> usize {
        let room = &mut self.memory[self.filled..];
        let len = bytes.len().min(room.len());
        room[..len].copy_from_slice(&bytes[..len]);
        self.filled += len;
        len
    }

    fn show(&mut self) -> &mut [u8] {
        let room = &mut self.memory[self.filled..];
        for byte in room.iter_mut().filter(|byte| **byte == STALE) {
            *byte = 0;
        }
        room
    }
}

/// What a source does when it is read.
#[derive(Clone)]
enum Step {
    /// Writes these bytes, and returns this length, or that of the buffer if that is less.
    Data(Vec<u8>, usize),
    /// Returns a length that is one more than that of the buffer.
    TooMany,
    Fails(ErrorKind),
}

/// A source that takes its steps one after the other, and checks the buffer that it gets.
struct Source<'a> {
    steps: std::vec::IntoIter<Step>,
    model: &'a mut Model,
}

impl Read for Source<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let expected = self.model.show();
        assert_eq!(room, expected, "the room holds nothing stale");
        match self.steps.next() {
            None => Ok(0),
            Some(Step::Fails(kind)) => Err(kind.into()),
            Some(Step::TooMany) => Ok(room.len() + 1),
            Some(Step::Data(bytes, claimed)) => {
                let len = bytes.len().min(room.len());
                room[..len].copy_from_slice(&bytes[..len]);
                expected[..len].copy_from_slice(&bytes[..len]);
                let claimed = claimed.min(room.len());
                self.model.filled += claimed;
                Ok(claimed)
            }
        }
    }
}

fn steps(random: &mut Random) -> Vec<Step> {
    let step = |random: &mut Random| match random.below(10) {
        0 => Step::TooMany,
        1 => Step::Fails(ErrorKind::Interrupted),
        2 => Step::Fails(ErrorKind::WouldBlock),
        3 => Step::Fails(ErrorKind::Other),
        4 => Step::Data(random.bytes(), random.below(60)),
        _ => {
            let bytes = random.bytes();
            let len = bytes.len();
            Step::Data(bytes, len)
        }
    };
    (0..random.below(5)).map(|_| step(random)).collect()
}

#[test]
fn is_its_model_and_never_leaves_its_memory() {
    for seed in 1..=3000_u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let capacity = random.below(150);
        let mut memory = [&GUARD[..], &vec![STALE; capacity], &GUARD].concat();
        let start = memory[GUARD.len()..].as_mut_ptr().cast();
        let mut model = Model {
            memory: vec![STALE; capacity],
            filled: 0,
        };
        // SAFETY: `capacity` bytes are there, and `memory` is not used while the buffer is.
        let mut buffer = unsafe { ReadBuf::new(start, capacity) };
        for _ in 0..random.below(12) {
            match random.below(5) {
                0 => {
                    let bytes = random.bytes();
                    assert_eq!(buffer.append(&bytes), model.append(&bytes));
                }
                1 => {
                    let bytes = random.bytes();
                    assert_eq!(buffer.write(&bytes).unwrap(), model.append(&bytes));
                }
                2 | 3 => {
                    let steps = steps(&mut random).into_iter();
                    let mut source = Source {
                        steps,
                        model: &mut model,
                    };
                    // The results of these methods are tested through the public interface.
                    let _ = match random.below(2) {
                        0 => buffer.fill_from(&mut source),
                        _ => buffer.fill_once_from(&mut source),
                    };
                }
                // `ws_start_frame` truncates only an empty buffer. Here it may have bytes.
                _ => {
                    let lens = [0, 1, 10, 100, 1000, u64::MAX];
                    let len = lens[random.below(lens.len())];
                    buffer.truncate(len);
                    let len = usize::try_from(len).unwrap_or(usize::MAX);
                    model.memory.truncate(len);
                    model.filled = model.filled.min(len);
                }
            }
            assert_eq!(buffer.capacity(), model.memory.len(), "seed {seed}");
            assert_eq!(buffer.len(), model.filled, "seed {seed}");
            assert_eq!(buffer.filled(), &model.memory[..model.filled], "{seed}");
            assert_eq!(buffer.remaining(), model.memory.len() - model.filled);
        }
        let (before, rest) = memory.split_at(GUARD.len());
        assert_eq!(before, GUARD, "seed {seed}");
        assert_eq!(rest[capacity..], GUARD, "seed {seed}");
    }
}

#[test]
fn null_takes_nothing() {
    // SAFETY: NULL is no memory.
    let mut buffer = unsafe { ReadBuf::new(ptr::null_mut(), 10) };
    buffer.truncate(5);
    assert_eq!((buffer.append(b"x"), buffer.capacity()), (0, 0));
    buffer.fill_from(&mut io::repeat(1)).unwrap();
    assert_eq!(buffer.filled(), b"");
}
