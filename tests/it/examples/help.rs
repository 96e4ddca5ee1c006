//! What all examples have in common.

use std::path::Path;

use crate::support::example::{assert_failure, assert_success, run};

/// Returns the names of all examples.
fn examples() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let paths = directory
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_program = |path: &std::path::PathBuf| {
        path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists()
    };
    let name = |path: std::path::PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    paths.filter(is_program).map(name).collect()
}

#[test]
fn each_example_explains_itself_and_has_an_exit_status() {
    let examples = examples();
    assert!(examples.len() > 30, "{examples:?}");
    for name in &examples {
        for option in ["--help", "-h"] {
            let Some(output) = run(name, &[option]) else {
                return;
            };
            let usage = assert_success(&output).to_lowercase();
            assert!(usage.starts_with(&format!("usage: {name} ")), "{usage}");
            assert!(usage.lines().all(|line| line.len() <= 80), "{usage}");
            assert_eq!(output.stderr, b"", "{name}");
        }
        let output = run(name, &["--no-such-option"]).unwrap();
        assert_failure(&output, "--no-such-option");
        assert!(output.stderr.starts_with(format!("{name}: ").as_bytes()));
        assert_eq!(output.stdout, b"", "{name}");
    }
}

#[test]
fn the_list_of_examples_has_each_and_no_others() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let list = std::fs::read_to_string(directory.join("README.md")).unwrap();
    let rows = list.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut listed: Vec<_> = rows.map(|row| row.split('`').next().unwrap()).collect();
    listed.sort_unstable();
    let mut examples = examples();
    examples.sort_unstable();
    assert_eq!(listed, examples);
    // The other tables name examples and items of the library. Of these, only examples have names in
    // lower case.
    for row in list.lines().filter(|line| line.starts_with("| ")) {
        let names = row.split('`').skip(1).step_by(2);
        for name in names.filter(|name| name.chars().all(|c| c.is_lowercase() || c == '_')) {
            assert!(examples.iter().any(|own| own == name), "{name}: {row}");
        }
    }
}
