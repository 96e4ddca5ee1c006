//! The callbacks that check the host keys of SSH servers.

#![cfg(unix)]

use std::error::Error as _;
use std::fs;
use std::panic::panic_any;
use std::path::Path;
use std::process::Command;

use curlback::{
    Callback, Callbacks, Code, Error, Hooks, HostKeyResult, KhKey, KhMatch, KhStat, KhType,
    Transfer, Version, WriteResult,
};

use crate::support::breaks::{Own, payload};
use crate::support::built_in::has_sftp;
use crate::support::skip::{needs, skip};
use crate::support::sshd::{CONTENT, FILE, Sshd, said};

/// The arguments of one call of `ssh_key`, with the keys in base64 as in a known-hosts file.
#[derive(Debug, PartialEq)]
struct Question {
    known: Option<String>,
    found: String,
    kind: KhType,
    matching: KhMatch,
}

/// Answers `ssh_key` with `key` and `ssh_hostkey` with `hostkey`. Records the arguments of both, and
/// the body.
struct Guard {
    hooks: Hooks,
    key: fn() -> KhStat,
    hostkey: fn() -> HostKeyResult,
    questions: Vec<Question>,
    hostkeys: Vec<(KhType, String)>,
    body: Vec<u8>,
}

impl Guard {
    fn new(hooks: Hooks) -> Guard {
        Guard {
            hooks: Hooks::default() | hooks,
            key: || KhStat::Fine,
            hostkey: || HostKeyResult::Accept,
            questions: Vec::new(),
            hostkeys: Vec::new(),
            body: Vec::new(),
        }
    }

    fn answers(key: fn() -> KhStat) -> Guard {
        Guard {
            key,
            ..Guard::new(Hooks::SSH_KEY)
        }
    }

    fn hostkey_answers(hostkey: fn() -> HostKeyResult) -> Guard {
        Guard {
            hostkey,
            ..Guard::new(Hooks::SSH_HOSTKEY)
        }
    }
}

impl Callbacks for Guard {
    fn hooks(&self) -> Hooks {
        self.hooks
    }

    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.body.extend_from_slice(data);
        WriteResult::Continue
    }

    fn ssh_key(&mut self, known: Option<KhKey<'_>>, found: KhKey<'_>, matching: KhMatch) -> KhStat {
        self.questions.push(Question {
            known: known.map(|key| key.to_base64()),
            found: found.to_base64(),
            kind: found.kind(),
            matching,
        });
        (self.key)()
    }

    fn ssh_hostkey(&mut self, key: KhKey<'_>) -> HostKeyResult {
        self.hostkeys.push((key.kind(), key.to_base64()));
        (self.hostkey)()
    }
}

/// Makes a download for which libcurl reads the known-hosts file of `sshd`.
fn download<H: Callbacks>(sshd: &Sshd, handler: H) -> Transfer<H> {
    let mut transfer = sshd.transfer(handler, FILE);
    transfer.ssh_known_hosts(sshd.known_hosts()).unwrap();
    transfer
}

/// Returns the base64 part of "kind base64".
fn base64(key: &str) -> String {
    key.split_once(' ').unwrap().1.to_owned()
}

/// Returns the kind that the linked libcurl reports for a key of this kind. With libssh2, libcurl before
/// 7.84.0 reports every kind but RSA as DSS.
fn as_told(kind: KhType) -> KhType {
    match kind {
        KhType::Rsa => kind,
        _ if Version::linked() < Version::new(7, 84, 0) => KhType::Dss,
        _ => kind,
    }
}

/// Starts a server with this kind of key. Returns `None` if the linked libcurl has no `ssh_hostkey`, or
/// if [`Sshd::with_key`] returns `None`.
fn with_hostkey(kind: &str) -> Option<Sshd> {
    if Version::linked() < Version::new(7, 84, 0) {
        skip!("the linked libcurl has no CURLOPT_SSH_HOSTKEYFUNCTION");
        return None;
    }
    Sshd::with_key(kind)
}

const KINDS: [(&str, KhType); 3] = [
    ("ed25519", KhType::Ed25519),
    ("ecdsa", KhType::Ecdsa),
    ("rsa", KhType::Rsa),
];

#[test]
fn ssh_key_sees_an_unknown_a_known_and_a_changed_key_of_each_kind() {
    needs!((7, 68, 0), "kinds of SSH keys but RSA and DSS");
    for (name, kind) in KINDS {
        let Some(sshd) = Sshd::with_key(name) else {
            return;
        };
        let (own, other) = (sshd.host_key(), sshd.other_key(name));
        let cases = [
            (None, KhMatch::Missing),
            (Some(&own), KhMatch::Ok),
            (Some(&other), KhMatch::Mismatch),
        ];
        for (known, matching) in cases {
            sshd.know(known);
            let before = sshd.known_hosts_text();
            let mut transfer = download(&sshd, Guard::answers(|| KhStat::Fine));
            transfer.perform().unwrap();
            // The second transfer uses the same connection, so `ssh_key` is not called again.
            transfer.perform().unwrap();
            let guard = transfer.handler();
            let question = Question {
                known: known.map(|key| base64(key)),
                found: base64(&own),
                kind: as_told(kind),
                matching,
            };
            assert_eq!(guard.questions, [question]);
            assert_eq!(guard.body, CONTENT.repeat(2));
            assert_eq!(sshd.known_hosts_text(), before, "{name} {matching:?}");
        }
    }
}

#[test]
fn fine_add_to_file_makes_an_unknown_server_a_known_one() {
    needs!((7, 68, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::start() else { return };
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::FineAddToFile));
    transfer.fresh_connect(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(sshd.known_keys(), [sshd.host_key()]);
    let after = sshd.known_hosts_text();
    transfer.perform().unwrap();
    assert_eq!(sshd.known_hosts_text(), after);
    let matches = transfer.handler().questions.iter().map(|q| q.matching);
    assert!(matches.eq([KhMatch::Missing, KhMatch::Ok]));
}

#[test]
fn fine_add_to_file_makes_the_file_where_there_is_none() {
    needs!((7, 68, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::start() else { return };
    fs::remove_file(sshd.known_hosts()).unwrap();
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::FineAddToFile));
    transfer.perform().unwrap();
    let text = sshd.known_hosts_text();
    assert!(text.contains(&sshd.host_key()), "{text}");
}

#[test]
fn fine_add_to_file_keeps_the_key_that_a_server_had_and_fine_replace_does_not() {
    needs!((7, 74, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::start() else { return };
    let (own, other) = (sshd.host_key(), sshd.other_key("ed25519"));
    let added = vec![other.clone(), own.clone()];
    let cases: [(fn() -> KhStat, _); 2] = [
        (|| KhStat::FineAddToFile, added),
        (|| KhStat::FineReplace, vec![own.clone()]),
    ];
    for (answer, after) in cases {
        sshd.know(Some(&other));
        download(&sshd, Guard::answers(answer)).perform().unwrap();
        let mut keys = sshd.known_keys();
        keys.sort_by_key(|key| *key == own);
        assert_eq!(keys, after);
        // Now the file has the server's key.
        let mut transfer = download(&sshd, Guard::answers(|| KhStat::Fine));
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().questions[0].matching, KhMatch::Ok);
    }
}

#[test]
fn a_refusal_of_ssh_key_says_so_and_leaves_the_file_alone() {
    let Some(sshd) = Sshd::start() else { return };
    let other = sshd.other_key("ed25519");
    for changed in [false, true] {
        if changed {
            sshd.know(Some(&other));
        }
        let before = sshd.known_hosts_text();
        let perform = |answer| {
            let mut transfer = download(&sshd, Guard::answers(answer));
            let error = transfer.perform().unwrap_err();
            assert_eq!(error.callback(), Some(Callback::SshKey), "{error:#}");
            assert_eq!(error.code(), Some(Code::PEER_FAILED_VERIFICATION));
            assert_eq!(transfer.handler().questions.len(), 1);
            assert_eq!(transfer.handler().body, b"");
            assert_eq!(sshd.known_hosts_text(), before);
            // The transfer stays usable.
            transfer.handler_mut().key = || KhStat::Fine;
            transfer.perform().unwrap();
            assert_eq!(transfer.handler().body, CONTENT);
            error
        };

        let error = perform(|| KhStat::Reject);
        assert!(matches!(error, Error::Aborted { .. }), "{error:?}");

        let error = perform(|| KhStat::Fail(Own(Callback::SshKey).into()));
        let own = error.source().and_then(|cause| cause.downcast_ref());
        assert_eq!(own, Some(&Own(Callback::SshKey)));

        let error = perform(|| KhStat::Defer);
        match error.source().and_then(|cause| cause.downcast_ref()) {
            Some(Error::Unsupported { what, since, .. }) => {
                assert_eq!(*what, "CURLKHSTAT_DEFER");
                assert!(Version::linked() < *since);
            }
            cause => {
                assert!(cause.is_none(), "{error:?}");
                assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
            }
        }
    }
}

#[test]
fn panic_in_ssh_key_comes_out_of_perform() {
    let Some(sshd) = Sshd::start() else { return };
    let before = sshd.known_hosts_text();
    let mut transfer = download(&sshd, Guard::answers(|| panic_any(Own(Callback::SshKey))));
    let payload = payload(&mut transfer);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::SshKey)));
    assert_eq!(transfer.handler().body, b"");
    assert_eq!(sshd.known_hosts_text(), before);
    transfer.handler_mut().key = || KhStat::Fine;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, CONTENT);
}

/// Implements only [`Callbacks::hooks`]. Every callback is the default.
struct Defaults(Hooks);

impl Callbacks for Defaults {
    fn hooks(&self) -> Hooks {
        Hooks::default() | self.0
    }
}

#[test]
fn by_default_ssh_key_trusts_what_libcurl_alone_would() {
    needs!((7, 68, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::start() else { return };
    let (own, other) = (sshd.host_key(), sshd.other_key("ed25519"));
    for hooks in [Hooks::empty(), Hooks::SSH_KEY] {
        let perform = |known: Option<&String>| {
            sshd.know(known);
            let mut transfer = download(&sshd, Defaults(hooks));
            transfer.perform().map_err(|error| error.code().unwrap())
        };
        let refused = Err(Code::PEER_FAILED_VERIFICATION);
        assert_eq!(perform(None), refused);
        assert_eq!(perform(Some(&other)), refused);
        assert_eq!(perform(Some(&own)), Ok(()));
    }
}

#[test]
fn a_server_known_by_a_key_of_another_kind_is_not_taken_for_this_one() {
    needs!((7, 74, 0), "kinds of SSH keys but RSA and DSS");
    let Some(sshd) = Sshd::with_key("ecdsa") else {
        return;
    };
    sshd.know(Some(&sshd.other_key("ed25519")));
    // libcurl asks the server for a key of the kind in the file, and the server has none.
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::Fine));
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.code(), Some(Code::FAILED_INIT), "{error}");
    assert_eq!(transfer.handler().questions, []);

    // If the names in the file are hashed, libcurl takes the first one for that of this server. Its key, another
    // server's, is of the kind that this server has. So libcurl calls `ssh_key`, and compares only keys of this kind.
    let mut keygen = Command::new("ssh-keygen");
    said(keygen.arg("-H").arg("-f").arg(sshd.known_hosts()));
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::Reject));
    transfer.perform().unwrap_err();
    let question = &transfer.handler().questions[0];
    assert_eq!(
        (question.matching, &question.known),
        (KhMatch::Missing, &None)
    );
}

#[test]
fn names_in_certificates_have_nothing_to_do_with_keys() {
    let Some(sshd) = Sshd::start() else { return };
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::Reject));
    transfer.ssl_verify_host(false).unwrap();
    let error = transfer.perform().unwrap_err();
    let questions = transfer.handler().questions.len();
    match error {
        // libcurl would not ask.
        Error::Option { option, .. } => assert_eq!(option, "CURLOPT_SSL_VERIFYHOST"),
        error => assert_eq!(questions, 1, "{error}"),
    }
}

#[test]
fn ssh_key_is_unset_and_set_again() {
    let Some(sshd) = Sshd::start() else { return };
    let mut transfer = download(&sshd, Guard::answers(|| KhStat::Fine));
    transfer.fresh_connect(true).unwrap();
    transfer.perform().unwrap();
    let hooks = transfer.hooks();

    transfer.set_hooks(hooks - Hooks::SSH_KEY).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), None);
    assert_eq!(error.code(), Some(Code::PEER_FAILED_VERIFICATION));
    assert_eq!(transfer.handler().questions.len(), 1);

    transfer.set_hooks(hooks).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().questions.len(), 2);
}

#[test]
fn ssh_key_without_a_known_hosts_file_is_refused_before_anything_is_sent() {
    let Some(sshd) = Sshd::start() else { return };
    let refused = |transfer: &mut Transfer<Guard>| {
        let error = transfer.perform().unwrap_err();
        match error {
            Error::Option { option, .. } => assert_eq!(option, "CURLOPT_SSH_KNOWNHOSTS"),
            _ => panic!("{error:?}"),
        }
        assert_eq!(transfer.handler().body, b"");
    };
    let mut transfer = sshd.transfer(Guard::answers(|| KhStat::Fine), FILE);
    refused(&mut transfer);
    transfer.ssh_known_hosts(sshd.known_hosts()).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, CONTENT);

    // `reset` also unsets the known-hosts file.
    transfer.handler_mut().body.clear();
    transfer.reset().unwrap();
    transfer.url(&sshd.url(FILE)).unwrap();
    refused(&mut transfer);
}

#[test]
fn ssh_hostkey_sees_the_key_of_each_kind() {
    for (name, kind) in KINDS {
        let Some(sshd) = with_hostkey(name) else {
            return;
        };
        let guard = Guard::hostkey_answers(|| HostKeyResult::Accept);
        // No known-hosts file is needed.
        let mut transfer = sshd.transfer(guard, FILE);
        transfer.perform().unwrap();
        let key = base64(&sshd.host_key());
        assert_eq!(transfer.handler().hostkeys, [(kind, key)]);
        assert_eq!(transfer.handler().body, CONTENT);
    }
}

#[test]
fn a_refusal_of_ssh_hostkey_says_so() {
    let Some(sshd) = with_hostkey("ed25519") else {
        return;
    };
    let perform = |answer| {
        let mut transfer = sshd.transfer(Guard::hostkey_answers(answer), FILE);
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.callback(), Some(Callback::SshHostkey), "{error:#}");
        assert_eq!(error.code(), Some(Code::PEER_FAILED_VERIFICATION));
        assert_eq!(transfer.handler().body, b"");
        transfer.handler_mut().hostkey = || HostKeyResult::Accept;
        transfer.perform().unwrap();
        assert_eq!(transfer.handler().body, CONTENT);
        error
    };
    let error = perform(|| HostKeyResult::Reject);
    assert!(matches!(error, Error::Aborted { .. }), "{error:?}");
    let error = perform(|| HostKeyResult::Fail(Own(Callback::SshHostkey).into()));
    let own = error.source().and_then(|cause| cause.downcast_ref());
    assert_eq!(own, Some(&Own(Callback::SshHostkey)));
}

#[test]
fn panic_in_ssh_hostkey_comes_out_of_perform() {
    let Some(sshd) = with_hostkey("ed25519") else {
        return;
    };
    let answer = || panic_any(Own(Callback::SshHostkey));
    let mut transfer = sshd.transfer(Guard::hostkey_answers(answer), FILE);
    let payload = payload(&mut transfer);
    assert_eq!(payload.downcast_ref(), Some(&Own(Callback::SshHostkey)));
    assert_eq!(transfer.handler().body, b"");
    transfer.handler_mut().hostkey = || HostKeyResult::Accept;
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().body, CONTENT);
}

#[test]
fn ssh_hostkey_takes_the_place_of_the_known_hosts_file_until_it_is_unset() {
    let Some(sshd) = with_hostkey("ed25519") else {
        return;
    };
    // The file has no key for this server, and `ssh_hostkey` accepts its key. `ssh_key` is not called.
    let mut transfer = download(&sshd, Guard::new(Hooks::SSH_HOSTKEY | Hooks::SSH_KEY));
    transfer.fresh_connect(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().questions, []);
    assert_eq!(transfer.handler().hostkeys.len(), 1);

    // The file has the server's key, and `ssh_hostkey` rejects it.
    sshd.know(Some(&sshd.host_key()));
    transfer.handler_mut().hostkey = || HostKeyResult::Reject;
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::SshHostkey), "{error:#}");

    let hooks = transfer.hooks();
    transfer.set_hooks(hooks - Hooks::SSH_HOSTKEY).unwrap();
    transfer.perform().unwrap();
    assert_eq!(transfer.handler().questions[0].matching, KhMatch::Ok);
    assert_eq!(transfer.handler().hostkeys.len(), 2);

    transfer.set_hooks(hooks).unwrap();
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::SshHostkey), "{error:#}");

    // The default of `ssh_hostkey` rejects.
    let mut transfer = sshd.transfer(Defaults(Hooks::SSH_HOSTKEY), FILE);
    let error = transfer.perform().unwrap_err();
    assert_eq!(error.callback(), Some(Callback::SshHostkey), "{error:#}");
}

#[test]
fn without_ssh_in_libcurl_its_callbacks_and_options_are_unsupported() {
    if has_sftp() {
        skip!("the linked libcurl has SSH");
        return;
    }
    let names_ssh = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        assert!(error.to_string().contains("SSH"), "{error}");
    };
    let mut transfer = Transfer::new(()).unwrap();
    let hooks = transfer.hooks();
    for ssh in [Hooks::SSH_KEY, Hooks::SSH_HOSTKEY] {
        names_ssh(transfer.set_hooks(hooks | ssh));
        assert_eq!(transfer.hooks(), hooks);
        names_ssh(Transfer::new(Defaults(ssh)).map(drop));
    }
    names_ssh(transfer.ssh_known_hosts(Path::new("known_hosts")));
}
