//! Values for FTP and RTSP.

choices! {
    /// Which command asks an FTP server for TLS.
    pub enum FtpAuth {
        /// libcurl's choice.
        Default = 0, "CURLFTPAUTH_DEFAULT", "7.12.2";
        /// `AUTH SSL`, then `AUTH TLS`.
        Ssl = 1, "CURLFTPAUTH_SSL", "7.12.2";
        /// `AUTH TLS`, then `AUTH SSL`.
        Tls = 2, "CURLFTPAUTH_TLS", "7.12.2";
    }
}

choices! {
    /// Whether TLS on the control connection ends after the login, and which side ends it.
    pub enum FtpCcc {
        /// The control connection keeps TLS.
        None = 0, "CURLFTPSSL_CCC_NONE", "7.16.2";
        /// The server ends TLS.
        Passive = 1, "CURLFTPSSL_CCC_PASSIVE", "7.16.1";
        /// The client ends TLS.
        Active = 2, "CURLFTPSSL_CCC_ACTIVE", "7.16.2";
    }
}

choices! {
    /// What libcurl does if a directory of the path does not exist.
    pub enum FtpCreateDir {
        /// libcurl fails the transfer.
        None = 0, "CURLFTP_CREATE_DIR_NONE", "7.19.4";
        /// libcurl creates the directory.
        Create = 1, "CURLFTP_CREATE_DIR", "7.19.4";
        /// libcurl creates the directory. If that fails with FTP, libcurl tries once more to enter the directory, since
        /// another client may have created it.
        Retry = 2, "CURLFTP_CREATE_DIR_RETRY", "7.19.4";
    }
}

choices! {
    /// Which commands change to the directory of a file.
    pub enum FtpMethod {
        /// libcurl's choice.
        Default = 0, "CURLFTPMETHOD_DEFAULT", "7.15.3";
        /// One CWD for each part of the path.
        MultiCwd = 1, "CURLFTPMETHOD_MULTICWD", "7.15.3";
        /// No CWD: each command has the whole path.
        NoCwd = 2, "CURLFTPMETHOD_NOCWD", "7.15.3";
        /// One CWD for the whole path of the directory.
        SingleCwd = 3, "CURLFTPMETHOD_SINGLECWD", "7.15.3";
    }
}

choices! {
    /// A request of RTSP.
    pub enum RtspRequest {
        /// Asks what the server can do.
        Options = 1, "CURL_RTSPREQ_OPTIONS", "7.20.0";
        /// Asks for the description of a stream.
        Describe = 2, "CURL_RTSPREQ_DESCRIBE", "7.20.0";
        /// Gives the server the description of a stream.
        Announce = 3, "CURL_RTSPREQ_ANNOUNCE", "7.20.0";
        /// Negotiates how a stream is transported.
        Setup = 4, "CURL_RTSPREQ_SETUP", "7.20.0";
        /// Starts the stream.
        Play = 5, "CURL_RTSPREQ_PLAY", "7.20.0";
        /// Pauses the stream.
        Pause = 6, "CURL_RTSPREQ_PAUSE", "7.20.0";
        /// Ends the session.
        Teardown = 7, "CURL_RTSPREQ_TEARDOWN", "7.20.0";
        /// Asks for the value of a parameter.
        GetParameter = 8, "CURL_RTSPREQ_GET_PARAMETER", "7.20.0";
        /// Sets a parameter.
        SetParameter = 9, "CURL_RTSPREQ_SET_PARAMETER", "7.20.0";
        /// Makes the server record the stream.
        Record = 10, "CURL_RTSPREQ_RECORD", "7.20.0";
        /// Sends no request, and receives RTP packets on the same connection.
        Receive = 11, "CURL_RTSPREQ_RECEIVE", "7.20.0";
    }
}
