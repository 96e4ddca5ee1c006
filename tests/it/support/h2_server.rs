//! An HTTP/2 server for one test, without TLS and with it: nginx, if it is installed.

use std::fs;

use curlback::{Callbacks, Error, HttpVersion, Transfer};

use crate::support::peer::{Peer, find};
use crate::support::server::Server;
use crate::support::skip::skip;
use crate::support::tls_server::Identity;

/// Makes a transfer begin with HTTP/2. If the linked libcurl has no HTTP/2, skips the test and returns
/// `false`.
pub(crate) fn knows_http_2<H: Callbacks>(transfer: &mut Transfer<H>) -> bool {
    match transfer.http_version(HttpVersion::V2PriorKnowledge) {
        Err(Error::Unsupported { .. }) => {
            skip!("this libcurl has no HTTP/2");
            false
        }
        result => {
            result.unwrap();
            true
        }
    }
}

/// A running server.
pub(crate) struct H2Server(Peer);

impl H2Server {
    /// Serves one file at three paths: at full speed, with 1,000 bytes per second, and compressed. `/moved` redirects to
    /// the file.
    /// Returns `None` if nginx is not installed, or if the linked libcurl has no HTTP/2.
    pub(crate) fn new(contents: &[u8]) -> Option<H2Server> {
        H2Server::with(contents, "")
    }

    fn with(contents: &[u8], locations: &str) -> Option<H2Server> {
        let mut transfer = Transfer::new(()).unwrap();
        if !knows_http_2(&mut transfer) {
            return None;
        }
        let program = find("nginx")?;
        let identity = Identity::authority().vouch_for("127.0.0.1");
        let peer = Peer::start(&program, "using the \"", |dir, [port, tls_port]| {
            fs::write(dir.join("files").join("file"), contents)?;
            fs::write(dir.join("certificate"), identity.pem())?;
            fs::write(dir.join("key"), identity.key.private_key_to_pem_pkcs8()?)?;
            let dir = dir.display();
            let tls = format!(
                "listen 127.0.0.1:{tls_port} ssl http2; \
                 ssl_certificate {dir}/certificate; ssl_certificate_key {dir}/key;"
            );
            let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
                .concat();
            let config = format!(
                "daemon off; master_process off; pid {dir}/pid; error_log stderr notice;\n\
                 events {{}}\n\
                 http {{\n\
                 access_log off; client_max_body_size 0;\n{temporary}\
                 server {{ listen 127.0.0.1:{port} http2; {tls} root {dir}/files; dav_methods PUT;\n\
                 location /slow/ {{ alias {dir}/files/; limit_rate 1000; }}\n\
                 {locations}\
                 location /zip/ {{ alias {dir}/files/; gzip on; gzip_types *; }}\n\
                 location /moved {{ return 302 /file; }}\n\
                 }}\n}}\n"
            );
            let path = format!("{dir}/nginx.conf");
            fs::write(&path, config)?;
            Ok(["-e", "stderr", "-p", &dir.to_string(), "-c", &path]
                .map(str::to_owned)
                .into())
        });
        Some(H2Server(peer))
    }

    /// Forwards all requests, except those below `/slow/` and `/zip/`, to an HTTP/1.1 server, without
    /// buffering the bodies of requests and responses. Returns `None` if nginx is not installed, or if the
    /// linked libcurl has no HTTP/2.
    pub(crate) fn before(server: &Server) -> Option<H2Server> {
        let pass = format!(
            "location / {{ proxy_pass http://{}; proxy_http_version 1.1; proxy_buffering off; \
             proxy_request_buffering off; proxy_set_header Connection \"\"; }}\n",
            server.address()
        );
        H2Server::with(b"", &pass)
    }

    /// Makes a transfer fetch the file at full speed.
    pub(crate) fn whole<H: Callbacks>(&self, transfer: &mut Transfer<H>) {
        self.aim(transfer, "file");
    }

    /// Makes a transfer fetch the file with 1,000 bytes per second.
    pub(crate) fn slow<H: Callbacks>(&self, transfer: &mut Transfer<H>) {
        self.aim(transfer, "slow/file");
    }

    /// Makes a transfer fetch the file, compressed if its request accepts that.
    pub(crate) fn zipped<H: Callbacks>(&self, transfer: &mut Transfer<H>) {
        self.aim(transfer, "zip/file");
    }

    /// Makes a transfer store a file.
    pub(crate) fn store<H: Callbacks>(&self, transfer: &mut Transfer<H>, name: &str) {
        self.aim(transfer, name);
        transfer.upload(true).unwrap();
    }

    pub(crate) fn stored(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.dir.path().join("files").join(name)).unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.0.ports[0])
    }

    /// Returns the URL of a path over TLS. The server's certificate is from an authority that no client
    /// trusts.
    pub(crate) fn tls_url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}/{path}", self.0.ports[1])
    }

    fn aim<H: Callbacks>(&self, transfer: &mut Transfer<H>, path: &str) {
        transfer.url(&self.url(path)).unwrap();
        transfer
            .http_version(HttpVersion::V2PriorKnowledge)
            .unwrap();
    }
}
