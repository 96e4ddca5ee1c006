//! Servers, one for each kind of login. Those written here for HTTP/1.1 close a connection after some
//! answers.

use curlback::{Auth, Callbacks, Features, Transfer, Version, WriteResult, version};

use crate::support::built_in::ftp;
use crate::support::ftp_server::FtpServer;
use crate::support::h2_server::H2Server;
use crate::support::server::{Conn, Request, Server};
use crate::support::skip::{is_before, skip};

/// The body with which the servers answer a request that they accept.
const BODY: &[u8] = b"answer";

/// The number of accepted requests after which an HTTP/1.1 connection ends.
const ANSWERS: usize = 5;

/// Makes one test of each given function for each kind of login.
macro_rules! for_each_login {
    ($tests:tt) => {
        for_each_login!(@ no_authentication None $tests);
        for_each_login!(@ userpwd Userpwd $tests);
        for_each_login!(@ user_in_url Url $tests);
        for_each_login!(@ digest Digest $tests);
        for_each_login!(@ ntlm Ntlm $tests);
        for_each_login!(@ ftp Ftp $tests);
        for_each_login!(@ proxy Proxy $tests);
        for_each_login!(@ proxy_digest ProxyDigest $tests);
        for_each_login!(@ tunnel Tunnel $tests);
        for_each_login!(@ http_2 Http2 $tests);
        for_each_login!(@ http_2_userpwd Http2Userpwd $tests);
    };
    (@ $module:ident $login:ident ($($test:ident)*)) => {
        mod $module {
            use crate::support::login_servers::Login;

            $(#[test]
            fn $test() {
                super::$test(Login::$login);
            })*
        }
    };
}

pub(crate) use for_each_login;

/// Returns whether a transfer with this login may use a share of addresses. If not, counts the test as
/// skipped.
pub(crate) fn may_share_addresses(login: Login) -> bool {
    let may = login != Login::Ftp || !is_before((8, 14, 0));
    if !may {
        skip!("the linked libcurl frees addresses that FTP uses");
    }
    may
}

/// Keeps the body of a server's answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    body: Vec<u8>,
    /// How many answers [`check`](Answer::check) has checked.
    pub(crate) count: usize,
}

impl Answer {
    /// Asserts that the whole answer has arrived, and clears it for the next one.
    pub(crate) fn check(&mut self) {
        assert_eq!(self.body, BODY);
        self.body.clear();
        self.count += 1;
    }
}

impl Callbacks for Answer {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }
}

/// How a transfer logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    None,
    /// Basic, with the login from `CURLOPT_USERPWD`.
    Userpwd,
    /// Basic, with the login from the URL.
    Url,
    Digest,
    Ntlm,
    Ftp,
    /// Basic at a proxy, with the login from the proxy's URL.
    Proxy,
    ProxyDigest,
    /// Basic at a proxy, through which the transfer makes a tunnel.
    Tunnel,
    Http2,
    Http2Userpwd,
}

/// A server for one kind of login.
pub(crate) struct LoginServer {
    login: Login,
    peer: Peer,
}

enum Peer {
    Http(Server),
    Http2(H2Server),
    Ftp(FtpServer),
}

impl LoginServer {
    /// Starts the server. Returns `None` if the linked libcurl or this machine lacks what this login
    /// needs.
    pub(crate) fn new(login: Login) -> Option<LoginServer> {
        let peer = match login {
            Login::Ftp => match ftp() {
                true => Peer::Ftp(FtpServer::new("file", BODY)),
                false => return None,
            },
            // Measured with libcurl 7.88.1 without this crate: 56 of 60 transfers fail if 4 at a time use
            // one connection of HTTP/2.
            Login::Http2 | Login::Http2Userpwd if Version::linked() < Version::new(8, 0, 0) => {
                skip!("this libcurl fails transfers that are added to a connection of HTTP/2");
                return None;
            }
            Login::Http2 | Login::Http2Userpwd => Peer::Http2(H2Server::new(BODY)?),
            Login::Ntlm if !version().features().contains(Features::NTLM) => {
                skip!("the linked libcurl has no NTLM");
                return None;
            }
            _ => Peer::Http(Server::new(move |conn| serve(conn, login))),
        };
        Some(LoginServer { login, peer })
    }

    /// Makes a transfer for this server.
    pub(crate) fn transfer(&self) -> Transfer<Answer> {
        let mut transfer = Transfer::new(Answer::default()).unwrap();
        self.aim(&mut transfer);
        transfer
    }

    /// Sets the options with which a transfer goes to this server and logs in.
    pub(crate) fn aim<H: Callbacks>(&self, transfer: &mut Transfer<H>) {
        match &self.peer {
            Peer::Http(server) => self.aim_http(transfer, server),
            Peer::Http2(server) => server.whole(transfer),
            Peer::Ftp(server) => transfer.url(&server.url("file")).unwrap(),
        }
        match self.login {
            Login::None | Login::Url | Login::Http2 => {}
            Login::Proxy | Login::ProxyDigest | Login::Tunnel => {}
            _ => transfer.userpwd("user:password").unwrap(),
        }
    }

    fn aim_http<H: Callbacks>(&self, transfer: &mut Transfer<H>, server: &Server) {
        let address = server.address();
        let proxy = format!("http://user:password@{address}");
        match self.login {
            Login::Url => transfer.url(&format!("{proxy}/")).unwrap(),
            Login::Proxy | Login::ProxyDigest | Login::Tunnel => {
                transfer.url("http://origin.test/").unwrap();
                transfer.proxy(&proxy).unwrap();
            }
            _ => transfer.url(&server.url("/")).unwrap(),
        }
        match self.login {
            Login::Digest => transfer.http_auth(Auth::DIGEST).unwrap(),
            Login::Ntlm => transfer.http_auth(Auth::NTLM).unwrap(),
            Login::ProxyDigest => transfer.proxy_auth(Auth::DIGEST).unwrap(),
            Login::Tunnel => transfer.http_proxy_tunnel(true).unwrap(),
            _ => {}
        }
    }
}

/// Performs the transfer, and checks the answer.
pub(crate) fn perform(transfer: &mut Transfer<Answer>) {
    transfer.perform().unwrap();
    transfer.handler_mut().check();
}

/// The second message of NTLM in base64: `NTLMSSP`, type 2, no target name, two flags, a challenge of eight
/// bytes, and no target information.
const NTLM_CHALLENGE: &str =
    "TlRMTVNTUAACAAAAAAAAADgAAAACAgAAASNFZ4mrze8AAAAAAAAAAAAAAAA4AAAAAAAAAAAAAAA=";

fn serve(conn: &mut Conn, login: Login) {
    let mut answers = 0;
    // With NTLM, a login is for the whole connection, not only for one request.
    let mut is_logged_in = false;
    while let Some(request) = conn.request() {
        if request.line.starts_with("CONNECT ") {
            conn.send("HTTP/1.1 200 OK\r\n\r\n");
            continue;
        }
        let challenge = match is_logged_in {
            true => None,
            false => challenge(&request, login),
        };
        if let Some(challenge) = challenge {
            let is_proxy = challenge.starts_with("Proxy");
            let status = if is_proxy { "407 No" } else { "401 No" };
            conn.reply(status, &challenge, "who is it?");
            continue;
        }
        is_logged_in = login == Login::Ntlm;
        answers += 1;
        if answers == ANSWERS {
            return conn.reply("200 OK", "Connection: close\r\n", BODY);
        }
        conn.reply("200 OK", "", BODY);
    }
}

/// Returns the header line that asks for a login, or for the next step of a login. Returns `None` if the
/// request has logged in, or need not.
fn challenge(request: &Request, login: Login) -> Option<String> {
    let digest = "Digest realm=\"here\", nonce=\"once\", qop=\"auth\", algorithm=MD5\r\n";
    let (name, begins, challenge) = match login {
        Login::Digest => ("authorization", "Digest", digest),
        Login::ProxyDigest => ("proxy-authorization", "Digest", digest),
        Login::Ntlm => ("authorization", "NTLM", "NTLM\r\n"),
        Login::Userpwd | Login::Url => ("authorization", "Basic dXNlcjpwYXNzd29yZA==", "Basic\r\n"),
        Login::Proxy => (
            "proxy-authorization",
            "Basic dXNlcjpwYXNzd29yZA==",
            "Basic\r\n",
        ),
        _ => return None,
    };
    let asks = match name {
        "authorization" => "WWW-Authenticate",
        _ => "Proxy-Authenticate",
    };
    let given = request
        .header(name)
        .filter(|given| given.starts_with(begins));
    match given {
        // The client has sent the first message of NTLM. The server sends the second.
        Some(given) if login == Login::Ntlm && given.starts_with("NTLM TlRMTVNTUAAB") => {
            Some(format!("{asks}: NTLM {NTLM_CHALLENGE}\r\n"))
        }
        Some(_) => None,
        None => Some(format!("{asks}: {challenge}")),
    }
}
