//! Runs the examples as programs.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use crate::support::skip::skip;

/// Returns a command that runs the example which cargo has built beside this test. The variables
/// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower and upper case, are not in its
/// environment. Returns `None` if the example is not built.
pub(crate) fn program(name: &str) -> Option<Command> {
    let this = std::env::current_exe().unwrap();
    let folder = this.ancestors().nth(2).unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        // With `cargo test --test it`, cargo builds no examples.
        skip!("the example {name} is not built");
        return None;
    }
    let mut command = Command::new(program);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    Some(command)
}

/// Runs an example with these arguments; `None` if it is not built.
pub(crate) fn run(name: &str, args: &[&str]) -> Option<Output> {
    Some(program(name)?.args(args).output().unwrap())
}

/// Asserts that the exit status is 1, and that standard error has one line, with `cause`, beside lines of
/// progress.
#[track_caller]
pub(crate) fn assert_failure(output: &Output, cause: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let last = stderr.lines().last().unwrap_or_default();
    assert!(last.contains(cause), "{stderr:?} lacks {cause:?}");
    let is_progress =
        |line: &&str| line.starts_with(|c: char| c.is_ascii_digit()) && line.ends_with(" bytes");
    let errors = stderr.lines().filter(|line| !is_progress(line));
    assert_eq!(errors.count(), 1, "{stderr:?}");
}

/// Asserts that the program succeeded, and returns its standard output.
#[track_caller]
pub(crate) fn assert_success(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A running program that serves. The drop of this value ends it.
pub(crate) struct Serving {
    child: Child,
    /// The URL: the program's first line of output, without the slash at its end.
    url: String,
}

impl Serving {
    pub(crate) fn start(command: &mut Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut url).unwrap();
        url.truncate(url.trim_end().trim_end_matches('/').len());
        Serving { child, url }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
