//! Options: names, passwords and other credentials.

use crate::options::values::auth::{Auth, GssapiDelegation, HttpsigAlgorithm, NetRc};

#[rustfmt::skip]
options! { "names and passwords";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.username("me")?;
    /// transfer.password("secret")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Authorization: Basic bWU6c2VjcmV0\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "basic_auth")]
    username: line unset USERNAME, "CURLOPT_USERNAME", 173, "7.19.1", "Sets the user name. It cannot contain an end of line, since some protocols send it as part of a line.";
    password: line unset PASSWORD, "CURLOPT_PASSWORD", 174, "7.19.1", "Sets the password. It cannot contain an end of line, since some protocols send it as part of a line.";
    /// # Examples
    /// ```
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.userpwd("me:secret")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Authorization: Basic bWU6c2VjcmV0\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    userpwd: line unset USERPWD, "CURLOPT_USERPWD", 5, "7.1", "Sets user name and password: `name:password`.";
    login_options: line unset LOGIN_OPTIONS, "CURLOPT_LOGIN_OPTIONS", 224, "7.34.0", "Sets options for the login to a mail server, such as `AUTH=PLAIN`.";
    /// # Examples
    /// ```
    /// use curlback::Auth;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.http_auth(Auth::BEARER)?;
    /// transfer.xoauth2_bearer("token")?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Authorization: Bearer token\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    http_auth: value<Auth>, "CURLOPT_HTTPAUTH", 107, "7.10.6", "Sets which methods of authentication with the server are allowed; [`Auth::BASIC`] by default.";
    unrestricted_auth: flag, "CURLOPT_UNRESTRICTED_AUTH", 105, "7.10.4", "Sends user name and password to every host to which a redirect leads; off by default. Before libcurl 7.83.0, they are also sent to the first host with another port or scheme even if this option is off, unless the distribution has fixed that release.";
    netrc: value<NetRc>, "CURLOPT_NETRC", 51, "7.1", "Sets whether names and passwords are taken from the `.netrc` file; they are not by default.";
    /// # Examples
    /// ```
    /// use curlback::NetRc;
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::transfer(|request| server::ok(request))?;
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("netrc");
    /// std::fs::write(&file, "machine 127.0.0.1 login me password secret\n")?;
    /// transfer.netrc(NetRc::Optional)?;
    /// transfer.netrc_file(&file)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Authorization: Basic bWU6c2VjcmV0\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    netrc_file: path unset NETRC_FILE, "CURLOPT_NETRC_FILE", 118, "7.11.0", "Sets the file to read instead of `.netrc` in the home directory.";
    /// # Examples
    /// ```
    /// use curlback::{Auth, Error};
    ///
    /// # mod server { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/server.rs")); }
    /// # let mut transfer = server::echo()?;
    /// transfer.xoauth2_bearer("token")?;
    /// assert!(matches!(transfer.perform(), Err(Error::Option { .. })));
    ///
    /// transfer.http_auth(Auth::BEARER)?;
    /// transfer.perform()?;
    /// # let request = server::request(&transfer);
    /// assert!(request.contains("Authorization: Bearer token\r\n")); // what the server has received
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias("bearer_auth", "token"))]
    xoauth2_bearer: line unset XOAUTH2_BEARER, "CURLOPT_XOAUTH2_BEARER", 220, "7.33.0", "Sets the OAuth 2.0 token for [`Auth::BEARER`] and for mail. With HTTP and WebSockets, also call [`http_auth`](Self::http_auth) with [`Auth::BEARER`], which then takes the place of user name and password; without it, libcurl would send no token, and [`perform`](Self::perform) returns an error.";
    sasl_authzid: line unset SASL_AUTHZID, "CURLOPT_SASL_AUTHZID", 289, "7.66.0", "Sets the identity for which the client acts (`authzid`), if it is not that of the user who logs in.";
    sasl_ir: flag, "CURLOPT_SASL_IR", 218, "7.31.0", "Sends the first response of a login together with the command, in mail protocols; off by default.";
    service_name: text unset SERVICE_NAME, "CURLOPT_SERVICE_NAME", 236, "7.43.0", "Sets the name of the server's service in Kerberos; by default it is that of the protocol.";
    gssapi_delegation: value<GssapiDelegation>, "CURLOPT_GSSAPI_DELEGATION", 210, "7.22.0", "Sets whether the server may act for the client with the client's Kerberos ticket; it may not by default.";
    aws_sigv4: line, "CURLOPT_AWS_SIGV4", 305, "7.75.0", "Signs requests with AWS signature V4: `provider1:provider2:region:service`. This also sets [`http_auth`](Self::http_auth) to [`Auth::AWS_SIGV4`].";
    httpsig_algorithm: value<HttpsigAlgorithm>, "CURLOPT_HTTPSIG_ALGORITHM", 329, "8.22.0", "Signs requests with HTTP message signatures (RFC 9421); experimental in libcurl. This also sets [`http_auth`](Self::http_auth) to [`Auth::HTTPSIG`], unless the value is [`HttpsigAlgorithm::None`].";
    httpsig_key: line, "CURLOPT_HTTPSIG_KEY", 330, "8.22.0", "Sets the key that signs requests, in hexadecimal digits.";
    httpsig_keyid: line, "CURLOPT_HTTPSIG_KEYID", 331, "8.22.0", "Sets the name by which the server knows the key that signs requests.";
    httpsig_headers: line, "CURLOPT_HTTPSIG_HEADERS", 332, "8.22.0", "Sets which components of a request are signed: `method`, `authority`, `path`, `query`, or the name of a header with a colon, separated by spaces.";
    #[deprecated(note = "Kerberos for FTP was removed from libcurl 8.17.0")]
    #[doc(alias = "CURLOPT_KRB4LEVEL")]
    krblevel: line, "CURLOPT_KRBLEVEL", 63, "7.16.4", "Sets how Kerberos protects FTP: `clear`, `safe`, `confidential` or `private`.";
}
