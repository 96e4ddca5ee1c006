//! The trait that users implement, and the types of its arguments and answers.

use std::io::SeekFrom;

pub(crate) mod body;
pub(crate) mod debug;
pub(crate) mod header;
pub(crate) mod hooks;
pub(crate) mod progress;

use crate::{
    DebugKind, DebugResult, HeaderLine, Hooks, IoctlCommand, IoctlResult, Progress, ProgressResult,
    ReadBuf, ReadResult, SeekResult, WriteResult, XferInfo,
};

/// The callbacks of one transfer, for the value that holds its state.
///
/// Implement the methods that you want; each default does what libcurl does
/// when that callback is not set, unless its text says otherwise. All of them
/// run on the thread that drives the transfer.
///
/// # Errors and panics
/// A callback that fails stops the transfer, and the call that drove it returns
/// an [`Error`](crate::Error) with that failure as its source. A callback that
/// panics stops the transfer too, and the panic goes on from the call that
/// drove it. Either way no callback of this transfer runs again before its next
/// [`perform`](crate::Transfer::perform); the transfer stays usable.
///
/// Inside a callback, `?` goes into a function of its own, whose result converts:
/// `self.store(data).into()`.
///
/// # Pausing
/// `write`, `header` and `read` may answer `Pause`. That direction then rests, with
/// the connection open, until [`xfer_info`](Callbacks::xfer_info) answers
/// [`ProgressResult::Resume`]; if it never does, or [`progress`](crate::Transfer::progress) is off,
/// only a time limit ends it. libcurl calls `xfer_info` about once per second
/// while nothing flows, so that is how late a pause, or a wish to stop, may end.
///
/// # Handlers that hold another
/// A wrapper passes on each method, [`hooks`](Callbacks::hooks) included; one that it leaves out
/// takes its default, and the handler inside never hears of it.
///
/// # Examples
/// ```
/// use std::{io::SeekFrom, fs::File};
/// use curlback::{Callbacks, ProgressResult, ReadBuf, ReadResult, SeekResult, XferInfo};
///
/// struct Upload { file: File }
///
/// impl Callbacks for Upload {
///     fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
///         buffer.fill_from(&mut self.file).into()
///     }
///     fn seek(&mut self, to: SeekFrom) -> SeekResult {
///         std::io::Seek::seek(&mut self.file, to).into()
///     }
///     fn xfer_info(&mut self, p: &XferInfo<'_>) -> ProgressResult {
///         eprint!("\r{} / {}", p.uploaded, p.upload_total);
///         ProgressResult::Continue
///     }
/// }
/// # let _ = Upload { file: File::open("Cargo.toml")? };
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Callbacks {
    /// Says which callbacks libcurl is given when a transfer is made or reset.
    ///
    /// The default is [`Hooks::default`]. A callback that is not given leaves
    /// libcurl to do its own, which [`Hooks`] describes.
    fn hooks(&self) -> Hooks {
        Hooks::default()
    }

    /// Takes the next part of the body that the server sends.
    ///
    /// libcurl calls it for each part that arrives, after decoding, with at most
    /// 16,384 bytes; never for an empty body. With
    /// [`show_header`](crate::Transfer::show_header) it gets the header lines too.
    /// The default throws the body away, where libcurl alone would print it.
    ///
    /// See [`WriteResult`] for what each answer does. Since libcurl 7.1.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html).
    ///
    /// # Examples
    /// ```
    /// use std::io::Write;
    /// use curlback::{Callbacks, WriteResult};
    ///
    /// struct Save(std::fs::File);
    ///
    /// impl Callbacks for Save {
    ///     fn write(&mut self, data: &[u8]) -> WriteResult {
    ///         self.0.write_all(data).into()
    ///     }
    /// }
    /// ```
    #[doc(alias = "CURLOPT_WRITEFUNCTION")]
    fn write(&mut self, data: &[u8]) -> WriteResult {
        let _ = data;
        WriteResult::Continue
    }

    /// Takes one header line from the server.
    ///
    /// libcurl calls it once for each complete line, at most about 100 KiB long:
    /// the status line, each field, the empty line after them, and trailers; for
    /// each response of a transfer, so also for redirects, authentication
    /// challenges, `100 Continue` and a proxy's answer. The default ignores it.
    ///
    /// See [`WriteResult`] for what each answer does; a pause brings the same
    /// line again. Since libcurl 7.7.2.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html).
    #[doc(alias = "CURLOPT_HEADERFUNCTION")]
    fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
        let _ = line;
        WriteResult::Continue
    }

    /// Puts the next part of the body to send into `buffer`.
    ///
    /// libcurl calls it whenever it can send more, with room for a few bytes up
    /// to [`upload_buffer_size`](crate::Transfer::upload_buffer_size). Putting
    /// nothing in ends the body. The default does that, where libcurl alone
    /// would read standard input. libcurl also calls it to skip what
    /// [`resume_from`](crate::Transfer::resume_from) leaves out, after `seek`
    /// answered [`SeekResult::CantSeek`].
    ///
    /// A body that ends before the size that was announced fails the transfer;
    /// with libcurl before 8.7 it waits for the server to give up, so set a
    /// [`timeout`](crate::Transfer::timeout) there.
    ///
    /// See [`ReadResult`] for what each answer does. Since libcurl 7.1.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_READFUNCTION.html).
    #[doc(alias = "CURLOPT_READFUNCTION")]
    fn read(&mut self, buffer: &mut ReadBuf<'_>) -> ReadResult {
        let _ = buffer;
        ReadResult::Continue
    }

    /// Moves the place from which `read` goes on.
    ///
    /// libcurl calls it to send the body again, with `SeekFrom::Start(0)`: after
    /// a redirect that keeps the method, an authentication challenge, or a
    /// connection that turned out to be dead. It calls it to resume an upload,
    /// with the offset. The default passes a rewind on to `ioctl` and cannot
    /// seek otherwise.
    ///
    /// See [`SeekResult`] for what each answer does. Since libcurl 7.18.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_SEEKFUNCTION.html).
    #[doc(alias = "CURLOPT_SEEKFUNCTION")]
    fn seek(&mut self, to: SeekFrom) -> SeekResult {
        match to {
            #[expect(deprecated, reason = "this is how the deprecated one is reached")]
            SeekFrom::Start(0) => self.ioctl(IoctlCommand::RestartRead).into(),
            _ => SeekResult::CantSeek,
        }
    }

    /// Carries out a command on the body to send; in fact a rewind.
    ///
    /// The default `seek` calls it where libcurl wants the body again, so
    /// implementing `seek` hides it, as it does in libcurl. The default knows no
    /// command, and the transfer then fails. libcurl itself calls it only when
    /// [`Hooks::IOCTL`] is set and [`Hooks::SEEK`] is not.
    ///
    /// See [`IoctlResult`] for what each answer does. Since libcurl 7.12.3,
    /// deprecated there since 7.18.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_IOCTLFUNCTION.html).
    #[doc(alias = "CURLOPT_IOCTLFUNCTION")]
    #[deprecated = "libcurl replaced it by `seek`"]
    fn ioctl(&mut self, command: IoctlCommand) -> IoctlResult {
        let _ = command;
        IoctlResult::UnknownCommand
    }

    /// Takes what a [`verbose`](crate::Transfer::verbose) transfer reports.
    ///
    /// libcurl calls it for each piece of information and of data, many times
    /// per transfer, and also while an option is set or the transfer is dropped.
    /// The data may hold passwords, cookies and keys. Only [`DebugKind::Text`] is
    /// text. The default prints what libcurl alone would print to standard error.
    ///
    /// libcurl does not ask whether to go on: an answer that stops the transfer
    /// does so at the next callback of another kind.
    /// See [`DebugResult`]. Since libcurl 7.9.6.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_DEBUGFUNCTION.html).
    #[doc(alias = "CURLOPT_DEBUGFUNCTION")]
    fn debug(&mut self, kind: DebugKind, data: &[u8]) -> DebugResult {
        kind.print(data);
        DebugResult::Continue
    }

    /// Hears how far the transfer is, and says whether it goes on.
    ///
    /// libcurl calls it many times per second while data flows, about once per
    /// second while none does, and once at the end. It needs no option; after
    /// [`progress(false)`](crate::Transfer::progress) it is not called. The
    /// default passes the counters on to `progress`.
    ///
    /// See [`ProgressResult`] for what each answer does. Since libcurl 7.32.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html).
    #[doc(alias = "CURLOPT_XFERINFOFUNCTION")]
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        #[expect(deprecated, reason = "this is how the deprecated one is reached")]
        self.progress(&Progress::from(progress)).of_progress()
    }

    /// Hears how far the transfer is, in floating point numbers.
    ///
    /// The default `xfer_info` calls it, so implementing that hides it, as it
    /// does in libcurl. The default goes on. libcurl itself calls it only when
    /// [`Hooks::PROGRESS`] is set and [`Hooks::XFER_INFO`] is not.
    ///
    /// See [`ProgressResult`] for what each answer does. Since libcurl 7.1,
    /// deprecated there since 7.32.0.
    /// [libcurl's page](https://curl.se/libcurl/c/CURLOPT_PROGRESSFUNCTION.html).
    #[doc(alias = "CURLOPT_PROGRESSFUNCTION")]
    #[deprecated = "libcurl replaced it by `xfer_info`"]
    fn progress(&mut self, progress: &Progress) -> ProgressResult {
        let _ = progress;
        ProgressResult::Continue
    }
}

/// Writes methods that pass their call on, for the handlers that hold another.
macro_rules! pass_on {
    ($self:ident to $to:expr; $($method:ident)*) => {
        $(pass_on!(@$method $self $to);)*
    };
    (@hooks $self:ident $to:expr) => {
        fn hooks(&$self) -> $crate::Hooks { $to.hooks() }
    };
    (@write $self:ident $to:expr) => {
        fn write(&mut $self, data: &[u8]) -> $crate::WriteResult { $to.write(data) }
    };
    (@header $self:ident $to:expr) => {
        fn header(&mut $self, line: &$crate::HeaderLine<'_>) -> $crate::WriteResult {
            $to.header(line)
        }
    };
    (@read $self:ident $to:expr) => {
        fn read(&mut $self, buffer: &mut $crate::ReadBuf<'_>) -> $crate::ReadResult {
            $to.read(buffer)
        }
    };
    (@seek $self:ident $to:expr) => {
        fn seek(&mut $self, to: std::io::SeekFrom) -> $crate::SeekResult { $to.seek(to) }
    };
    (@ioctl $self:ident $to:expr) => {
        #[allow(deprecated)]
        fn ioctl(&mut $self, command: $crate::IoctlCommand) -> $crate::IoctlResult {
            $to.ioctl(command)
        }
    };
    (@debug $self:ident $to:expr) => {
        fn debug(&mut $self, kind: $crate::DebugKind, data: &[u8]) -> $crate::DebugResult {
            $to.debug(kind, data)
        }
    };
    (@xfer_info $self:ident $to:expr) => {
        fn xfer_info(&mut $self, progress: &$crate::XferInfo<'_>) -> $crate::ProgressResult {
            $to.xfer_info(progress)
        }
    };
    (@progress $self:ident $to:expr) => {
        #[allow(deprecated)]
        fn progress(&mut $self, progress: &$crate::Progress) -> $crate::ProgressResult {
            $to.progress(progress)
        }
    };
}
pub(crate) use pass_on;

impl<H: Callbacks + ?Sized> Callbacks for &mut H {
    pass_on!(self to (**self); hooks write header read seek ioctl debug xfer_info progress);
}

impl<H: Callbacks + ?Sized> Callbacks for Box<H> {
    pass_on!(self to (**self); hooks write header read seek ioctl debug xfer_info progress);
}

/// Every callback by its default: the body is thrown away, nothing is sent.
impl Callbacks for () {}
