//! Each skipped test is counted.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns all files of a directory and of the directories in it.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

/// tests/CORPUS.md, 65: a test that prints by itself that it is skipped would not be counted.
#[test]
fn tests_skip_through_one_function() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mark = ["\"SKIP", "\"skip"];
    let sources = sources(&directory);
    assert!(sources.len() > 1);
    for path in sources {
        if path.ends_with("support/skip.rs") || path.ends_with("suite/skips.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let prints = line.contains("println!(") && mark.iter().any(|mark| line.contains(mark));
            assert!(!prints, "{}: {line}", path.display());
        }
    }
}
