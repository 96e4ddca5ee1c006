//! FTP, and RTSP.

choice_values! { FtpAuth FtpCcc FtpCreateDir FtpMethod RtspRequest }

choices! {
    /// Which command asks an FTP server for TLS.
    pub enum FtpAuth {
        /// libcurl's choice.
        Default = 0, "CURLFTPAUTH_DEFAULT";
        /// `AUTH SSL`, then `AUTH TLS`.
        Ssl = 1, "CURLFTPAUTH_SSL";
        /// `AUTH TLS`, then `AUTH SSL`.
        Tls = 2, "CURLFTPAUTH_TLS";
    }
}

choices! {
    /// Whether the control connection leaves TLS after the login, and who ends it.
    pub enum FtpCcc {
        /// It does not.
        None = 0, "CURLFTPSSL_CCC_NONE";
        /// It does, and the server ends TLS.
        Passive = 1, "CURLFTPSSL_CCC_PASSIVE";
        /// It does, and the client ends TLS.
        Active = 2, "CURLFTPSSL_CCC_ACTIVE";
    }
}

choices! {
    /// What to do about a folder that is not there.
    pub enum FtpCreateDir {
        /// Fail.
        None = 0, "CURLFTP_CREATE_DIR_NONE";
        /// Create it.
        Create = 1, "CURLFTP_CREATE_DIR";
        /// Create it; if that fails, enter it once more, as another client may have created it.
        Retry = 2, "CURLFTP_CREATE_DIR_RETRY";
    }
}

choices! {
    /// How a file in a folder is reached.
    pub enum FtpMethod {
        /// libcurl's choice.
        Default = 0, "CURLFTPMETHOD_DEFAULT";
        /// By one CWD for each part of the path.
        MultiCwd = 1, "CURLFTPMETHOD_MULTICWD";
        /// By no CWD: the whole path is given with each command.
        NoCwd = 2, "CURLFTPMETHOD_NOCWD";
        /// By one CWD for the whole path.
        SingleCwd = 3, "CURLFTPMETHOD_SINGLECWD";
    }
}

choices! {
    /// A request of RTSP.
    pub enum RtspRequest {
        /// Asks what the server can do.
        Options = 1, "CURL_RTSPREQ_OPTIONS";
        /// Asks for the description of a stream.
        Describe = 2, "CURL_RTSPREQ_DESCRIBE";
        /// Gives the server the description of a stream.
        Announce = 3, "CURL_RTSPREQ_ANNOUNCE";
        /// Settles how a stream is transported.
        Setup = 4, "CURL_RTSPREQ_SETUP";
        /// Starts the stream.
        Play = 5, "CURL_RTSPREQ_PLAY";
        /// Holds the stream.
        Pause = 6, "CURL_RTSPREQ_PAUSE";
        /// Ends the session.
        Teardown = 7, "CURL_RTSPREQ_TEARDOWN";
        /// Asks for a parameter.
        GetParameter = 8, "CURL_RTSPREQ_GET_PARAMETER";
        /// Sets a parameter.
        SetParameter = 9, "CURL_RTSPREQ_SET_PARAMETER";
        /// Has the server record.
        Record = 10, "CURL_RTSPREQ_RECORD";
        /// Sends nothing, and receives what is interleaved.
        Receive = 11, "CURL_RTSPREQ_RECEIVE";
    }
}
