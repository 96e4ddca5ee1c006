//! Programs that must not compile. Each group of them has a similar program that does compile, to
//! show that only the forbidden lines make the others fail.

/// A borrow from a transfer does not outlive the next run.
///
/// ```
/// let mut transfer = curlback::Transfer::new(())?;
/// let url = transfer.effective_url()?.map(str::to_owned);
/// let _ = transfer.perform();
/// println!("{url:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0502
/// let mut transfer = curlback::Transfer::new(())?;
/// let url = transfer.effective_url()?;
/// let _ = transfer.perform();
/// println!("{url:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// A borrowed `Info` does not outlive the next run:
/// ```compile_fail,E0502
/// let mut transfer = curlback::Transfer::new(())?;
/// let info = transfer.info();
/// let _ = transfer.perform();
/// println!("{:?}", info.response_code());
/// # Ok::<(), curlback::Error>(())
/// ```
/// The information inside a callback does not outlive the call:
/// ```
/// let mut kept = None;
/// curlback::Info::current(|info| kept = Some(info.response_code()));
/// # drop(kept);
/// ```
/// ```compile_fail,E0521
/// let mut kept = None;
/// curlback::Info::current(|info| kept = Some(info.clone()));
/// # drop(kept);
/// ```
/// A borrowed handler does not outlive the next run:
/// ```compile_fail,E0502
/// let mut transfer = curlback::Transfer::new(())?;
/// let handler = transfer.handler();
/// let _ = transfer.perform();
/// println!("{handler:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// A header of the last transfer and the iterator over its headers do not outlive the next run:
/// ```compile_fail,E0502
/// let mut transfer = curlback::Transfer::new(())?;
/// let header = transfer.header("via", 0, curlback::HeaderOrigin::HEADER, None)?;
/// let _ = transfer.perform();
/// println!("{header:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0502
/// let mut transfer = curlback::Transfer::new(())?;
/// let headers = transfer.headers(curlback::HeaderOrigin::all(), None)?;
/// let _ = transfer.perform();
/// println!("{headers:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
mod information_outlives_a_run {}

/// An event loop cannot keep a borrowed socket of libcurl's, but it can keep a duplicated descriptor.
///
/// ```
/// # #[cfg(unix)] mod unix {
/// use std::os::fd::OwnedFd;
/// use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
/// use curlback::CallbackResult;
/// struct Keeps(Vec<OwnedFd>);
/// impl EventLoop for Keeps {
///     type Value = ();
///     fn socket(&mut self, socket: BorrowedSocket<'_>, _: Interest, _: &mut Option<()>) -> CallbackResult {
///         self.0.extend(socket.try_clone_to_owned());
///         CallbackResult::Continue
///     }
///     fn remove_socket(&mut self, _: RawSocket, _: Option<()>) -> CallbackResult { CallbackResult::Continue }
///     fn timer(&mut self, _: Option<std::time::Duration>) -> CallbackResult { CallbackResult::Continue }
///     fn waker(&self) -> std::sync::Arc<dyn Fn() + Send + Sync> { std::sync::Arc::new(|| ()) }
/// }
/// # }
/// ```
/// ```compile_fail
/// use curlback::multi::{BorrowedSocket, EventLoop, Interest, RawSocket};
/// use curlback::CallbackResult;
/// struct Keeps<'a>(Vec<BorrowedSocket<'a>>);
/// impl<'a> EventLoop for Keeps<'a> {
///     type Value = ();
///     fn socket(&mut self, socket: BorrowedSocket<'_>, _: Interest, _: &mut Option<()>) -> CallbackResult {
///         self.0.push(socket);
///         CallbackResult::Continue
///     }
///     fn remove_socket(&mut self, _: RawSocket, _: Option<()>) -> CallbackResult { CallbackResult::Continue }
///     fn timer(&mut self, _: Option<std::time::Duration>) -> CallbackResult { CallbackResult::Continue }
///     fn waker(&self) -> std::sync::Arc<dyn Fn() + Send + Sync> { std::sync::Arc::new(|| ()) }
/// }
/// ```
mod event_loop_keeps_a_socket {}

/// An argument of a callback does not outlive the call.
///
/// ```
/// struct Keep(Vec<u8>);
/// impl curlback::Callbacks for Keep {
///     fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
///         self.0 = data.to_vec();
///         curlback::WriteResult::Continue
///     }
/// }
/// ```
/// ```compile_fail
/// struct Keep<'a>(&'a [u8]);
/// impl curlback::Callbacks for Keep<'_> {
///     fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
///         self.0 = data;
///         curlback::WriteResult::Continue
///     }
/// }
/// ```
/// ```compile_fail
/// struct Keep<'a>(&'a [u8]);
/// impl curlback::Callbacks for Keep<'_> {
///     fn debug(&mut self, _: curlback::DebugKind, data: &[u8]) -> curlback::CallbackResult {
///         self.0 = data;
///         curlback::CallbackResult::Continue
///     }
/// }
/// ```
/// ```compile_fail
/// struct Keep<'a>(&'a [u8]);
/// impl curlback::Callbacks for Keep<'_> {
///     fn header(&mut self, line: &curlback::HeaderLine<'_>) -> curlback::WriteResult {
///         self.0 = line.as_bytes();
///         curlback::WriteResult::Continue
///     }
/// }
/// ```
/// ```compile_fail
/// struct Keep<'a>(Option<curlback::Info<'a>>);
/// impl curlback::Callbacks for Keep<'_> {
///     fn xfer_info(&mut self, progress: &curlback::XferInfo<'_>) -> curlback::ProgressResult {
///         self.0 = Some(progress.info().clone());
///         curlback::ProgressResult::Continue
///     }
/// }
/// ```
mod arguments_outlive_the_call {}

/// A callback cannot answer with a number that libcurl would interpret.
///
/// ```
/// struct Zero;
/// impl curlback::Callbacks for Zero {
///     fn xfer_info(&mut self, _: &curlback::XferInfo<'_>) -> curlback::ProgressResult {
///         curlback::ProgressResult::Continue
///     }
/// }
/// ```
/// ```compile_fail,E0308
/// struct Zero;
/// impl curlback::Callbacks for Zero {
///     fn xfer_info(&mut self, _: &curlback::XferInfo<'_>) -> curlback::ProgressResult {
///         0
///     }
/// }
/// ```
mod numbers_as_answers {}

/// A callback `write`, `read` or `header` cannot answer with a byte count: neither with the
/// count that means a pause, nor with that of a short write.
///
/// ```
/// use std::io::Write;
/// struct Save(Vec<u8>);
/// impl curlback::Callbacks for Save {
///     fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
///         self.0.write_all(data).into()
///     }
/// }
/// ```
/// ```compile_fail,E0277
/// use std::io::Write;
/// struct Save(Vec<u8>);
/// impl curlback::Callbacks for Save {
///     fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
///         self.0.write(data).into()
///     }
/// }
/// ```
/// ```compile_fail,E0308
/// struct Pause;
/// impl curlback::Callbacks for Pause {
///     fn write(&mut self, _: &[u8]) -> curlback::WriteResult {
///         0x1000_0001
///     }
/// }
/// ```
/// ```compile_fail,E0277
/// use std::io::Read;
/// struct Load(std::io::Empty);
/// impl curlback::Callbacks for Load {
///     fn read(&mut self, buffer: &mut curlback::ReadBuf<'_>) -> curlback::ReadResult {
///         self.0.read(&mut [0; 16]).into()
///     }
/// }
/// ```
mod counts_as_answers {}

/// A transfer is `Send` if its handler is, and is not `Sync`.
///
/// ```
/// fn is_send<T: Send>(_: T) {}
/// is_send(curlback::Transfer::new(()).unwrap());
/// ```
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>(_: T) {}
/// is_sync(curlback::Transfer::new(()).unwrap());
/// ```
/// ```compile_fail,E0277
/// struct Local(std::rc::Rc<()>);
/// impl curlback::Callbacks for Local {}
/// fn is_send<T: Send>(_: T) {}
/// is_send(curlback::Transfer::new(Local(Default::default())).unwrap());
/// ```
mod threads {}

/// A transfer whose handler has a long lifetime cannot be used as one whose handler has a shorter
/// lifetime: libcurl holds the callbacks of the type that the transfer was made with.
///
/// ```
/// struct Lent<'a>(&'a str);
/// impl curlback::Callbacks for Lent<'_> {}
/// fn same<'a>(transfer: curlback::Transfer<Lent<'a>>, _: &'a str) -> curlback::Transfer<Lent<'a>> {
///     transfer
/// }
/// ```
/// ```compile_fail
/// struct Lent<'a>(&'a str);
/// impl curlback::Callbacks for Lent<'_> {}
/// fn shorter<'a>(transfer: curlback::Transfer<Lent<'static>>, _: &'a str) -> curlback::Transfer<Lent<'a>> {
///     transfer
/// }
/// ```
mod handlers_that_live_shorter {}

/// The reader of a part is `Send` and `'static`, since it moves with its transfer, and lives as
/// long as the transfer.
///
/// ```
/// let text = String::from("text");
/// curlback::Part::stream(std::io::Cursor::new(text));
/// ```
/// ```compile_fail,E0597
/// let text = String::from("text");
/// curlback::Part::stream(std::io::Cursor::new(text.as_bytes()));
/// ```
/// ```compile_fail,E0277
/// let text = std::rc::Rc::<[u8]>::from(*b"text");
/// curlback::Part::stream(std::io::Cursor::new(text));
/// ```
mod readers_of_parts {}

/// A callback of a WebSocket can reply while it runs, but cannot keep its `WsReply` for later.
///
/// ```
/// use curlback::{Callbacks, Frame, FrameKind, WriteResult, WsReply};
/// struct Answers;
/// impl Callbacks for Answers {
///     fn frame(&mut self, _: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
///         reply.send(FrameKind::Text, data).into()
///     }
/// }
/// ```
/// ```compile_fail
/// use curlback::{Callbacks, Frame, FrameKind, WriteResult, WsReply};
/// struct Answers<'a>(Option<&'a mut WsReply<'a>>);
/// impl Callbacks for Answers<'_> {
///     fn frame(&mut self, _: &Frame, data: &[u8], reply: &mut WsReply<'_>) -> WriteResult {
///         self.0 = Some(reply);
///         WriteResult::Continue
///     }
/// }
/// ```
mod late_answers {}

/// A borrow from a transfer in a `Multi` does not outlive the next drive.
///
/// ```
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// let url = multi.get(id).unwrap().effective_url()?.map(str::to_owned);
/// let _ = multi.perform();
/// println!("{url:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0502
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// let url = multi.get(id).unwrap().effective_url()?;
/// let _ = multi.perform();
/// println!("{url:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0502
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// let handler = multi.get(id).unwrap().handler();
/// let _ = multi.perform();
/// println!("{handler:?}");
/// # Ok::<(), curlback::Error>(())
/// ```
mod lent_across_a_drive {}

/// A `Multi` lends a running transfer only as `&`, so that the transfer cannot be performed, dropped
/// or configured. Its handler may be changed between two drives.
///
/// ```
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// let mut transfer = multi.remove(id).unwrap();
/// transfer.verbose(true)?;
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0596
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// let transfer = multi.get(id).unwrap();
/// transfer.verbose(true)?;
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0507
/// let mut multi = curlback::Multi::new()?;
/// let id = multi.add(curlback::Transfer::new(())?)?;
/// drop(*multi.get(id).unwrap());
/// # Ok::<(), curlback::Error>(())
/// ```
mod changed_while_it_runs {}

/// Inside the closure of `run`, the `Multi` can be used only through the closure's argument.
///
/// ```
/// let mut multi = curlback::Multi::<()>::new()?;
/// multi.run(|multi, _, _, _| { multi.running(); Ok(()) })?;
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0502
/// let mut multi = curlback::Multi::<()>::new()?;
/// multi.run(|_, _, _, _| { multi.running(); Ok(()) })?;
/// # Ok::<(), curlback::Error>(())
/// ```
mod driver_in_its_own_closure {}

/// A call that ends a transfer or a `Multi`, or gives it away, takes it by value, so that it cannot be
/// used afterwards. A transfer is not `Clone`.
///
/// ```
/// let transfer = curlback::Transfer::new(())?;
/// transfer.into_handler();
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0382
/// let mut transfer = curlback::Transfer::new(())?;
/// transfer.into_handler();
/// let _ = transfer.perform();
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0382
/// let mut multi = curlback::Multi::<()>::new()?;
/// drop(multi);
/// let _ = multi.perform();
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0382
/// let mut multi = curlback::Multi::new()?;
/// let mut transfer = curlback::Transfer::new(())?;
/// multi.add(transfer)?;
/// let _ = transfer.perform();
/// # Ok::<(), curlback::Error>(())
/// ```
/// ```compile_fail,E0599
/// let transfer = curlback::Transfer::new(())?;
/// let other = transfer.clone();
/// # Ok::<(), curlback::Error>(())
/// ```
mod used_after_its_end {}

/// A `Multi` is `Send` if its handlers and its event loop are, and is not `Sync`. Remotes and wakers are `Send` and
/// `Sync`.
///
/// ```
/// fn is_send<T: Send>(_: &T) {}
/// fn is_sync<T: Sync>(_: &T) {}
/// let multi = curlback::Multi::<()>::new().unwrap();
/// is_send(&multi);
/// is_send(&multi.waker());
/// is_sync(&multi.waker());
/// let remote = curlback::Transfer::new(()).unwrap().remote();
/// is_send(&remote);
/// is_sync(&remote);
/// ```
/// ```compile_fail,E0277
/// fn is_sync<T: Sync>(_: &T) {}
/// is_sync(&curlback::Multi::<()>::new().unwrap());
/// ```
/// ```compile_fail,E0277
/// struct Local(std::rc::Rc<()>);
/// impl curlback::Callbacks for Local {}
/// fn is_send<T: Send>(_: &T) {}
/// is_send(&curlback::Multi::<Local>::new().unwrap());
/// ```
mod threads_of_a_multi {}

/// The method `hooks` is written by the attribute or by hand, not by both.
///
/// ```
/// struct Ignore;
/// #[curlback::callbacks]
/// impl curlback::Callbacks for Ignore {
///     fn chunk_end(&mut self) -> curlback::CallbackResult {
///         curlback::CallbackResult::Continue
///     }
/// }
/// ```
/// ```compile_fail
/// struct Ignore;
/// #[curlback::callbacks]
/// impl curlback::Callbacks for Ignore {
///     fn hooks(&self) -> curlback::Hooks {
///         curlback::Hooks::default()
///     }
/// }
/// ```
mod hooks_written_twice {}
