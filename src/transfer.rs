//! One transfer and the value that holds its state.

use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::run::easy::Easy;
use crate::{Callbacks, Error, Hooks, Info, Remote};

mod check;

/// A transfer, with the handler whose methods are its callbacks.
///
/// It can perform any number of times, one after the other, and keeps its
/// connections open in between. Options stay set until changed or
/// [`reset`](Transfer::reset).
///
/// Driving takes `&mut self`, so neither the handler nor a borrow from
/// [`info`](Transfer::info) can be used, moved or dropped meanwhile.
/// A transfer is `Send` when its handler is.
///
/// [The guide](crate::guide) has a chapter for each subject.
///
/// # Errors of an option
/// Each method that sets an option returns [`Error::Option`] for a value that does not suit, and
/// [`Error::Unsupported`] if the linked libcurl lacks the option. The value set before then stays.
/// Newer releases of libcurl call [`debug`](Callbacks::debug) for a value that they refuse: the
/// method returns its error, and resumes its panic.
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
    /// In a box, since a transfer is moved often: into a `Multi`, to another thread, and back.
    pub(crate) easy: Box<Easy<H>>,
    pub(crate) hooks: Hooks,
}

impl<H: Callbacks> Transfer<H> {
    /// Makes a transfer with `handler`'s callbacks: those that its
    /// [`hooks`](Callbacks::hooks) name.
    ///
    /// Its defaults are libcurl's but for these: buffers of 64 KiB to receive
    /// and of 256 KiB to send, [`progress`](Transfer::progress) on, and no signals
    /// (`CURLOPT_NOSIGNAL`).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks a callback that the
    /// handler wants, [`Error::Libcurl`] if memory has run out.
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

    /// Makes a transfer whose handler has its [`Remote`], for example to give it to another thread that
    /// resumes what a callback has paused.
    ///
    /// # Errors
    /// As for [`new`](Transfer::new).
    ///
    /// # Panics
    /// If `make` panics.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Callbacks, CallbackResult, Error, Info, Remote, Transfer, callbacks};
    ///
    /// /// Downloads no more than the headers.
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
    /// While nothing happens, it sleeps for a second at most, so that
    /// [`xfer_info`](Callbacks::xfer_info) is called that often; a [`Remote`] wakes it at once.
    ///
    /// Whatever the server answers is a success, unless
    /// [`fail_on_error`](Transfer::fail_on_error) is set. The handler keeps its state from one
    /// transfer to the next: rewind what it reads, empty what it fills.
    ///
    /// # Errors
    /// [`Error::Callback`] or [`Error::Aborted`] if a callback ended the transfer,
    /// [`Error::Cancelled`] if a remote did, [`Error::Libcurl`] if anything else did.
    /// [`Error::Option`], before anything is sent, if what is set would make a callback that guards
    /// the transfer see nothing of it: an [`address_filter`](Callbacks::address_filter) with
    /// [`doh_url`](Transfer::doh_url), without [`Hooks::OPEN_SOCKET`] or, with connections of a
    /// [`Share`](crate::Share), without [`Hooks::PREREQ`]; [`ssh_key`](Callbacks::ssh_key) without
    /// [`ssh_known_hosts`](Transfer::ssh_known_hosts). Likewise for
    /// [`in_filesize`](Transfer::in_filesize), and for a handler that [has a body](Callbacks::has_body),
    /// if neither [`upload`](Transfer::upload) nor an option
    /// for another method was ever set; for an upload of an announced size without
    /// [`Hooks::READ`], since nothing would be sent; for an option that protects the transfer, such
    /// as [`http_auth`](Transfer::http_auth), [`proxy_type`](Transfer::proxy_type) or
    /// [`ssl_version`](Transfer::ssl_version), if its last value was refused; inside a callback,
    /// for a [`Share`](crate::Share) that is in use ([threads take
    /// turns](crate::Share#threads-take-turns)); and for a share with connections together with
    /// [`Hooks::CLOSE_SOCKET`].
    ///
    /// # Panics
    /// Resumes the panic of a callback, with its payload. The transfer can be
    /// performed again afterwards.
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

    /// Returns the handler, to be changed between transfers.
    #[must_use]
    #[doc(alias = "get_mut")]
    pub fn handler_mut(&mut self) -> &mut H {
        self.easy.handler_mut()
    }

    /// Returns the handler, to be changed, and information about the last transfer.
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

    /// Ends the transfer and returns the handler.
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

    /// Returns what pauses, resumes and cancels this transfer from anywhere: when it next
    /// runs, or now if it does.
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
    /// The information cannot outlive the next [`perform`](Transfer::perform). Each
    /// of its methods is also a method of the transfer.
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
    /// Sets all options, and the callbacks, back to how a new transfer has
    /// them. Connections and cookies are kept, and so is the [`share`](Transfer::share).
    ///
    /// # Errors
    /// As [`new`](Transfer::new); and the error of a callback that libcurl calls while it closes a
    /// connection which [`connect_only`](Transfer::connect_only) has left open: the transfer is
    /// reset all the same.
    ///
    /// # Panics
    /// Resumes the panic of such a callback.
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
        // The transfer is whole again before an error or panic of the user's is returned.
        let failure = self.easy.take_failure();
        let configured = self.configure(hooks);
        drop(former);
        self.easy.give_failure(failure).and(configured)
    }

    /// Makes a second transfer with the options and callbacks of this one, and a clone of
    /// its handler; as [`try_clone_with`](Transfer::try_clone_with).
    ///
    /// # Errors
    /// As [`try_clone_with`](Transfer::try_clone_with).
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

    /// Makes a second transfer with the options of this one and `handler`'s callbacks: those
    /// that its [`hooks`](Callbacks::hooks) name.
    ///
    /// It has connections, [remotes](Transfer::remote) and lists of its own, and is
    /// independent of this one, which may be dropped. Neither connections and TLS sessions
    /// nor what is known about the last transfer are copied. Of cookies, older releases
    /// of libcurl read their file again, and newer ones start without any.
    ///
    /// None of the callbacks of either is called meanwhile.
    ///
    /// # Errors
    /// [`Error::Option`] if there is a [`mime`](Transfer::mime) with a reader, which cannot be read
    /// by two. [`Error::Unsupported`] if the linked libcurl lacks a callback that the handler
    /// wants, [`Error::Libcurl`] if memory has run out.
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

    /// Installs the callbacks in `hooks`, and no others; [`Hooks`] says what happens without one.
    ///
    /// `hooks` replaces the former value: `Hooks::default()` has no opt-in callback, and
    /// `Hooks::empty()` has none at all. Three callbacks bring others with them:
    /// [`Hooks::CLOSE_SOCKET`] brings [`Hooks::OPEN_SOCKET`], [`Hooks::FRAME`] brings
    /// [`Hooks::WRITE`], and [`Hooks::FINAL_HEAD`] brings [`Hooks::HEADER`] and [`Hooks::WRITE`]. It also sets two groups of options: [`progress`](Transfer::progress) is on
    /// with [`Hooks::XFER_INFO`] or [`Hooks::PROGRESS`], else off; and where [`Hooks::SSL_CTX`] is
    /// set or unset, [`ca_cache_timeout`](Transfer::ca_cache_timeout) and
    /// [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) change with it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl lacks one of them. The former
    /// callbacks then stay.
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
    /// Returns the callbacks that libcurl is given.
    #[must_use]
    pub fn hooks(&self) -> Hooks {
        self.hooks
    }

    /// Keeps idle connections alive: sends a ping on each idle HTTP/2 connection.
    ///
    /// A connection is pinged at most once per [`upkeep_interval`](Transfer::upkeep_interval).
    /// Without connections, nothing is done.
    ///
    /// Since libcurl 8.10.0: earlier releases look only at connections made by `curl_easy_perform`,
    /// which this crate does not call.
    /// [libcurl's page](https://curl.se/libcurl/c/curl_easy_upkeep.html).
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the linked libcurl is older. [`Error::Option`] if other transfers
    /// use the connections of the [`share`](Transfer::share), or if the call would have to wait for
    /// a [`Share`](crate::Share) inside a callback. The error of a callback that libcurl calls
    /// meanwhile.
    ///
    /// # Panics
    /// Resumes the panic of such a callback.
    #[doc(alias = "curl_easy_upkeep")]
    pub fn upkeep(&mut self) -> Result<(), Error> {
        self.easy.upkeep()
    }

    /// Returns libcurl's handle, for what this crate does not reach.
    ///
    /// A transfer may have another handle after it was reset, performed or added to a `Multi`.
    /// It is out of contract: whoever gives it to libcurl must leave the
    /// callbacks, their data and the error buffer alone, must not clean it up,
    /// and must not perform with it.
    #[must_use]
    #[doc(alias = "CURL")]
    pub fn as_raw(&self) -> *mut c_void {
        self.easy.as_raw()
    }
}

impl<H: Callbacks> Transfer<H> {
    /// Makes one of a handle with libcurl's defaults, and says whether it could be set up.
    pub(crate) fn of(easy: Box<Easy<H>>, hooks: Hooks) -> (Transfer<H>, Result<(), Error>) {
        let mut transfer = Transfer {
            easy,
            hooks: Hooks::empty(),
        };
        let configured = transfer.configure(hooks);
        (transfer, configured)
    }

    /// Keeps what one transfer trusts through its TLS context from others: libcurl
    /// shares stores of certificates, and a resumed session checks none.
    fn keep_trust_apart(&mut self, apart: bool) -> Result<(), Error> {
        let day = Duration::from_secs(24 * 60 * 60);
        let kept = self.ca_cache_timeout(if apart { Duration::ZERO } else { day });
        for result in [kept, self.ssl_sessionid_cache(!apart)] {
            match result {
                // What the linked libcurl lacks, it does not share.
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
