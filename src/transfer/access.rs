//! The handler of a transfer, its information and its remotes.

use crate::{Info, Remote, Transfer};

/// # The handler, information and remotes
impl<H> Transfer<H> {
    /// Returns the handler.
    #[must_use]
    pub fn handler(&self) -> &H {
        self.easy.handler()
    }

    /// Returns the handler, to be changed between transfers.
    ///
    /// # Examples
    /// ```
    /// use curlback::{Transfer, handlers::Collect};
    ///
    /// let file = std::env::current_dir()?.join("Cargo.toml");
    /// let mut transfer = Transfer::new(Collect::new())?;
    /// transfer.url(&format!("file://{}", file.display()))?;
    /// transfer.perform()?;
    /// let body = transfer.handler_mut().take_body();
    /// assert!(body.starts_with(b"[package]"));
    /// assert!(transfer.handler().body().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
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
    ///
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
    ///
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
    ///
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
