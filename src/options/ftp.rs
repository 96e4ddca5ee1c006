//! Options: FTP, and some that SFTP and POP3 have too.

use crate::options::values::ftp::{FtpAuth, FtpCcc, FtpCreateDir, FtpMethod};

#[rustfmt::skip]
options! { "FTP";
    ftp_port: text unset FTP_PORT, "CURLOPT_FTPPORT", 17, "7.1", "Makes FTP active: the server makes the data connection, to this address or network interface of the client. `-` stands for the address of the control connection.";
    ftp_use_eprt: flag, "CURLOPT_FTP_USE_EPRT", 106, "7.10.5", "Tries EPRT before PORT; on by default.";
    ftp_use_epsv: flag, "CURLOPT_FTP_USE_EPSV", 85, "7.9.2", "Tries EPSV before PASV; on by default.";
    ftp_use_pret: flag, "CURLOPT_FTP_USE_PRET", 188, "7.20.0", "Sends PRET before PASV, which the server drftpd requires; off by default.";
    ftp_skip_pasv_ip: flag, "CURLOPT_FTP_SKIP_PASV_IP", 137, "7.15.0", "Ignores the address in the server's answer to PASV; on by default since libcurl 7.74.0.";
    accept_timeout: millis, "CURLOPT_ACCEPTTIMEOUT_MS", 212, "7.24.0", "Limits how long active FTP waits for the server to connect; 60 seconds by default. Rounds up to milliseconds.";
    ftp_account: line unset FTP_ACCOUNT, "CURLOPT_FTP_ACCOUNT", 134, "7.13.0", "Sets the account, if the server asks for one after the password.";
    ftp_alternative_to_user: line unset FTP_ALTERNATIVE_TO_USER, "CURLOPT_FTP_ALTERNATIVE_TO_USER", 147, "7.15.5", "Sets the command to send if USER is refused.";
    ftpsslauth: value<FtpAuth>, "CURLOPT_FTPSSLAUTH", 129, "7.12.2", "Sets which command asks for TLS.";
    ftp_ssl_ccc: value<FtpCcc>, "CURLOPT_FTP_SSL_CCC", 154, "7.16.1", "Sets whether the control connection ends TLS after the login; it does not by default.";
    ftp_filemethod: value<FtpMethod>, "CURLOPT_FTP_FILEMETHOD", 138, "7.15.1", "Sets which commands change to the directory of a file; by default one CWD for each part of the path.";
    ftp_create_missing_dirs: value<FtpCreateDir>, "CURLOPT_FTP_CREATE_MISSING_DIRS", 110, "7.10.7", "Sets whether the missing directories of the path are created, also with SFTP; they are not by default.";
    quote: lines, "CURLOPT_QUOTE", 28, "7.1", "Sends these commands of FTP or SFTP before the transfer. If a command begins with `*`, its failure is ignored.";
    prequote: lines, "CURLOPT_PREQUOTE", 93, "7.9.5", "Sends these FTP commands immediately before the transfer, after the transfer type was set.";
    postquote: lines, "CURLOPT_POSTQUOTE", 39, "7.1", "Sends these commands of FTP or SFTP after the transfer.";
    #[doc(alias = "CURLOPT_FTPLISTONLY")]
    dirlistonly: flag, "CURLOPT_DIRLISTONLY", 48, "7.17.0", "Lists only names, with FTP, POP3 and SFTP; off by default.";
    #[doc(alias = "CURLOPT_FTPAPPEND")]
    append: flag, "CURLOPT_APPEND", 50, "7.17.0", "Appends an upload to the file instead of replacing it; off by default.";
    wildcard_match: flag, "CURLOPT_WILDCARDMATCH", 197, "7.21.0", "Downloads every file that the pattern at the end of the URL's path matches; off by default.";
}
