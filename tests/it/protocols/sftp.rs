//! Files over SFTP.

#![cfg(unix)]

use std::error::Error as _;
use std::fs;
use std::io::{Cursor, SeekFrom};

use curlback::handlers::{Collect, ReadFrom};
use curlback::{
    Callback, Callbacks, Code, Direction, Error, FtpCreateDir, ProgressResult, ReadBuf, ReadResult,
    SeekResult, Transfer, WriteResult, XferInfo,
};

use crate::support::bodies::bytes;
use crate::support::breaks::Own;
use crate::support::skip::{is_between, skip};
use crate::support::sshd::Sshd;

/// Sends the bytes of a file and collects those that come. Pauses at the first calls of `read` and
/// `write`, as often as `pauses` says.
#[derive(Default)]
struct Copies {
    data: Vec<u8>,
    at: usize,
    seek_fails: bool,
    seeks: Vec<SeekFrom>,
    body: Vec<u8>,
    pauses: usize,
    paused: Vec<Direction>,
}

impl Copies {
    fn paused(&mut self, direction: Direction) -> bool {
        let pauses = self.pauses > 0;
        if pauses {
            self.pauses -= 1;
            self.paused.push(direction);
        }
        pauses
    }
}

impl Callbacks for Copies {
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        if self.paused(Direction::Send) {
            return ReadResult::Pause;
        }
        self.at += buffer.append(&self.data[self.at..]);
        ReadResult::Continue
    }

    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        self.seeks.push(to);
        match to {
            _ if self.seek_fails => SeekResult::Fail(Own(Callback::Seek).into()),
            SeekFrom::Start(offset) => {
                self.at = offset.try_into().unwrap();
                SeekResult::Done
            }
            _ => SeekResult::CantSeek,
        }
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        if self.paused(Direction::Receive) {
            return WriteResult::Pause;
        }
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
        match self.paused.pop() {
            Some(direction) => ProgressResult::Resume(direction),
            None => ProgressResult::Continue,
        }
    }
}

/// Makes a transfer that uploads to a file of this name.
fn upload(sshd: &Sshd, copies: Copies, file: &str) -> Transfer<Copies> {
    let size = copies.data.len() as u64;
    let mut transfer = sshd.transfer(copies, file);
    transfer.upload(true).unwrap();
    transfer.in_filesize(size).unwrap();
    transfer
}

#[test]
fn files_go_up_and_down_by_sftp_byte_by_byte() {
    if pauses_are_refused() {
        return skip!("this libcurl cannot resume SFTP");
    }
    let Some(sshd) = Sshd::start() else { return };
    for (size, pauses) in [(1 << 20, 0), (1 << 20, 2), (0, 0)] {
        let data = bytes(size);
        let copies = Copies {
            data: data.clone(),
            pauses,
            ..Copies::default()
        };
        let mut transfer = upload(&sshd, copies, "up");
        transfer.perform().unwrap();
        assert!(fs::read(sshd.file("up")).unwrap() == data);
        assert_eq!(transfer.upload_size().unwrap(), size as u64);
        assert_eq!(transfer.handler().pauses, 0);

        let copies = Copies {
            pauses,
            ..Copies::default()
        };
        let mut transfer = sshd.transfer(copies, "up");
        transfer.perform().unwrap();
        assert!(transfer.handler().body == data);
        assert_eq!(transfer.handler().pauses, 0);
    }
}

fn pauses_are_refused() -> bool {
    is_between((7, 63, 0), (7, 77, 0))
}

#[test]
fn pause_of_a_download_by_sftp_is_refused_or_exact() {
    let Some(sshd) = Sshd::start() else { return };
    let data = bytes(100_000);
    fs::write(sshd.file("down"), &data).unwrap();
    let copies = Copies {
        pauses: 1,
        ..Copies::default()
    };
    let mut transfer = sshd.transfer(copies, "down");
    let result = transfer.perform();
    if pauses_are_refused() {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        return;
    }
    result.unwrap();
    assert!(transfer.handler().body == data);
}

#[test]
fn a_broken_copy_by_sftp_is_resumed() {
    let Some(sshd) = Sshd::start() else { return };
    let (data, have) = (bytes(1 << 20), 400_001);
    fs::write(sshd.file("up"), &data[..have]).unwrap();
    let copies = Copies {
        data: data.clone(),
        seek_fails: true,
        ..Copies::default()
    };
    let mut transfer = upload(&sshd, copies, "up");
    transfer.resume_from(have as u64).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::Seek), "{error:#}");
    let own = error.source().and_then(|cause| cause.downcast_ref());
    assert_eq!(own, Some(&Own(Callback::Seek)));
    assert!(fs::read(sshd.file("up")).unwrap() == data[..have]);

    transfer.handler_mut().seek_fails = false;
    transfer.perform().unwrap();
    assert!(fs::read(sshd.file("up")).unwrap() == data);
    let to = SeekFrom::Start(have as u64);
    assert_eq!(transfer.handler().seeks, [to, to]);
    assert_eq!(transfer.upload_size().unwrap(), (data.len() - have) as u64);

    // Without an offset, libcurl asks the server how much of the file it has.
    fs::write(sshd.file("up"), &data[..have]).unwrap();
    transfer.resume_from(None).unwrap();
    transfer.perform().unwrap();
    assert!(fs::read(sshd.file("up")).unwrap() == data);
    assert_eq!(transfer.handler().seeks.last(), Some(&to));

    let mut transfer = sshd.transfer(Copies::default(), "up");
    transfer.resume_from(have as u64).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().body == data[have..]);
}

#[test]
fn files_over_sftp_have_the_permissions_that_were_set() {
    use std::os::unix::fs::PermissionsExt;

    if !crate::support::built_in::has_sftp() {
        return;
    }
    let Some(sshd) = crate::support::sshd::Sshd::start() else {
        return;
    };
    let handler = ReadFrom::new(Cursor::new("contents")).and(Collect::new());
    let mut transfer = sshd.transfer(handler, "folder/file");
    sshd.know(Some(&sshd.host_key()));
    transfer.upload(true).unwrap();
    transfer.new_file_perms(0o640).unwrap();
    transfer.new_directory_perms(0o750).unwrap();
    transfer
        .ftp_create_missing_dirs(FtpCreateDir::Create)
        .unwrap();
    transfer.ssh_compression(true).unwrap();
    transfer.perform().unwrap();
    let mode = |path: &str| {
        let metadata = std::fs::metadata(sshd.file(path)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode("folder/file"), 0o640);
    assert_eq!(mode("folder"), 0o750);
    let error = transfer.new_file_perms(0o1000).unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
}

#[test]
fn server_with_another_fingerprint_is_refused() {
    let Some(sshd) = Sshd::start() else { return };
    let mut transfer = sshd.transfer(Collect::new(), "/dev/null");
    let error = match transfer.ssh_host_public_key_sha256(&"A".repeat(43)) {
        // This libcurl knows no such fingerprint, or would ignore it.
        Err(error) => error,
        Ok(()) => transfer.perform().unwrap_err(),
    };
    let refused = matches!(error, Error::Unsupported { .. } | Error::Option { .. });
    let compared = error.code() == Some(Code::PEER_FAILED_VERIFICATION);
    assert!(refused || compared, "{error}");
}
