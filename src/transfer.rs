//! The type `Transfer`: a transfer together with its handler.

use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::run::easy::Easy;
use crate::{Callbacks, Error, Hooks, Info, Remote};

mod check;

/// A transfer, with the handler whose methods are its callbacks.
///
/// A transfer can be performed any number of times, one after the other. In between, it normally keeps its connections
/// open. Options stay set until they are changed or the transfer is [reset](Transfer::reset).
///
/// The methods that drive the transfer take `&mut self` or `self`. So while libcurl runs it, neither the handler nor a
/// borrow from [`info`](Transfer::info) can be used, moved or dropped. A transfer is `Send` if its handler is `Send`.
///
/// [The guide](crate::guide) has a chapter for each subject.
///
/// # Errors of an option
/// Each method that sets an option returns [`Error::Option`] for a value that libcurl or this crate refuses, and
/// [`Error::Unsupported`] if the linked libcurl lacks the option or the value. After an error, the former value
/// normally stays set. Newer releases of libcurl call [`debug`](Callbacks::debug) when they refuse a value: if `debug`
/// fails, the method that sets the option returns the error of `debug`, or resumes its panic.
///
/// # Examples
/// ```
/// use curlback::{Transfer, handlers::Collect};
///
/// let file = std::env::current_dir()?.join("Cargo.toml");
/// let mut transfer = Transfer::new(Collect::new())?;
/// transfer.url(&format!("file://{}", file.display()))?;
/// transfer.perform()?;
/// assert!(transfer.handler().body().starts_with(b"[package]"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("CURL", "curl_easy_setopt", "curl_easy_cleanup", "Easy", "Easy2"))]
pub struct Transfer<H> {
    /// It is in a box, so that a move of the transfer is cheap: into a `Multi`, to another thread, and back.
    pub(crate) easy: Box<Easy<H>>,
    pub(crate) hooks: Hooks,
}

impl<H: Callbacks> Transfer<H> {
    /// Makes a transfer, and installs those callbacks of `handler` that its [`hooks`](Callbacks::hooks) name.
    ///
    /// Its options have libcurl's defaults, with these exceptions: the buffers normally have 64 KiB to receive and
    /// 256 KiB to send, [`progress`](Transfer::progress) is on if there is a callback for it, libcurl uses no signals
    /// (`CURLOPT_NOSIGNAL`), and the bundled libcurl trusts the system's certificates. With [`Hooks::SSL_CTX`], two
    /// caches are off: see [`set_hooks`](Transfer::set_hooks). Before libcurl 8.14.0, redirects do not lead to FTP: see
    /// [`redir_protocols_str`](Transfer::redir_protocols_str).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks a callback that the handler's
    /// [`hooks`](Callbacks::hooks) name, [`Error::Libcurl`] if memory has run out.
    #[doc(alias = "curl_easy_init")]
    pub fn new(handler: H) -> Result<Transfer<H>, Error> {
        let hooks = handler.hooks();
        let mut transfer = Transfer {
            easy: Easy::new(handler)?,
            hooks: Hooks::empty(),
        };
        transfer.configure(hooks)?;
        Ok(transfer)
    }

    /// Makes a transfer whose handler can hold the transfer's own [`Remote`], which `make` gets. For example, the
    /// handler can give the remote to another thread, which resumes a transfer that a callback has paused.
    ///
    /// # Errors
    /// Those of [`new`](Transfer::new).
    ///
    /// # Panics
    /// If `make` panics.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Callbacks, CallbackResult, Error, Info, Remote, Transfer, callbacks};
    ///
    /// /// Cancels the transfer once the headers have come.
    /// struct Head(Remote);
    ///
    /// #[callbacks]
    /// impl Callbacks for Head {
    ///     fn final_head(&mut self, _: &Info<'_>) -> CallbackResult {
    ///         self.0.cancel();
    ///         CallbackResult::Continue
    ///     }
    /// }
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new_with_remote(Head)?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new_with_remote(make: impl FnOnce(Remote) -> H) -> Result<Transfer<H>, Error> {
        let control = Arc::default();
        let handler = make(Remote::new(Arc::clone(&control)));
        let hooks = handler.hooks();
        let mut transfer = Transfer {
            easy: Easy::with_control(handler, control)?,
            hooks: Hooks::empty(),
        };
        transfer.configure(hooks)?;
        Ok(transfer)
    }

    /// Performs the transfer, and returns when it has ended.
    ///
    /// While nothing happens, the thread sleeps for a second at most, so that
    /// [`xfer_info`](Callbacks::xfer_info) is called about once a second. A [`Remote`] wakes the thread at once.
    ///
    /// An HTTP response of any status is a success, unless [`fail_on_error`](Transfer::fail_on_error) is set. The
    /// handler keeps its state from one transfer to the next. So before the next transfer, rewind the reader of a
    /// handler that sends, and empty the buffer of a handler that collects.
    ///
    /// # Errors
    /// [`Error::Callback`] or [`Error::Aborted`] if a callback ended the transfer, [`Error::Cancelled`] if a remote
    /// cancelled it, [`Error::Libcurl`] if libcurl reports another error, [`Error::Poll`] or [`Error::Multi`] if the
    /// transfer cannot be driven. Before anything is sent, [`Error::Option`] in these and a few rarer cases:
    ///
    /// - The handler has an [`address_filter`](Callbacks::address_filter) that would be bypassed: a
    ///   [strict](crate::AddressFilter::Strict) filter by [`doh_url`](Transfer::doh_url), and any filter without
    ///   [`Hooks::OPEN_SOCKET`], or without [`Hooks::PREREQ`] if the connections are those of a
    ///   [`Share`](crate::Share).
    /// - [`Hooks::SSH_KEY`] is set, but [`ssh_known_hosts`](Transfer::ssh_known_hosts) is not, so libcurl would not call
    ///   [`ssh_key`](Callbacks::ssh_key).
    /// - The last value of an option that protects the transfer was refused, such as one of
    ///   [`http_auth`](Transfer::http_auth), [`proxy_type`](Transfer::proxy_type) or [`ssl_version`](Transfer::ssl_version).
    /// - [`in_filesize`](Transfer::in_filesize) is set or the handler [has a body](Callbacks::has_body), but neither
    ///   [`upload`](Transfer::upload) nor an option for another method was ever set.
    /// - [`xoauth2_bearer`](Transfer::xoauth2_bearer) is set for HTTP or a WebSocket, but [`http_auth`](Transfer::http_auth)
    ///   does not have [`Auth::BEARER`](crate::Auth::BEARER).
    /// - The size of a body from [`read`](Callbacks::read) is announced, but [`Hooks::READ`] is unset.
    /// - libcurl is older than 7.66.0, and a `POST` has a body from [`read`](Callbacks::read) with neither an announced
    ///   size nor the header `Transfer-Encoding: chunked`.
    /// - [`Hooks::CLOSE_SOCKET`] is set together with a share of connections.
    /// - The call is made inside a callback, and the share is in use
    ///   ([threads take turns](crate::Share#threads-take-turns)).
    ///
    /// # Panics
    /// Resumes the panic of a callback, with its payload. The transfer can be performed again afterwards.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Code, Transfer, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().starts_with(b"[package]"));
    ///
    /// transfer.url("file:///no/such/file")?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::FILE_COULDNT_READ_FILE));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "curl_easy_perform")]
    pub fn perform(&mut self) -> Result<(), Error> {
        self.check()?;
        self.easy.perform()
    }
}

/// # The handler, information and remotes
impl<H> Transfer<H> {
    /// Returns the handler.
    #[must_use]
    #[doc(alias("CURLOPT_PRIVATE", "CURLINFO_PRIVATE", "get_ref"))]
    pub fn handler(&self) -> &H {
        self.easy.handler()
    }

    /// Returns the handler, mutably, for changes between transfers.
    #[must_use]
    #[doc(alias = "get_mut")]
    pub fn handler_mut(&mut self) -> &mut H {
        self.easy.handler_mut()
    }

    /// Returns the handler, mutably, and information about the last transfer.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// let (collect, info) = transfer.handler_and_info();
    /// assert_eq!(collect.take_body().len() as u64, info.download_size()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn handler_and_info(&mut self) -> (&mut H, Info<'_>) {
        self.easy.handler_and_info()
    }

    /// Drops the transfer and returns its handler.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::WriteTo};
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(WriteTo::new(Vec::new()))?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// let (body, ()) = transfer.into_handler().into_parts();
    /// assert!(body.starts_with(b"[package]"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn into_handler(self) -> H {
        self.easy.into_handler()
    }

    /// Returns a [`Remote`], which pauses, resumes and cancels this transfer from any thread. A request that is made
    /// before the transfer begins takes effect when the transfer begins. After a run has ended, requests do nothing until
    /// the next run begins or this method is called again.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Error, Transfer};
    /// let silent = std::net::TcpListener::bind("127.0.0.1:0")?; // never answers
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&format!("http://{}/", silent.local_addr()?))?;
    /// # transfer.noproxy("*")?;
    /// let remote = transfer.remote();
    /// std::thread::spawn(move || remote.cancel());
    /// assert!(matches!(transfer.perform(), Err(Error::Cancelled)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn remote(&self) -> Remote {
        Remote::new(self.easy.control().clone())
    }

    /// Returns information about the last transfer.
    ///
    /// The information cannot be kept beyond the next [`perform`](Transfer::perform). Most methods of [`Info`] are also
    /// methods of the transfer.
    ///
    /// # Examples
    /// ```
    /// use curlback::Transfer;
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// let info = transfer.info();
    /// assert_eq!(info.download_size()?, file.metadata()?.len());
    /// assert!(info.effective_url()?.is_some_and(|url| url.ends_with("/Cargo.toml")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn info(&self) -> Info<'_> {
        self.easy.info()
    }
}

/// # Resetting, copying, and changing callbacks
impl<H: Callbacks> Transfer<H> {
    /// Sets all options and the callbacks back to those of a new transfer. Connections and cookies are kept, and so is
    /// the [`share`](Transfer::share).
    ///
    /// # Errors
    /// Those of [`new`](Transfer::new). If [`connect_only`](Transfer::connect_only) has left a connection open, the
    /// reset closes it, and returns the error of a callback that libcurl calls for that. The transfer is reset all the
    /// same. [`Error::Option`] if the call is made inside a callback and would have to wait for a
    /// [`Share`](crate::Share) that is in use. Nothing is reset then.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls while it closes a connection that
    /// [`connect_only`](Transfer::connect_only) has left open, or of the drop of a [`mime`](Transfer::mime) reader.
    ///
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// # let url = server::http(|request| server::ok(request))?;
    /// transfer.useragent("example/1.0")?;
    /// transfer.reset()?;
    /// transfer.url(&url)?; // the URL is an option, too
    /// # transfer.noproxy("*")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(!request.contains("User-Agent: ")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "curl_easy_reset")]
    pub fn reset(&mut self) -> Result<(), Error> {
        let hooks = self.handler().hooks();
        let former = self.easy.reset()?;
        self.hooks = Hooks::empty();
        // First completes the reset, then returns the error or resumes the panic of a callback or of a destructor.
        let failure = self.easy.take_failure();
        let configured = self.configure(hooks);
        drop(former);
        self.easy.give_failure(failure).and(configured)
    }

    /// Makes a second transfer with the options and callbacks of this one, and with a clone of
    /// the handler. [`try_clone_with`](Transfer::try_clone_with) says what else is copied.
    ///
    /// # Errors
    /// Those of [`try_clone_with`](Transfer::try_clone_with).
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Collect};
    ///
    /// let mut template = Transfer::new(Collect::new())?;
    /// template.useragent("example/1.0")?;
    /// template.fail_on_error(true)?;
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = template.try_clone()?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// assert!(transfer.handler().body().starts_with(b"[package]"));
    /// assert!(template.handler().body().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "curl_easy_duphandle")]
    pub fn try_clone(&mut self) -> Result<Transfer<H>, Error>
    where
        H: Clone,
    {
        let handler = self.handler().clone();
        Ok(Transfer {
            easy: self.easy.duplicate(handler, self.hooks, self.hooks)?,
            hooks: self.hooks,
        })
    }

    /// Makes a second transfer with the options of this one, and installs those callbacks of `handler` that its
    /// [`hooks`](Callbacks::hooks) name.
    ///
    /// The second transfer has connections, [remotes](Transfer::remote) and lists of its own. Either transfer may be
    /// dropped while the other one is used. Connections, TLS sessions and the information about the last transfer are
    /// not copied. The cookies of the first transfer are not copied either, but the second transfer reads the files of
    /// [`cookie_file`](Transfer::cookie_file) again. If the first transfer has a [`share`](Transfer::share), the second
    /// one uses the same share. While libcurl copies, it calls no callback of either transfer.
    ///
    /// # Errors
    /// [`Error::Option`] if there is a [`mime`](Transfer::mime) with a reader, since two transfers cannot read from one
    /// reader; before libcurl 8.21.0, also if a file of [`hsts`](Transfer::hsts) is set; and if the call is made inside a
    /// callback and would have to wait for a [`Share`](crate::Share) that is in use. [`Error::Unsupported`] if the linked
    /// libcurl lacks a callback that the handler's [`hooks`](Callbacks::hooks) name, [`Error::Libcurl`] if memory has run
    /// out.
    #[doc(alias = "curl_easy_duphandle")]
    pub fn try_clone_with<G: Callbacks>(&mut self, handler: G) -> Result<Transfer<G>, Error> {
        let hooks = handler.hooks();
        let mut copy = Transfer {
            easy: self.easy.duplicate(handler, self.hooks, self.hooks)?,
            hooks: self.hooks,
        };
        if let Err(error) = copy.set_hooks(hooks) {
            copy.easy.unhook();
            return Err(error);
        }
        Ok(copy)
    }

    /// Installs the callbacks in `hooks`. Each flag of [`Hooks`] says what happens without its callback.
    ///
    /// `hooks` replaces the former value: `Hooks::default()` has no opt-in callback, and `Hooks::empty()` has none at
    /// all. Three flags also set others: [`Hooks::CLOSE_SOCKET`] sets [`Hooks::OPEN_SOCKET`], [`Hooks::FRAME`] sets
    /// [`Hooks::WRITE`], and [`Hooks::FINAL_HEAD`] sets [`Hooks::HEADER`] and [`Hooks::WRITE`]. This method also sets
    /// options. It turns [`progress`](Transfer::progress) on if `hooks` has [`Hooks::XFER_INFO`] or
    /// [`Hooks::PROGRESS`], and off otherwise. When [`Hooks::SSL_CTX`] is added, it turns the caches of
    /// [`ca_cache_timeout`](Transfer::ca_cache_timeout) and [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) off.
    /// When that flag is removed, it sets both options to libcurl's defaults.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks one of the callbacks. The former callbacks then stay
    /// installed.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Hooks, Transfer};
    ///
    /// let mut transfer = Transfer::new(())?;
    /// transfer.set_hooks(transfer.hooks() - Hooks::DEBUG)?;
    /// assert!(!transfer.hooks().contains(Hooks::DEBUG));
    /// transfer.set_hooks(Hooks::WRITE)?;
    /// assert_eq!(transfer.hooks(), Hooks::WRITE);
    /// # Ok::<(), curlback::Error>(())
    /// ```
    pub fn set_hooks(&mut self, hooks: Hooks) -> Result<(), Error> {
        let mut hooks = hooks;
        if hooks.contains(Hooks::CLOSE_SOCKET) {
            hooks |= Hooks::OPEN_SOCKET;
        }
        if hooks.contains(Hooks::FRAME) {
            hooks |= Hooks::WRITE;
        }
        if hooks.contains(Hooks::FINAL_HEAD) {
            hooks |= Hooks::HEADER | Hooks::WRITE;
        }
        if let Err(error) = self.easy.install(hooks) {
            self.easy.install(self.hooks)?;
            return Err(error);
        }
        let former = std::mem::replace(&mut self.hooks, hooks);
        if hooks.contains(Hooks::SSL_CTX) != former.contains(Hooks::SSL_CTX) {
            self.keep_trust_apart(hooks.contains(Hooks::SSL_CTX))?;
        }
        self.progress(hooks.intersects(Hooks::XFER_INFO | Hooks::PROGRESS))
    }
}

impl<H> Transfer<H> {
    /// Returns the installed callbacks.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        self.hooks
    }

    /// Keeps the idle connections of this transfer alive, by a ping on each HTTP/2 connection.
    /// A connection is pinged at most once per [`upkeep_interval`](Transfer::upkeep_interval).
    /// Without connections, this method does nothing.
    ///
    /// Since libcurl 8.10.0: earlier releases look only at connections made by `curl_easy_perform`, which this crate
    /// does not call. [libcurl's page](https://curl.se/libcurl/c/curl_easy_upkeep.html).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl is older than 8.10.0. [`Error::Option`] if other transfers use the
    /// connections of the [`share`](Transfer::share), or if the call would have to wait for a [`Share`](crate::Share)
    /// inside a callback. The error of a callback that libcurl calls during the upkeep.
    ///
    /// # Panics
    /// Resumes the panic of a callback that libcurl calls during the upkeep.
    #[doc(alias = "curl_easy_upkeep")]
    pub fn upkeep(&mut self) -> Result<(), Error> {
        self.easy.upkeep()
    }

    /// Returns libcurl's handle, for functions of libcurl that this crate does not have.
    ///
    /// The handle may be replaced by another one, for example when the transfer is reset, performed, added to a `Multi`
    /// or given another proxy. This crate guarantees nothing if the handle is passed to libcurl. Code that does this
    /// must not change the callbacks, their data or the error buffer, must not clean the handle up, and must not
    /// perform with it.
    #[must_use]
    #[doc(alias = "CURL")]
    pub fn as_raw(&self) -> *mut c_void {
        self.easy.as_raw()
    }
}

impl<H: Callbacks> Transfer<H> {
    /// Makes a transfer of a handle that has libcurl's defaults, and sets this crate's defaults and the callbacks in
    /// `hooks`. Returns the transfer even if that has failed, and the error beside it.
    pub(crate) fn of(easy: Box<Easy<H>>, hooks: Hooks) -> (Transfer<H>, Result<(), Error>) {
        let mut transfer = Transfer {
            easy,
            hooks: Hooks::empty(),
        };
        let configured = transfer.configure(hooks);
        (transfer, configured)
    }

    /// If `apart`, turns off two of libcurl's caches, for trusted certificates and for TLS sessions; otherwise sets them
    /// to their defaults. Through these caches, other transfers would trust what the callback `ssl_ctx` makes this
    /// transfer trust: a resumed TLS session does not verify the certificate chain again.
    fn keep_trust_apart(&mut self, apart: bool) -> Result<(), Error> {
        let day = Duration::from_secs(24 * 60 * 60);
        let kept = self.ca_cache_timeout(if apart { Duration::ZERO } else { day });
        for result in [kept, self.ssl_sessionid_cache(!apart)] {
            match result {
                // If the linked libcurl lacks the option, it has no such cache.
                Err(Error::Unsupported { .. }) => {}
                result => result?,
            }
        }
        Ok(())
    }

    fn configure(&mut self, hooks: Hooks) -> Result<(), Error> {
        self.easy.set_defaults()?;
        self.set_hooks(hooks)
    }
}

impl<H: fmt::Debug> fmt::Debug for Transfer<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("handler", self.handler())
            .field("hooks", &self.hooks)
            .field("info", &self.info())
            .finish()
    }
}
