//! Options: time limits, speeds, and the reuse of connections.

#[rustfmt::skip]
options! { "the connection";
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use curlback::{Code, Transfer};
    ///
    /// # let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let mut transfer = Transfer::new(())?;
    /// # transfer.noproxy("*")?;
    /// transfer.url(&format!("http://{}/", silent.local_addr()?))?; // never answers
    /// transfer.timeout(Duration::from_millis(50))?;
    /// let error = transfer.perform().unwrap_err();
    /// assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    timeout: millis, "CURLOPT_TIMEOUT_MS" or "CURLOPT_TIMEOUT", 155, "7.16.2", "Limits the time of the whole transfer, counted from when it is first driven. The time includes the wait for a free connection and, with [`connect_only`](Self::connect_only), the handshake of a WebSocket. With [`wildcard_match`](Self::wildcard_match), the limit applies to each file. Work that [`Remote::cancel`](crate::Remote::cancel) cannot interrupt, such as a blocking name resolution, may take longer. Zero, the default, means no limit. Rounds up to milliseconds.";
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.connect_timeout(Duration::from_secs(10))?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    connect_timeout: millis, "CURLOPT_CONNECTTIMEOUT_MS" or "CURLOPT_CONNECTTIMEOUT", 156, "7.16.2", "Limits the time until the connection is made; zero means the default of 300 seconds. If a time is set, the wait for a free connection counts too. Rounds up to milliseconds.";
    #[doc(alias = "CURLOPT_FTP_RESPONSE_TIMEOUT")]
    server_response_timeout: response, "CURLOPT_SERVER_RESPONSE_TIMEOUT_MS" or "CURLOPT_SERVER_RESPONSE_TIMEOUT", 324, "7.20.0", "Limits the wait for each response of the server in FTP and mail; by default one or two minutes, depending on the release, and half an hour before libcurl 7.64.0. Applies to SSH only since libcurl 8.1.0, with libssh2 1.11 or newer, and there libcurl rounds down to seconds. Rounds up to milliseconds, and before libcurl 8.6.0 to seconds.";
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.low_speed_limit(1_000)?; // fails below 1,000 bytes per second
    /// transfer.low_speed_time(Duration::from_secs(30))?; // for 30 seconds
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.starts_with("GET "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    low_speed_limit: number<u32>, "CURLOPT_LOW_SPEED_LIMIT", 19, "7.1", "Sets the speed, in bytes per second, below which a transfer fails after [`low_speed_time`](Self::low_speed_time).";
    low_speed_time: secs, "CURLOPT_LOW_SPEED_TIME", 20, "7.1", "Sets how long a transfer may stay below [`low_speed_limit`](Self::low_speed_limit). Rounds up to seconds. Since libcurl 7.75.0, the time of a pause does not count.";
    max_send_speed: size, "CURLOPT_MAX_SEND_SPEED_LARGE", 145, "7.15.5", "Limits the speed of sending, in bytes per second. Zero, the default, means no limit.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.max_recv_speed(1 << 20)?; // a MiB per second
    /// transfer.perform()?;
    /// assert_eq!(transfer.handler().body(), b"body");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    max_recv_speed: size, "CURLOPT_MAX_RECV_SPEED_LARGE", 146, "7.15.5", "Limits the speed of receiving, in bytes per second. Zero, the default, means no limit.";
    max_connects: number<u32>, "CURLOPT_MAXCONNECTS", 71, "7.7", "Limits how many connections are kept for reuse; 5 by default. Connections in use count too. In a [`Multi`](crate::Multi) and an [`Agent`](crate::Agent), [their limit](crate::Multi::max_connects) counts instead. With a [`Share`](crate::Share#how-many-connections-are-kept) of connections, set it on each transfer to the number of threads or more.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.perform()?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.num_connects()?, 0); // the connection was kept
    /// transfer.fresh_connect(true)?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.num_connects()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fresh_connect: flag, "CURLOPT_FRESH_CONNECT", 74, "7.7", "Makes a new connection for each transfer instead of reusing a kept one; off by default.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|_| server::ok("body"))?;
    /// transfer.forbid_reuse(true)?;
    /// transfer.perform()?;
    /// transfer.perform()?;
    /// assert_eq!(transfer.num_connects()?, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    forbid_reuse: flag, "CURLOPT_FORBID_REUSE", 75, "7.7", "Closes the connection after the transfer; off by default.";
    maxage_conn: secs, "CURLOPT_MAXAGE_CONN", 288, "7.65.0", "Sets how long a connection may have been idle and still be reused; 118 seconds by default. Rounds up to seconds.";
    maxlifetime_conn: secs, "CURLOPT_MAXLIFETIME_CONN", 314, "7.80.0", "Sets how old a connection may be and still be reused; 24 hours by default since libcurl 8.17.0. Zero, the default before that, means no limit. Rounds up to seconds.";
    upkeep_interval: millis, "CURLOPT_UPKEEP_INTERVAL_MS", 281, "7.62.0", "Sets how much time has to pass between two pings of [`upkeep`](Self::upkeep) on a connection; 60 seconds by default. Rounds up to milliseconds.";
}
