//! The authorities of the system, and those that take their place.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use curlback::handlers::Collect;
use curlback::{Code, Error, Multi, Transfer, Unset, version};

use crate::support::built_in::{by_openssl, https};
use crate::support::skip::{is_before, skip};
use crate::support::tls_server::{Identity, TlsServer};
use crate::support::transfers::run_in;
use crate::tls::trust::loaded;

/// The variable with the directory in which the child finds what its parent has made.
const PLACE: &str = "CURLBACK_TEST_AUTHORITIES";

const TEST: &str = "tls::system::authorities_that_are_set_take_the_place_of_the_system_s";

fn get(url: &str) -> Transfer<Collect> {
    let mut transfer = Transfer::new(Collect::new()).unwrap();
    transfer.url(url).unwrap();
    transfer.noproxy("*").unwrap();
    transfer
}

/// Makes a directory with an authority, under the name by which OpenSSL looks for it.
fn directory(of: &Identity, path: &Path) {
    std::fs::create_dir(path).unwrap();
    let hash = of.certificate.subject_name_hash();
    std::fs::write(path.join(format!("{hash:08x}.0")), of.pem()).unwrap();
}

fn assert_distrusts(result: Result<(), Error>) {
    let code = result.unwrap_err().code();
    assert_eq!(code, Some(Code::PEER_FAILED_VERIFICATION));
}

/// The crate finds the system's authorities for the bundled libcurl, here by variables of the environment. For
/// another libcurl, its own directory or file would count.
#[test]
fn authorities_that_are_set_take_the_place_of_the_system_s() {
    if !https() {
        return;
    }
    let libcurl = version();
    if libcurl.cainfo().is_some() || libcurl.capath().is_some() || is_before((8, 22, 0)) {
        return skip!("the linked libcurl was built with the places of the system's authorities");
    }
    if !by_openssl() {
        return skip!("the TLS library of the linked libcurl reads no directory");
    }
    if let Some(place) = std::env::var_os(PLACE) {
        return check(Path::new(&place));
    }
    let dir = tempfile::tempdir().unwrap();
    let (system, other) = (Identity::authority(), Identity::authority());
    directory(&system, &dir.path().join("system"));
    directory(&other, &dir.path().join("other"));
    let file = dir.path().join("system.pem");
    std::fs::write(&file, system.pem()).unwrap();
    std::fs::write(dir.path().join("other.pem"), other.pem()).unwrap();
    let server = TlsServer::ok(&system.vouch_for("127.0.0.1"), "body");
    std::fs::write(dir.path().join("url"), server.url("/")).unwrap();
    let other = dir.path().join("other.pem");
    for (file, directory) in [
        (&file, Some("system")),
        (&other, Some("system")),
        (&other, Some("missing")),
        (&other, None),
    ] {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args([TEST, "--exact", "--nocapture"]);
        child.env(PLACE, dir.path()).env("SSL_CERT_FILE", file);
        match directory {
            Some(name) => child.env("SSL_CERT_DIR", dir.path().join(name)),
            None => child.env_remove("SSL_CERT_DIR"),
        };
        let output = child.output().unwrap();
        let shown = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{shown}");
    }
}

fn check(place: &Path) {
    let url = std::fs::read_to_string(place.join("url")).unwrap();
    if !std::env::var_os("SSL_CERT_DIR").is_some_and(|path| Path::new(&path).exists()) {
        // If the system has a directory, no variable names it.
        let lines = loaded(&mut get(&url));
        let [line] = &lines[..] else {
            panic!("{lines:?}");
        };
        return assert!(
            line.contains("CAfile") && line.contains("other.pem"),
            "{line}"
        );
    }
    get(&url).perform().unwrap();
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| Path::new(&file).ends_with("other.pem"))
    {
        return check_without_directory(&url, &place.join("system"));
    }
    let (file, directory) = (place.join("other.pem"), place.join("other"));
    let blob: Arc<[u8]> = std::fs::read(&file).unwrap().into();
    type Set<'a> = &'a dyn Fn(&mut Transfer<Collect>);
    let ways: [(Set<'_>, Unset); 3] = [
        (&|t| t.cainfo(&file).unwrap(), Unset::CAINFO),
        (&|t| t.capath(&directory).unwrap(), Unset::CAPATH),
        (
            &|t| t.ssl_cainfo_blob(&blob).unwrap(),
            Unset::SSL_CAINFO_BLOB,
        ),
    ];
    for (set, unset) in ways {
        let mut transfer = get(&url);
        set(&mut transfer);
        assert_distrusts(transfer.perform());
        // Sets the option again, after the paths of the system were set, and together with another option.
        transfer.unset(unset).unwrap();
        transfer.perform().unwrap();
        transfer.fresh_connect(true).unwrap();
        set(&mut transfer);
        assert_distrusts(transfer.perform());
        assert_distrusts(transfer.try_clone().unwrap().perform());
        transfer.reset().unwrap();
        transfer.url(&url).unwrap();
        transfer.noproxy("*").unwrap();
        let mut multi = Multi::new().unwrap();
        run_in(&mut multi, transfer).1.unwrap();
    }
    // With two of them, one stays when the other goes.
    let mut both = get(&url);
    both.cainfo(&file).unwrap();
    both.capath(&directory).unwrap();
    both.unset(Unset::CAINFO).unwrap();
    assert_distrusts(both.perform());
}

/// The system's file does not have the authority of the server, and the system's directory has it.
fn check_without_directory(url: &str, directory: &Path) {
    for is_new in [true, false] {
        let mut transfer = get(url);
        transfer.fresh_connect(true).unwrap();
        if !is_new {
            transfer.perform().unwrap();
        }
        transfer.no_capath().unwrap();
        assert_distrusts(transfer.perform());
        assert_distrusts(transfer.try_clone().unwrap().perform());
        transfer.unset(Unset::CAPATH).unwrap();
        transfer.perform().unwrap();
        transfer.no_capath().unwrap();
        assert_distrusts(transfer.perform());
        transfer.capath(directory).unwrap();
        transfer.perform().unwrap();
    }
}
