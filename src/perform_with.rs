//! Performing a transfer with another handler than its own.

use std::thread;

use crate::run::easy::trust;
use crate::run::guard::discard;
use crate::{AddressFilter, Callbacks, Error, Hooks, Transfer};

/// # Other handlers
impl<H: Callbacks> Transfer<H> {
    /// Performs the transfer with the callbacks of `handler` instead of those of the transfer's own handler.
    ///
    /// `handler` may be a `&mut` to any handler, and may borrow what the callbacks need, as
    /// [`Closures`](crate::handlers::Closures) do. So one transfer, with its options and connections, serves
    /// many handlers. The callbacks in the [`hooks`](Callbacks::hooks) of `handler` are installed.
    /// [`progress`](Transfer::progress) is on if `handler` has `xfer_info` or `progress`. Afterwards, also
    /// after a panic, the transfer has its own callbacks again. The connections stay open, except as said
    /// below. A connection that was opened with the callbacks of `handler` is later closed without a call of
    /// [`close_socket`](Callbacks::close_socket). A [`Remote`](crate::Remote) of the transfer can cancel this
    /// run too.
    ///
    /// Three callbacks decide whom to trust: [`ssl_ctx`](Callbacks::ssl_ctx), [`ssh_key`](Callbacks::ssh_key)
    /// and [`ssh_hostkey`](Callbacks::ssh_hostkey). `handler` must have those of them that are installed for
    /// the own handler. If either handler has one of them, the connections are closed before and after this
    /// call. During the call, if only `handler` has `ssl_ctx`,
    /// [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) is off and
    /// [`ca_cache_timeout`](Transfer::ca_cache_timeout) is zero.
    ///
    /// # Errors
    /// Those of [`perform`](Transfer::perform), and [`Error::Unsupported`] if the linked libcurl lacks a
    /// callback that `handler` has. [`Error::Option`], before anything is sent, in three cases:
    /// - The transfer's own handler [filters addresses](Callbacks::address_filter). Put
    ///   [`Restricted`](crate::handlers::Restricted) around `handler` instead.
    /// - `handler` filters addresses without [`Hooks::PREREQ`]. The filter would not see the connections
    ///   that the transfer may already have.
    /// - The own handler decides whom to trust by an installed callback that `handler` does not have.
    ///
    /// # Panics
    /// Resumes the panic of a callback.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Callbacks, Transfer, WriteResult, callbacks};
    ///
    /// struct Body<'a>(&'a mut Vec<u8>);
    ///
    /// #[callbacks]
    /// impl Callbacks for Body<'_> {
    ///     fn write(&mut self, data: &[u8]) -> WriteResult {
    ///         self.0.extend_from_slice(data);
    ///         WriteResult::Continue
    ///     }
    /// }
    ///
    /// let directory = std::env::current_dir()?;
    /// let mut transfer = Transfer::new(())?;
    /// let mut bodies = Vec::new();
    /// for file in ["Cargo.toml", "README.md"] {
    ///     let mut body = Vec::new();
    ///     transfer.url(&format!("file://{}/{file}", directory.display()))?;
    ///     transfer.perform_with(Body(&mut body))?;
    ///     bodies.push(body);
    /// }
    /// assert!(bodies[0].starts_with(b"[package]"));
    /// assert!(bodies[1].starts_with(b"# curlback"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "transfer")]
    pub fn perform_with<G: Callbacks>(&mut self, handler: G) -> Result<(), Error> {
        let hooks = handler.hooks();
        self.check_trust(hooks)?;
        let mut exchange = Exchange::begin(self, handler, hooks)?;
        let result = exchange.perform(hooks);
        exchange.end().and(result)
    }

    /// Returns an error if the transfer's own handler filters addresses, or if `hooks`, those of the other
    /// handler, lack an installed callback by which the own handler decides whom to trust.
    fn check_trust(&self, hooks: Hooks) -> Result<(), Error> {
        if self.handler().address_filter() != AddressFilter::None {
            return Err(Error::Option {
                option: "CURLOPT_OPENSOCKETFUNCTION",
                reason: "another handler would bypass the address filter of the transfer's own handler",
            });
        }
        let lost = self.hooks() - hooks;
        match trust::CALLBACKS
            .iter()
            .find(|(hook, _)| lost.contains(*hook))
        {
            Some((_, option)) => Err(Error::Option {
                option,
                reason: "the transfer's own handler decides by it whom to trust, and the other handler does not have it",
            }),
            None => Ok(()),
        }
    }
}

/// A transfer whose libcurl handle is in another transfer, with another handler, for one `perform`.
struct Exchange<'a, H: Callbacks, G: Callbacks> {
    own: &'a mut Transfer<H>,
    other: Transfer<G>,
    /// Whether libcurl reported progress before the exchange; restored at the end.
    reports: bool,
    trust: trust::Shared,
    has_ended: bool,
}

impl<'a, H: Callbacks, G: Callbacks> Exchange<'a, H, G> {
    fn begin(own: &'a mut Transfer<H>, handler: G, hooks: Hooks) -> Result<Self, Error> {
        own.easy.close_trusted(own.hooks | hooks)?;
        let mut other = own.easy.move_out(handler)?;
        Ok(Exchange {
            reports: other.reports(),
            trust: other.shared_trust(),
            other: Transfer {
                easy: other,
                hooks: own.hooks,
            },
            own,
            has_ended: false,
        })
    }

    fn perform(&mut self, hooks: Hooks) -> Result<(), Error> {
        let other = &mut self.other;
        other.easy.install_after_exchange(hooks)?;
        other.set_hooks(hooks)?;
        // Refuses a handler that filters addresses without `prereq`: its filter would not see connections
        // that were made for the own handler.
        other.check_pool()?;
        other.perform()
    }

    /// Moves the libcurl handle back to the own transfer, and installs its callbacks again.
    fn end(mut self) -> Result<(), Error> {
        let failure = self.own.easy.take_back(&mut self.other.easy);
        self.has_ended = true;
        let restored = self.restore();
        self.own.easy.give_failure(failure).and(restored)
    }

    fn restore(&mut self) -> Result<(), Error> {
        let hooks = self.own.hooks;
        self.own.easy.install_after_exchange(hooks)?;
        self.own.easy.report(self.reports);
        let others = self.other.hooks;
        if (hooks ^ others).contains(Hooks::SSL_CTX) {
            self.own.easy.share_trust(self.trust)?;
        }
        self.own.easy.close_trusted(hooks | others)
    }
}

impl<H: Callbacks, G: Callbacks> Drop for Exchange<'_, H, G> {
    fn drop(&mut self) {
        if !self.has_ended {
            debug_assert!(thread::panicking());
            discard(self.own.easy.take_back(&mut self.other.easy));
            // Restoring sets only what was set before, so no failure is expected.
            let _ = self.restore();
        }
    }
}
