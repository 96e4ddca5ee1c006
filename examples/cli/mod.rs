//! The command line of the examples: their arguments, `--help`, and the exit status.

use std::error::Error;
use std::process::{ExitCode, Termination, exit};

/// Parses the command line: stores the values of `options`, and returns the other arguments.
///
/// For `--help`, prints the usage and ends the process.
pub(crate) fn values<const N: usize>(
    usage: &str,
    mut options: [(&str, &mut Option<String>); N],
) -> Result<Vec<String>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut values = Vec::new();
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Short('h') | Long("help") => {
                println!("{usage}");
                exit(0);
            }
            Long(name) => match options.iter_mut().find(|(own, _)| *own == name) {
                Some((_, value)) => **value = Some(parser.value()?.string()?),
                None => return Err(format!("{}; see --help", arg.unexpected()).into()),
            },
            Value(value) => values.push(value.string()?),
            Short(_) => return Err(format!("{}; see --help", arg.unexpected()).into()),
        }
    }
    Ok(values)
}

/// Returns the exit status of the example. If the example has failed, prints one line that says why.
pub(crate) fn exit_code<T: Termination>(result: Result<T, Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(done) => done.report(),
        Err(error) => {
            // Each example compiles this file itself, so `CARGO_CRATE_NAME` is the name of the example.
            eprintln!("{}: {error:#}", env!("CARGO_CRATE_NAME"));
            ExitCode::FAILURE
        }
    }
}
