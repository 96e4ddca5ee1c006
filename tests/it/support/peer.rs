//! Servers of other projects, if they are installed.
//!
//! A test whose server is not installed is skipped. With `CURLBACK_REQUIRE_PEERS` in the environment, it
//! fails.

#![cfg(unix)]

use std::fs::{self};
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use crate::support::skip::skip;

/// Returns the path of a program. Returns `None` if it is not installed.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let found = folders.map(|dir| dir.join(name)).find(|p| p.is_file());
    if found.is_none() {
        let required = std::env::var_os("CURLBACK_REQUIRE_PEERS").is_some();
        assert!(!required, "{name} is not installed");
        skip!("{name} is not installed");
    }
    found
}

/// A running server, with a directory of its own.
pub(crate) struct Peer {
    pub(crate) dir: TempDir,
    pub(crate) ports: [u16; 2],
    child: Child,
    log: Option<JoinHandle<()>>,
}

impl Peer {
    /// Starts a server, and returns once its log contains `ready`.
    pub(crate) fn start(
        program: &Path,
        ready: &str,
        configure: impl Fn(&Path, [u16; 2]) -> io::Result<Vec<String>>,
    ) -> Peer {
        // Tries several times, because another process may take a port before the server does.
        let peer = (0..5).find_map(|_| Peer::try_start(program, ready, &configure));
        peer.unwrap_or_else(|| panic!("{} does not start", program.display()))
    }

    fn try_start(
        program: &Path,
        ready: &str,
        configure: impl Fn(&Path, [u16; 2]) -> io::Result<Vec<String>>,
    ) -> Option<Peer> {
        let dir = tempfile::tempdir().unwrap();
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let ports = listeners.map(|listener| listener.local_addr().unwrap().port());
        fs::create_dir(dir.path().join("files")).unwrap();
        let mut child = Command::new(program)
            .args(configure(dir.path(), ports).unwrap())
            .stdin(Stdio::null())
            // The server must not keep the test's output open: whoever reads the output to its end would
            // wait for the server.
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            match lines.next() {
                Some(line) if line.as_ref().is_ok_and(|l| l.contains(ready)) => break,
                Some(line) => eprintln!("{}", line.unwrap()),
                None => {
                    child.wait().unwrap();
                    return None;
                }
            }
        }
        // The log is read on, because a full pipe would stop the server.
        let log = thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Some(Peer {
            dir,
            ports,
            child,
            log: Some(log),
        })
    }

    pub(crate) fn uploaded(&self, name: &str) -> Vec<u8> {
        fs::read(self.dir.path().join("files").join(name)).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // After SIGTERM, the server ends its own child processes. The signal is sent repeatedly,
        // because a server that has just started may miss it.
        let pid = self.child.id().to_string();
        let killer = Command::new("sh")
            .args(["-c", "while kill -TERM \"$0\"; do sleep 0.1; done", &pid])
            .stderr(Stdio::null())
            .spawn();
        let _ = self.child.wait();
        let _ = killer.and_then(|mut killer| killer.wait());
        let _ = self.log.take().unwrap().join();
    }
}

/// Returns the name, user id and group id of `www-data`, a user with few rights.
pub(crate) fn nobody() -> io::Result<(String, u32, u32)> {
    let users = fs::read_to_string("/etc/passwd")?;
    let mut users = users.lines().map(|line| line.split(':'));
    users
        .find_map(|mut user| {
            let name = user.next().filter(|name| *name == "www-data")?;
            let uid = user.nth(1)?.parse().ok()?;
            Some((name.to_owned(), uid, user.next()?.parse().ok()?))
        })
        .ok_or_else(|| io::Error::other("there is no user www-data"))
}

/// Starts a server that pushes `/pushed` with `/page`. Returns `None` if Apache is not installed.
pub(crate) fn apache() -> Option<Peer> {
    let program = find("apache2")?;
    Some(Peer::start(
        &program,
        "resuming normal operations",
        |dir, [port, _]| {
            fs::write(dir.join("files/page"), "the page")?;
            fs::write(dir.join("files/pushed"), "the push")?;
            let user = match dir.metadata()?.uid() {
                0 => {
                    let (name, uid, gid) = nobody()?;
                    std::os::unix::fs::chown(dir, Some(uid), Some(gid))?;
                    format!("User {name}\nGroup #{gid}\n")
                }
                _ => String::new(),
            };
            let modules: String = ["mpm_event", "authz_core", "http2"]
                .map(|name| {
                    format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n")
                })
                .concat();
            let dir = dir.display();
            let config = format!(
                "{modules}{user}ServerRoot {dir}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n\
                 PidFile {dir}/pid\nMutex file:{dir}\nErrorLog /dev/stderr\nLogLevel notice\n\
                 Protocols h2c http/1.1\nH2Direct on\nH2Push on\nDocumentRoot {dir}/files\n\
                 <Location /page>\nH2PushResource /pushed\n</Location>\n"
            );
            let path = format!("{dir}/httpd.conf");
            fs::write(&path, config)?;
            Ok(["-f", &path, "-DFOREGROUND"].map(str::to_owned).into())
        },
    ))
}
