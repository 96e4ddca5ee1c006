//! Uploads to HTTP servers by others, where these servers are installed.
//!
//! If a server is missing, its test is skipped. With `CURLBACK_REQUIRE_PEERS` in the environment,
//! the test fails.

#![cfg(unix)]

use std::fs::{self, File};
use std::io::{self};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use curlback::handlers::{Collect, ReadFrom};
use curlback::{Auth, Code, Transfer};
use openssl::hash::{MessageDigest, hash};

use crate::support::bodies::bytes;
use crate::support::built_in::https;
use crate::support::peer::{Peer, find, nobody};
use crate::support::tls_server::Identity;

fn nginx(program: &Path, identity: &Identity) -> Peer {
    Peer::start(program, "using the \"", |dir, [plain, tls]| {
        fs::write(dir.join("certificate"), identity.pem())?;
        fs::write(dir.join("key"), identity.key.private_key_to_pem_pkcs8()?)?;
        let dir = dir.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {dir}/{kind};\n"))
            .concat();
        let server = format!(
            "root {dir}/files; dav_methods PUT;\n\
             location /moved {{ return 307 /arrived; }}\n"
        );
        let config = format!(
            "daemon off; master_process off; pid {dir}/pid; error_log stderr notice;\n\
             events {{}}\n\
             http {{\n\
             access_log off; client_max_body_size 0;\n{temporary}\
             server {{ listen 127.0.0.1:{plain}; {server} }}\n\
             server {{ listen 127.0.0.1:{tls} ssl; {server}\
             ssl_certificate {dir}/certificate; ssl_certificate_key {dir}/key; }}\n\
             }}\n"
        );
        let path = format!("{dir}/nginx.conf");
        fs::write(&path, config)?;
        Ok(["-e", "stderr", "-p", &dir.to_string(), "-c", &path]
            .map(str::to_owned)
            .into())
    })
}

fn apache(program: &Path) -> Peer {
    Peer::start(program, "resuming normal operations", |dir, [port, _]| {
        let secret = hash(MessageDigest::md5(), b"me:here:secret")?;
        let secret: String = secret.iter().map(|b| format!("{b:02x}")).collect();
        fs::write(dir.join("users"), format!("me:here:{secret}\n"))?;
        let user = match dir.metadata()?.uid() {
            0 => {
                // If root starts Apache, it serves as another user, who must own these paths.
                let (name, uid, gid) = nobody()?;
                for path in [dir.to_owned(), dir.join("files"), dir.join("users")] {
                    std::os::unix::fs::chown(path, Some(uid), Some(gid))?;
                }
                format!("User {name}\nGroup #{gid}\n")
            }
            _ => String::new(),
        };
        let modules: String = [
            "mpm_event",
            "authn_core",
            "authn_file",
            "authz_core",
            "authz_user",
            "auth_digest",
            "dav",
            "dav_fs",
        ]
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .concat();
        let dir = dir.display();
        let config = format!(
            "{modules}{user}ServerRoot {dir}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n\
             PidFile {dir}/pid\nMutex file:{dir}\nErrorLog /dev/stderr\nLogLevel notice\n\
             DocumentRoot {dir}/files\nDavLockDB {dir}/locks\n\
             <Directory {dir}/files>\n\
             Dav On\nAuthType Digest\nAuthName here\nAuthDigestProvider file\n\
             AuthUserFile {dir}/users\nRequire valid-user\n\
             </Directory>\n"
        );
        let path = format!("{dir}/httpd.conf");
        fs::write(&path, config)?;
        Ok(["-f", &path, "-DFOREGROUND"].map(str::to_owned).into())
    })
}

/// Makes a transfer that uploads a file with these bytes.
fn upload(url: &str, data: &[u8]) -> Transfer<ReadFrom<File, Collect>> {
    let mut file = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut file, data).unwrap();
    io::Seek::rewind(&mut file).unwrap();
    let mut transfer = Transfer::new(ReadFrom::new(file).and(Collect::new())).unwrap();
    transfer.url(url).unwrap();
    transfer.upload(true).unwrap();
    transfer.in_filesize(data.len() as u64).unwrap();
    transfer.fail_on_error(true).unwrap();
    transfer
}

#[test]
fn nginx_stores_what_is_uploaded() {
    let Some(program) = find("nginx") else { return };
    let peer = nginx(&program, &Identity::authority().vouch_for("127.0.0.1"));
    let data = bytes(5_000_001);
    let url = format!("http://127.0.0.1:{}", peer.ports[0]);

    let mut transfer = upload(&format!("{url}/file"), &data);
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    assert!(peer.uploaded("file") == data);

    // These bodies have no size in advance, and one of them is empty.
    for (name, data) in [("chunks", &data[..]), ("empty", b"")] {
        let reader = io::Cursor::new(data.to_vec());
        let mut transfer = Transfer::new(ReadFrom::new(reader)).unwrap();
        transfer.url(&format!("{url}/{name}")).unwrap();
        transfer.upload(true).unwrap();
        transfer.perform().unwrap();
        assert_eq!(transfer.response_code().unwrap(), 201);
        assert!(peer.uploaded(name) == data);
    }

    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(&format!("{url}/file")).unwrap();
    transfer.perform().unwrap();
    assert!(transfer.handler().body() == data);
}

#[test]
fn nginx_redirects_an_upload() {
    let Some(program) = find("nginx") else { return };
    let peer = nginx(&program, &Identity::authority().vouch_for("127.0.0.1"));
    let data = bytes(3_000_000);
    let mut transfer = upload(&format!("http://127.0.0.1:{}/moved", peer.ports[0]), &data);
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    assert_eq!(transfer.redirect_count().unwrap(), 1);
    assert!(peer.uploaded("arrived") == data);
}

#[test]
fn nginx_stores_what_is_uploaded_over_https() {
    if !https() {
        return;
    }
    let Some(program) = find("nginx") else { return };
    let authority = Identity::authority();
    let peer = nginx(&program, &authority.vouch_for("127.0.0.1"));
    let data = bytes(5_000_001);
    let mut transfer = upload(&format!("https://127.0.0.1:{}/file", peer.ports[1]), &data);
    let error = transfer.perform().unwrap_err();
    assert_eq!(
        error.code(),
        Some(Code::PEER_FAILED_VERIFICATION),
        "{error}"
    );
    let file = peer.dir.path().join("authority");
    fs::write(&file, authority.pem()).unwrap();
    transfer.cainfo(&file).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    assert!(peer.uploaded("file") == data);
}

#[test]
fn apache_demands_digest_and_stores_what_is_uploaded() {
    let Some(program) = find("apache2") else {
        return;
    };
    let peer = apache(&program);
    let url = format!("http://127.0.0.1:{}/file", peer.ports[0]);
    let data = bytes(5_000_001);

    let mut transfer = upload(&url, &data);
    transfer.username("me").unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer.password("wrong").unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::HTTP_RETURNED_ERROR), "{error}");
    assert_eq!(transfer.response_code().unwrap(), 401);

    let mut transfer = upload(&url, &data);
    transfer.username("me").unwrap();
    transfer.http_auth(Auth::ANY).unwrap();
    transfer.password("secret").unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.response_code().unwrap(), 201);
    assert_eq!(transfer.http_auth_avail().unwrap(), Auth::DIGEST);
    assert!(peer.uploaded("file") == data);
}
