//! The examples, as programs.

use std::process::Command;

use crate::support::skip::skip;

/// The program that cargo built beside this test, to be run without the proxies
/// of the environment.
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
