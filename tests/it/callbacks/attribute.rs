//! The attribute `#[callbacks]`: which callbacks it installs, and to which handler it forwards.

use std::io::{self, Cursor, SeekFrom};

use curlback::handlers::{ReadFrom, Refused, Restricted};
use curlback::{
    AddressFilter, CallbackResult, Callbacks, Error, Frame, HeaderLine, Hooks, IoctlCommand,
    IoctlResult, Progress, ProgressResult, ReadBuf, ReadResult, SeekResult, Trailers, Transfer,
    WriteResult, WsReply, XferInfo, callbacks,
};
use tungstenite::Message;

use crate::support::server::Server;
use crate::support::skip::{needs, skip};
use crate::support::trailer_server;
use crate::support::transfers::transfer;
use crate::support::websocket::websocket;
use crate::support::ws_server::WsServer;

/// Counts the calls of `write` and `header`. A handler around this one counts the calls of its own `header`
/// in the field `frame`.
#[derive(Default)]
struct Count {
    write: usize,
    header: usize,
    frame: usize,
}

#[callbacks]
impl Callbacks for Count {
    fn write(&mut self, _: &[u8]) -> WriteResult {
        // A function inside the body of a method installs no callback.
        fn read() -> usize {
            1
        }
        self.write += read();
        WriteResult::Continue
    }

    /// `#[callbacks]` keeps other attributes, such as `#[inline]`.
    #[inline]
    fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
        self.header += 1;
        WriteResult::Continue
    }
}

/// Implements `frame` alone.
#[derive(Default)]
struct Frames(usize);

#[callbacks]
impl Callbacks for Frames {
    fn frame(&mut self, _: &Frame, _: &[u8], _: &mut WsReply<'_>) -> WriteResult {
        self.0 += 1;
        WriteResult::Continue
    }
}

/// Sends an empty body and one trailer.
struct Sum;

#[callbacks]
impl Callbacks for Sum {
    fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
        ReadResult::Continue
    }

    fn trailer(&mut self, trailers: &mut Trailers) -> CallbackResult {
        trailers.append("x-sum", "7").into()
    }
}

/// Counts the calls of `xfer_info`, and forwards every method to `inner`.
struct Reports<H> {
    reports: usize,
    inner: H,
}

impl<H> Reports<H> {
    fn of(inner: H) -> Reports<H> {
        Reports { reports: 0, inner }
    }
}

#[callbacks(to = self.inner)]
impl<H> Callbacks for Reports<H>
where
    H: Callbacks,
{
    fn xfer_info(&mut self, progress: &XferInfo<'_>) -> ProgressResult {
        self.reports += 1;
        self.inner.xfer_info(progress)
    }
}

#[test]
fn methods_of_the_block_are_installed_and_no_others() {
    let server = Server::ok("body");
    let mut transfer = transfer(Count::default(), &server.url("/"));
    assert_eq!(transfer.hooks(), Hooks::WRITE | Hooks::HEADER);
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().write, 1);
    // `header` was called for the status line, a field and the empty line.
    assert_eq!(transfer.handler().header, 3);
}

#[test]
fn frame_alone_is_installed() {
    let server = WsServer::new(|conn| conn.send(Message::text("frame")).unwrap());
    let Some(mut transfer) = websocket(&server.url(), Frames::default()) else {
        return;
    };
    assert_eq!(transfer.hooks(), Hooks::FRAME | Hooks::WRITE);
    transfer.perform().unwrap();
    assert!(transfer.handler().0 > 0);
}

#[test]
fn bytes_of_raw_mode_have_the_hook_of_frames() {
    struct Raw;

    #[callbacks]
    impl Callbacks for Raw {
        fn ws_raw(&mut self, _: &[u8], _: &mut WsReply<'_>) -> WriteResult {
            WriteResult::Continue
        }
    }

    assert_eq!(Raw.hooks(), Hooks::FRAME);
}

#[test]
fn trailer_alone_is_installed() {
    let (server, sent) = trailer_server::server();
    let mut transfer = match Transfer::new(Sum) {
        Err(Error::Unsupported { .. }) => return skip!("this libcurl has no safe trailers"),
        transfer => transfer.unwrap(),
    };
    transfer.url(&server.url("/")).unwrap();
    transfer.upload(true).unwrap();
    transfer.http_headers(["Expect:"]).unwrap();
    transfer.perform().unwrap();
    drop(transfer);
    assert_eq!(*sent.lock().unwrap(), [["x-sum: 7"]]);
}

#[test]
fn method_without_a_callback_installs_nothing() {
    struct Filter;

    #[callbacks]
    impl Callbacks for Filter {
        fn address_filter(&self) -> AddressFilter {
            AddressFilter::Strict
        }
    }

    let server = Server::ok("secret");
    let mut transfer = transfer(Filter, &server.url("/"));
    assert_eq!(transfer.hooks(), Hooks::empty());
    // The handler demands a filter, and no callback that filters is installed. This is an error.
    let error = transfer.perform().unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    assert!(server.requests().is_empty());
}

#[test]
fn method_that_is_not_compiled_is_not_installed() {
    struct Some;

    #[callbacks]
    impl Callbacks for Some {
        #[cfg(not(any()))]
        fn write(&mut self, _: &[u8]) -> WriteResult {
            WriteResult::Continue
        }

        #[cfg(any())]
        fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
            WriteResult::Continue
        }

        #[cfg_attr(all(), cfg(any()))]
        fn read(&mut self, _: &mut ReadBuf<'_>) -> ReadResult {
            ReadResult::Continue
        }

        #[cfg_attr(any(), cfg(any()))]
        #[cfg_attr(all(), cfg(all()), inline)]
        fn resolver_start(&mut self) -> CallbackResult {
            CallbackResult::Continue
        }
    }

    assert_eq!(Some.hooks(), Hooks::WRITE | Hooks::RESOLVER_START);
}

#[test]
fn method_that_is_not_compiled_is_forwarded() {
    struct Outer(Reports<Count>);

    #[callbacks(to = self.0)]
    impl Callbacks for Outer {
        #[cfg(any())]
        fn write(&mut self, _: &[u8]) -> WriteResult {
            WriteResult::Abort
        }

        #[cfg(any())]
        fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
            WriteResult::Abort
        }

        #[cfg(not(any()))]
        fn header(&mut self, line: &HeaderLine<'_>) -> WriteResult {
            self.0.header(line)
        }

        // If this method were compiled, `xfer_info` would not be forwarded.
        #[cfg(any())]
        fn progress(&mut self, _: &Progress) -> ProgressResult {
            ProgressResult::Abort
        }
    }

    let server = Server::ok("body");
    let mut transfer = transfer(Outer(Reports::of(Count::default())), &server.url("/"));
    transfer.perform().unwrap();
    let Outer(Reports { reports, inner }) = transfer.handler();
    assert!(*reports > 0);
    assert_eq!((inner.write, inner.header), (1, 3));
}

#[test]
fn other_methods_are_forwarded_and_hooks_joined() {
    let server = Server::ok("body");
    let mut joined = transfer(Reports::of(Count::default()), &server.url("/"));
    let hooks = Hooks::WRITE | Hooks::HEADER | Hooks::XFER_INFO;
    assert_eq!(joined.hooks(), hooks);
    joined.perform().unwrap();
    let handler = joined.handler();
    assert!(handler.reports > 0);
    assert_eq!((handler.inner.write, handler.inner.header), (1, 3));

    let server = WsServer::new(|conn| conn.send(Message::text("frame")).unwrap());
    let Some(mut joined) = websocket(&server.url(), Reports::of(Frames::default())) else {
        return;
    };
    joined.perform().unwrap();
    assert!(joined.handler().inner.0 > 0);
}

#[test]
fn filter_of_addresses_is_forwarded() {
    needs!((7, 80, 0), "prereq");
    let server = Server::ok("secret");
    let handler = Reports::of(Restricted::new());
    assert_eq!(handler.address_filter(), AddressFilter::Strict);
    let mut transfer = transfer(handler, &server.url("/"));
    transfer.proxy("").unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(error.downcast_ref::<Refused>().is_some(), "{error:?}");
    // `address_filter` still demands that `open_socket` is installed.
    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::OPEN_SOCKET).unwrap();
    let error = transfer.perform().unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    assert!(server.requests().is_empty());
}

#[test]
fn methods_of_other_names_are_not_mistaken_for_callbacks() {
    /// Has methods named `write` and `header` that are not methods of [`Callbacks`].
    #[derive(Default)]
    struct Body(Vec<u8>);

    impl Body {
        #[expect(dead_code, reason = "it must not be called")]
        fn header(&self, _: &HeaderLine<'_>) -> WriteResult {
            WriteResult::Abort
        }
    }

    impl io::Write for Body {
        fn write(&mut self, data: &[u8]) -> io::Result<usize> {
            self.0.write(data)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[callbacks]
    impl Callbacks for Body {
        fn write(&mut self, data: &[u8]) -> WriteResult {
            io::Write::write_all(self, data).into()
        }

        fn header(&mut self, _: &HeaderLine<'_>) -> WriteResult {
            WriteResult::Continue
        }
    }

    let server = Server::ok("body");
    let mut transfer = transfer(Reports::of(Body::default()), &server.url("/"));
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().inner.0, b"body");
}

#[test]
fn method_in_the_block_is_not_hidden_by_its_successor() {
    /// Implements `progress` and `ioctl`, which libcurl has replaced by `xfer_info` and `seek`.
    struct Old {
        reports: usize,
        rewinds: usize,
        inner: ReadFrom<Cursor<&'static [u8]>>,
    }

    #[callbacks(to = self.inner)]
    impl Callbacks for Old {
        fn progress(&mut self, _: &Progress) -> ProgressResult {
            self.reports += 1;
            ProgressResult::Continue
        }

        fn ioctl(&mut self, _: IoctlCommand) -> IoctlResult {
            self.rewinds += 1;
            match self.inner.rewind() {
                Ok(()) => IoctlResult::Done,
                Err(error) => IoctlResult::Fail(error.into()),
            }
        }
    }

    let server = Server::new(|conn| {
        conn.request();
        conn.reply("307 Temporary Redirect", "Location: /again\r\n", "");
        conn.request();
        conn.reply("200 OK", "", "");
    });
    let handler = Old {
        reports: 0,
        rewinds: 0,
        inner: ReadFrom::new(Cursor::new(b"body")),
    };
    let mut transfer = transfer(handler, &server.url("/"));
    assert!(transfer.hooks().contains(Hooks::SEEK | Hooks::XFER_INFO));
    transfer.upload(true).unwrap();
    transfer.in_filesize(4).unwrap();
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[1].body, b"body");
    assert!(transfer.handler().rewinds > 0);
    assert!(transfer.handler().reports > 0);
}

#[test]
fn method_in_except_keeps_its_default() {
    struct Sends {
        inner: ReadFrom<Cursor<&'static [u8]>>,
    }

    #[callbacks(to = self.inner, except(seek))]
    impl Callbacks for Sends {}

    let inner = ReadFrom::new(Cursor::new(&b"body"[..]));
    let mut handler = Sends { inner };
    assert!(handler.hooks().contains(Hooks::SEEK));
    assert!(matches!(
        handler.inner.seek(SeekFrom::Start(0)),
        SeekResult::Done
    ));
    assert!(!matches!(
        handler.seek(SeekFrom::Start(0)),
        SeekResult::Done
    ));
}

#[test]
fn macros_and_other_names_of_the_crate_are_no_obstacle() {
    use curlback as another_name;

    /// Defines a handler around another. The names and the body of the method come from the caller.
    macro_rules! around {
        ($name:ident<$($life:lifetime),*>, $type:ty, $this:ident, $to:expr, $(#[$attribute:meta])* $method:ident $body:block) => {
            struct $name<$($life),*>($type);

            #[another_name::callbacks(to = $to, crate = another_name)]
            impl<$($life),*> another_name::Callbacks for $name<$($life),*> {
                $(#[$attribute])*
                fn $method(&mut $this, line: &HeaderLine<'_>) -> WriteResult {
                    let _ = line;
                    $body
                }
            }
        };
    }

    macro_rules! item {
        ($item:item) => {
            #[callbacks]
            $item
        };
    }

    struct Whole;

    item! {
        impl Callbacks for Whole {
            fn write(&mut self, _: &[u8]) -> WriteResult {
                WriteResult::Continue
            }
        }
    }

    around!(Outer<'a>, &'a mut Count, self, self.0, #[cfg(not(any()))] header {
        self.0.frame += 1;
        WriteResult::Continue
    });

    assert_eq!(Whole.hooks(), Hooks::WRITE);
    let server = Server::ok("body");
    let mut count = Count::default();
    let mut transfer = transfer(Outer(&mut count), &server.url("/"));
    assert_eq!(transfer.hooks(), Hooks::WRITE | Hooks::HEADER);
    transfer.perform().unwrap();
    drop(transfer);
    assert_eq!((count.write, count.header, count.frame), (1, 0, 3));
}
