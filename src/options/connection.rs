//! Options: time limits, speeds, and the reuse of connections.

#[rustfmt::skip]
options! { "the connection";
    timeout: millis, "CURLOPT_TIMEOUT_MS" or "CURLOPT_TIMEOUT", 155, "7.16.2", "Limits the time of the whole transfer, counted from when it is first driven, including the wait for a free connection and, with [`connect_only`](Self::connect_only), the handshake of a WebSocket. With [`wildcard_match`](Self::wildcard_match), the limit applies to each file. Work that [`Remote::cancel`](crate::Remote::cancel) cannot interrupt, such as a blocking name resolution, may take longer. Zero, the default, is no limit. Rounds up to milliseconds.";
    connect_timeout: millis, "CURLOPT_CONNECTTIMEOUT_MS" or "CURLOPT_CONNECTTIMEOUT", 156, "7.16.2", "Limits the time until connected; zero is the default of 300 seconds. If a time is set, it includes the wait for a free connection. Rounds up to milliseconds.";
    #[doc(alias = "CURLOPT_FTP_RESPONSE_TIMEOUT")]
    server_response_timeout: response, "CURLOPT_SERVER_RESPONSE_TIMEOUT_MS" or "CURLOPT_SERVER_RESPONSE_TIMEOUT", 324, "7.20.0", "Limits the wait for each answer in FTP, mail and SSH; a minute or two by default. Rounds up to milliseconds, and to seconds before libcurl 8.6.0.";
    low_speed_limit: number<u32>, "CURLOPT_LOW_SPEED_LIMIT", 19, "7.1", "Sets the speed, in bytes per second, below which a transfer fails after [`low_speed_time`](Self::low_speed_time).";
    low_speed_time: secs, "CURLOPT_LOW_SPEED_TIME", 20, "7.1", "Sets how long a transfer may stay below [`low_speed_limit`](Self::low_speed_limit). Rounds up to seconds.";
    max_send_speed: size, "CURLOPT_MAX_SEND_SPEED_LARGE", 145, "7.15.5", "Limits the speed of sending, in bytes per second; zero, the default, does not.";
    max_recv_speed: size, "CURLOPT_MAX_RECV_SPEED_LARGE", 146, "7.15.5", "Limits the speed of receiving, in bytes per second; zero, the default, does not.";
    max_connects: number<u32>, "CURLOPT_MAXCONNECTS", 71, "7.7", "Limits how many connections are kept for reuse; 5 by default.";
    fresh_connect: flag, "CURLOPT_FRESH_CONNECT", 74, "7.7", "Makes a new connection for the next transfer; off by default.";
    forbid_reuse: flag, "CURLOPT_FORBID_REUSE", 75, "7.7", "Closes the connection after the transfer; off by default.";
    maxage_conn: secs, "CURLOPT_MAXAGE_CONN", 288, "7.65.0", "Sets how long a connection may have been idle to be used again; 118 seconds by default. Rounds up to seconds.";
    maxlifetime_conn: secs, "CURLOPT_MAXLIFETIME_CONN", 314, "7.80.0", "Sets how old a connection may be to be used again; zero, the default, does not limit it. Rounds up to seconds.";
    upkeep_interval: millis, "CURLOPT_UPKEEP_INTERVAL_MS", 281, "7.62.0", "Sets how often a connection is kept up; 60 seconds by default. Rounds up to milliseconds.";
}
