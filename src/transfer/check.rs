//! Checks before a transfer begins: for options that exclude each other, and callbacks that would not protect it.

use crate::{AddressFilter, Callbacks, Error, Hooks, ShareData, Transfer};

impl<H: Callbacks> Transfer<H> {
    /// Returns an error if libcurl would silently perform the transfer in another way than its options and callbacks
    /// say.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_for(false)
    }

    /// Does the same as [`check`](Transfer::check). If `is_written`, the program writes the body of the request, and
    /// `read` of the handler is not used.
    pub(crate) fn check_for(&self, is_written: bool) -> Result<(), Error> {
        let refuse = |option, reason| Err(Error::Option { option, reason });
        let filter = self.handler().address_filter();
        if filter != AddressFilter::None && !self.hooks.contains(Hooks::OPEN_SOCKET) {
            let reason = "without it, the address filter of the handler would see no address";
            return refuse("CURLOPT_OPENSOCKETFUNCTION", reason);
        }
        if filter == AddressFilter::Strict && self.easy.has_doh_url() {
            let reason = "its own connections would bypass the address filter of the handler";
            return refuse("CURLOPT_DOH_URL", reason);
        }
        if self.hooks.contains(Hooks::SSH_KEY) && !self.easy.has_known_hosts() {
            let reason = "without it, `ssh_key` would never be called and every server be trusted";
            return refuse("CURLOPT_SSH_KNOWNHOSTS", reason);
        }
        if self.easy.trusts_ssh_servers() {
            let reason = "without it, libcurl before 8.9.0 with libssh would not look into the known-hosts file, and trust every server";
            return refuse("CURLOPT_SSL_VERIFYHOST", reason);
        }
        if let Some(option) = self.easy.refused_guard() {
            let reason = "its last value was refused, so the transfer would be less protected: set another value";
            return refuse(option, reason);
        }
        if self.easy.shares(ShareData::CONNECTIONS) {
            self.check_pool()?;
        }
        let is_read = is_written || self.hooks.contains(Hooks::READ);
        if !is_read && self.easy.announces_body() {
            let reason = "without it, nothing sends the body whose size is announced";
            return refuse("CURLOPT_READFUNCTION", reason);
        }
        if self.easy.lacks_length() {
            let reason = "before libcurl 7.66.0, the server would not see the end of the body: announce its size, or set the header `Transfer-Encoding: chunked`";
            return refuse("CURLOPT_POSTFIELDSIZE_LARGE", reason);
        }
        if !is_written && self.handler().has_body() && self.easy.forgets_body() {
            let reason = "without it or CURLOPT_POST, the body of the handler is not sent: call `upload(true)` or `post(true)`, or `upload(false)` if this is meant";
            return refuse("CURLOPT_UPLOAD", reason);
        }
        if self.easy.lacks_method() {
            let reason = "without it, nothing sends the body that `in_filesize` announces: call `upload(true)`, or `post(true)` and `post_field_size`";
            return refuse("CURLOPT_UPLOAD", reason);
        }
        if self.easy.withholds_token() {
            let reason = "without `Auth::BEARER`, HTTP does not send the token of `xoauth2_bearer`: call `http_auth(Auth::BEARER)`, or unset the token";
            return refuse("CURLOPT_HTTPAUTH", reason);
        }
        if self.hooks.contains(Hooks::CLOSE_SOCKET) && self.easy.shares(ShareData::CONNECTIONS) {
            let reason = "connections of a share may be closed when the transfer is gone";
            return refuse("CURLOPT_CLOSESOCKETFUNCTION", reason);
        }
        Ok(())
    }

    /// Returns an error if the handler filters addresses and `prereq` is not installed: without `prereq`, the filter
    /// would not see the connections that other transfers have made.
    pub(crate) fn check_pool(&self) -> Result<(), Error> {
        let filters = self.handler().address_filter() != AddressFilter::None;
        match filters && !self.hooks.contains(Hooks::PREREQ) {
            true => Err(Error::Option {
                option: "CURLOPT_PREREQFUNCTION",
                reason: "without it, the address filter of the handler would not see connections of other transfers",
            }),
            false => Ok(()),
        }
    }
}
