//! FTP servers of other projects, if they are installed.
//!
//! A test whose server is not installed is skipped. With `CURLBACK_REQUIRE_PEERS` in the environment, it
//! fails.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;

use crate::support::skip::skip;

/// A running server, with a directory of its own.
pub(crate) struct Peer {
    pub(crate) dir: TempDir,
    pub(crate) port: u16,
    child: Child,
}

impl Peer {
    pub(crate) fn url(&self) -> String {
        format!("ftp://127.0.0.1:{}/file", self.port)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Skips the test because a server is not installed. Panics if the environment requires all servers.
fn missing<T>(name: &str) -> Option<T> {
    let required = std::env::var_os("CURLBACK_REQUIRE_PEERS").is_some();
    assert!(!required, "{name} is not installed");
    skip!("{name} is not installed");
    None
}

/// Makes a directory that contains `files/file`, the file to download.
fn folder(contents: &[u8]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("files");
    fs::create_dir(&files).unwrap();
    fs::write(files.join("file"), contents).unwrap();
    // Lets every user write here, because the server may run as another user.
    for path in [dir.path(), &files] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
    }
    dir
}

pub(crate) fn pyftpdlib(contents: &[u8]) -> Option<Peer> {
    let has = |python: &&str| {
        let mut import = Command::new(python);
        import
            .args(["-c", "import pyftpdlib"])
            .stderr(Stdio::null());
        import.status().is_ok_and(|status| status.success())
    };
    // The first `python3` in `PATH` may be another than the system's, and lack the package.
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has) else {
        return missing("pyftpdlib");
    };
    let dir = folder(contents);
    let script = "
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
handler = FTPHandler
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_anonymous(sys.argv[1], perm='elradfmw')
server = FTPServer(('127.0.0.1', 0), handler)
print(server.socket.getsockname()[1], flush=True)
server.serve_forever()
";
    let mut child = Command::new(python)
        .args(["-W", "ignore", "-c", script])
        .arg(dir.path().join("files"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let port = line.trim().parse().unwrap();
    Some(Peer { dir, port, child })
}

pub(crate) fn vsftpd(contents: &[u8]) -> Option<Peer> {
    let program = ["/usr/sbin/vsftpd", "/usr/local/sbin/vsftpd"];
    let program = program.iter().find(|path| Path::new(path).is_file());
    let Some(program) = program else {
        return missing("vsftpd");
    };
    // Tries several times, because another process may take the port before the server does.
    let peer = (0..5).find_map(|_| try_vsftpd(program, contents));
    Some(peer.expect("vsftpd does not start"))
}

fn try_vsftpd(program: &str, contents: &[u8]) -> Option<Peer> {
    let dir = folder(contents);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    fs::create_dir(dir.path().join("empty")).unwrap();
    let place = dir.path().display();
    let config = format!(
        "listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n\
         run_as_launching_user=YES\nanonymous_enable=YES\nno_anon_password=YES\n\
         anon_root={place}/files\nlocal_enable=NO\nwrite_enable=YES\nanon_upload_enable=YES\n\
         anon_other_write_enable=YES\nanon_umask=022\nanon_world_readable_only=NO\n\
         allow_writeable_chroot=YES\nport_enable=YES\nconnect_from_port_20=NO\n\
         pasv_address=127.0.0.1\nseccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\n\
         secure_chroot_dir={place}/empty\n"
    );
    let path = dir.path().join("vsftpd.conf");
    fs::write(&path, config).unwrap();
    let child = Command::new(program)
        .arg(&path)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut peer = Peer { dir, port, child };
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end && peer.child.try_wait().unwrap().is_none() {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let mut banner = [0; 3];
            if stream.read_exact(&mut banner).is_ok() && banner == *b"220" {
                return Some(peer);
            }
        }
        // Tries to connect again soon: the server does not report when it begins to listen.
        thread::sleep(Duration::from_millis(5));
    }
    None
}
