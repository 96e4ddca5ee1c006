//! Downloads a file over SFTP to standard output, and asks before it trusts a new server.

mod cli;

use std::error::Error;
use std::io::{Write, stdin, stdout};
use std::process::ExitCode;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use curlback::{Callbacks, KhKey, KhMatch, KhStat, Transfer, WriteResult, callbacks};
use sha2::{Digest, Sha256};

const USAGE: &str = "\
usage: known_hosts [--identity FILE] sftp://USER@HOST/PATH KNOWN_HOSTS_FILE

Downloads a file over SFTP to standard output. It needs a server: OpenSSH's sshd
is one. If the server is new, asks, and stores its key in KNOWN_HOSTS_FILE.

  --identity FILE  log in with this private key; FILE.pub has its public key";

struct Ask;

#[callbacks]
impl Callbacks for Ask {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        stdout().write_all(data).into()
    }

    fn ssh_key(&mut self, _: Option<KhKey<'_>>, found: KhKey<'_>, matching: KhMatch) -> KhStat {
        let hash = STANDARD_NO_PAD.encode(Sha256::digest(found.bytes()));
        let key = format!("{:?} key SHA256:{hash}", found.kind());
        match matching {
            KhMatch::Ok => return KhStat::Fine,
            KhMatch::Missing => {
                eprint!("The server has the {key}. Trust it from now on (yes/no)? ");
            }
            _ => return KhStat::Fail(format!("the server is known, but not by its {key}").into()),
        }
        let mut answer = String::new();
        match stdin().read_line(&mut answer) {
            Ok(_) if answer.trim() == "yes" => KhStat::FineAddToFile,
            Ok(_) => KhStat::Fail(format!("the {key} is not trusted").into()),
            Err(error) => KhStat::Fail(error.into()),
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut identity = None;
    let values = cli::values(USAGE, [("identity", &mut identity)])?;
    if !curlback::version().has_protocol("sftp") {
        return Err("the linked libcurl has no SFTP; README.md tells how to build one".into());
    }
    let [url, file] = <[String; 2]>::try_from(values)
        .map_err(|_| "expected the URL of an SFTP server and KNOWN_HOSTS_FILE; see --help")?;
    let mut transfer = Transfer::new(Ask)?;
    if let Some(identity) = identity {
        transfer.ssh_private_keyfile(identity)?;
    }
    transfer.url(&url)?;
    transfer.ssh_known_hosts(file)?;
    transfer.perform()?;
    Ok(stdout().flush()?)
}

fn main() -> ExitCode {
    cli::exit_code(run())
}
