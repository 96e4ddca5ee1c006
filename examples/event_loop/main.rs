//! Fetches URLs from an event loop of the program's own: `event_loop URL...`.

use std::process::ExitCode;

#[cfg(unix)]
mod mio_loop;

fn main() -> ExitCode {
    #[cfg(unix)]
    let result = mio_loop::run();
    #[cfg(not(unix))]
    let result: Result<bool, Box<dyn std::error::Error>> =
        Err("mio watches sockets of others on Unix only".into());
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("event_loop: {error:#}");
            ExitCode::FAILURE
        }
    }
}
