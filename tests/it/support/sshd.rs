//! OpenSSH's server for one test, on 127.0.0.1, with keys made for the test.
//!
//! A test whose programs are not installed is skipped. With `CURLBACK_REQUIRE_PEERS` in the environment,
//! it fails.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use curlback::{Callbacks, SshAuth, Transfer};
use tempfile::TempDir;

use crate::support::built_in::has_sftp;
use crate::support::peer::find;
use crate::support::skip::skip;

const HOST: &str = "127.0.0.1";

/// The name of a file that every server has.
pub(crate) const FILE: &str = "file";

/// The content of [`FILE`].
pub(crate) const CONTENT: &[u8] = b"what the server has";

/// A running server, with a directory of its own whose files it serves.
pub(crate) struct Sshd {
    dir: TempDir,
    port: u16,
    user: String,
    child: Child,
    log: Option<JoinHandle<String>>,
}

impl Sshd {
    /// Starts a server with an Ed25519 key, as [`with_key`](Sshd::with_key) does.
    pub(crate) fn start() -> Option<Sshd> {
        Sshd::with_key("ed25519")
    }

    /// Starts a server with one host key, of this kind, and with [`FILE`]. Returns `None` if the linked
    /// libcurl has no SFTP, or a program is not installed.
    pub(crate) fn with_key(kind: &str) -> Option<Sshd> {
        if !has_sftp() {
            skip!("the linked libcurl has no SFTP");
            return None;
        }
        let (program, _) = (find("sshd")?, find("ssh-keygen")?);
        let dir = tempfile::tempdir().unwrap();
        let user = said(Command::new("id").arg("-un"));
        // Makes an empty directory. A server that runs as root locks its unprivileged process into this
        // directory.
        if dir.path().metadata().unwrap().uid() == 0 {
            let mut empty = fs::DirBuilder::new();
            empty
                .recursive(true)
                .mode(0o755)
                .create("/run/sshd")
                .unwrap();
        }
        let files = dir.path().join("files");
        fs::create_dir(&files).unwrap();
        make_key(dir.path(), "host", kind);
        let client = make_key(dir.path(), "client", "ed25519");
        fs::write(dir.path().join("authorized_keys"), client).unwrap();
        // Tries several times, because another process may take a port before the server does.
        let run = (0..5).find_map(|_| run(&program, dir.path()));
        let (port, child, log) = run.expect("sshd starts");
        let sshd = Sshd {
            dir,
            port,
            user,
            child,
            log: Some(log),
        };
        sshd.know(None);
        fs::write(sshd.file(FILE), CONTENT).unwrap();
        Some(sshd)
    }

    /// Makes a transfer of a file that the server serves. It has the options that it needs to log in, and
    /// none about the server's key.
    pub(crate) fn transfer<H: Callbacks>(&self, handler: H, file: &str) -> Transfer<H> {
        let mut transfer = Transfer::new(handler).unwrap();
        let path = self.file(file);
        let address = format!("sftp://{}{}", self.address(), path.display());
        transfer.url(&address).unwrap();
        transfer.username(&self.user).unwrap();
        transfer.ssh_auth_types(SshAuth::PUBLIC_KEY).unwrap();
        transfer.ssh_private_keyfile(self.path("client")).unwrap();
        transfer
            .ssh_public_keyfile(self.path("client.pub"))
            .unwrap();
        transfer
    }

    /// Returns the URL of a file. It contains the name of the user.
    pub(crate) fn url(&self, file: &str) -> String {
        let path = self.file(file);
        format!("sftp://{}@{}{}", self.user, self.address(), path.display())
    }

    pub(crate) fn address(&self) -> String {
        format!("{HOST}:{}", self.port)
    }

    /// Returns the local path of a file that the server serves.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path("files").join(name)
    }

    /// Returns a local path in the server's directory, beside the files that it serves.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Returns the server's public host key in the form of a known-hosts file: the name of the kind, and
    /// base64.
    pub(crate) fn host_key(&self) -> String {
        public_key(self.dir.path(), "host")
    }

    /// Makes a host key that is not this server's, and returns its public half.
    pub(crate) fn other_key(&self, kind: &str) -> String {
        make_key(self.dir.path(), &format!("other-{kind}"), kind)
    }

    /// Returns the path of the known-hosts file. [`know`](Sshd::know) also writes a host into it to which
    /// no test connects.
    pub(crate) fn known_hosts(&self) -> PathBuf {
        self.path("known_hosts")
    }

    pub(crate) fn known_hosts_text(&self) -> String {
        fs::read_to_string(self.known_hosts()).unwrap()
    }

    /// Rewrites the known-hosts file, with this key for this server; `None` means without a key for it.
    pub(crate) fn know(&self, key: Option<&String>) {
        let own = |key| format!("[{HOST}]:{} {key}\n", self.port);
        let text = self.neighbour() + &key.map(own).unwrap_or_default();
        fs::write(self.known_hosts(), text).unwrap();
    }

    /// Returns the keys that the known-hosts file has for this server.
    pub(crate) fn known_keys(&self) -> Vec<String> {
        let text = self.known_hosts_text();
        assert!(text.contains(self.neighbour().trim_end()), "{text}");
        let entries = text.lines().filter_map(|line| line.split_once(' '));
        // Compares the host without the port: some releases of libcurl write no port.
        let own = entries.filter(|(host, _)| host.contains(HOST));
        own.map(|(_, key)| key.trim_end().to_owned()).collect()
    }

    fn neighbour(&self) -> String {
        format!("neighbour.example {}\n", self.host_key())
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Waits for the end of the log, which ends when the last connection has ended.
        let log = self.log.take().unwrap().join();
        if thread::panicking() {
            eprintln!("{}", log.unwrap_or_default());
        }
    }
}

fn run(program: &Path, dir: &Path) -> Option<(u16, Child, JoinHandle<String>)> {
    let listener = TcpListener::bind((HOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let keys = dir.display();
    let config = format!(
        "ListenAddress {HOST}\nPort {port}\nHostKey {keys}/host\n\
         AuthorizedKeysFile {keys}/authorized_keys\nPidFile none\n\
         UsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         HostKeyAlgorithms +ssh-rsa\nPubkeyAcceptedAlgorithms +ssh-rsa\n\
         Subsystem sftp internal-sftp\n"
    );
    let path = dir.join("sshd_config");
    fs::write(&path, config).unwrap();
    let mut child = Command::new(program)
        .args(["-D", "-e", "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = String::new();
    while let Some(line) = lines.next() {
        log += &line.unwrap();
        log.push('\n');
        if log.contains("Server listening") {
            // The log is read on, because a full pipe would stop the server.
            let rest = thread::spawn(move || {
                lines
                    .map_while(Result::ok)
                    .fold(log, |log, line| log + &line + "\n")
            });
            return Some((port, child, rest));
        }
    }
    child.wait().unwrap();
    eprintln!("{log}");
    None
}

/// Makes a key pair, and returns its public half.
fn make_key(dir: &Path, name: &str, kind: &str) -> String {
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-N", "", "-C", "", "-t", kind]);
    if kind == "rsa" {
        keygen.args(["-b", "2048"]);
    }
    said(keygen.arg("-f").arg(dir.join(name)));
    public_key(dir, name)
}

fn public_key(dir: &Path, name: &str) -> String {
    let text = fs::read_to_string(dir.join(name).with_extension("pub")).unwrap();
    text.trim().to_owned()
}

/// Runs a command that must succeed, and returns what it printed.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
