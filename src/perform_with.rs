//! One transfer, performed with other handlers than its own.

use std::thread;

use crate::run::easy::trust;
use crate::run::guard::discard;
use crate::{AddressFilter, Callbacks, Error, Hooks, Transfer};

/// # Other handlers
impl<H: Callbacks> Transfer<H> {
    /// Performs the transfer with the callbacks of `handler`, and not with those of its own.
    ///
    /// `handler` may be a `&mut` to any handler, and may borrow whatever the callbacks need:
    /// [`Closures`](crate::handlers::Closures), for example. So one transfer, with its options and
    /// connections, serves many handlers. The callbacks are those that the
    /// [`hooks`](Callbacks::hooks) of `handler` name, and [`progress`](Transfer::progress) is on if it
    /// has `xfer_info` or `progress`. Afterwards, also after a panic, the transfer has its own callbacks again.
    /// Except as said below, the connections stay open. A connection that `handler` has opened is later closed
    /// without a call of [`close_socket`](Callbacks::close_socket). A [`Remote`](crate::Remote) of the transfer
    /// cancels this run too.
    ///
    /// A callback that decides whom to trust cannot be left out: [`ssl_ctx`](Callbacks::ssl_ctx),
    /// [`ssh_key`](Callbacks::ssh_key) and [`ssh_hostkey`](Callbacks::ssh_hostkey). If either handler has such a
    /// callback, the connections are closed before and afterwards. If only `handler` has `ssl_ctx`,
    /// [`ssl_sessionid_cache`](Transfer::ssl_sessionid_cache) is off and
    /// [`ca_cache_timeout`](Transfer::ca_cache_timeout) is zero meanwhile.
    ///
    /// # Errors
    /// As for [`perform`](Transfer::perform), and [`Error::Unsupported`] if the linked libcurl lacks a
    /// callback that `handler` wants. [`Error::Option`], before anything is sent,
    /// - if the transfer's own handler [filters addresses](Callbacks::address_filter): put
    ///   [`Restricted`](crate::handlers::Restricted) around `handler`, and have none in the transfer;
    /// - if `handler` filters addresses without [`Hooks::PREREQ`]: the transfer may already have
    ///   connections;
    /// - if the own handler decides whom to trust by a callback that `handler` does not have.
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

    /// Refuses another handler that would bypass what the own one guards.
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

/// A transfer whose handle another one has.
struct Exchange<'a, H: Callbacks, G: Callbacks> {
    own: &'a mut Transfer<H>,
    other: Transfer<G>,
    /// Whether progress is reported to the own handler.
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
        // A filter without `prereq` would not see connections that were made for the own handler.
        other.check_pool()?;
        other.perform()
    }

    /// Gives the transfer its own handler again.
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
            // What was set before can be set again.
            let _ = self.restore();
        }
    }
}
