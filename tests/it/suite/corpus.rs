//! The tests that tests/CORPUS.md names exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Adds the names of modules, and of functions without a modifier or with `pub(crate)`, in the sources of
/// a directory to `found`. Each is `file::name` behind `prefix`. `inner` makes the prefix for a directory
/// inside.
fn functions(
    directory: &Path,
    prefix: &str,
    inner: impl Fn(&str) -> String + Copy,
    found: &mut Vec<String>,
) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            functions(&path, &inner(&stem), inner, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines().map(str::trim_start) {
                let name = ["fn ", "mod ", "pub(crate) fn "]
                    .iter()
                    .find_map(|start| line.strip_prefix(start));
                let end = |c: char| !c.is_alphanumeric() && c != '_';
                if let Some(name) = name.and_then(|name| name.split(end).next()) {
                    found.push(format!("{prefix}{stem}::{name}"));
                }
            }
        }
    }
}

#[test]
fn each_row_of_the_corpus_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let below = |directory: &str| format!("{directory}::");
    functions(&root.join("tests/it"), "", below, &mut found);
    functions(&root.join("src"), "src/", |_| "src/".to_owned(), &mut found);
    let table = fs::read_to_string(root.join("tests/CORPUS.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let Ok(number) = cells[0].parse::<u32>() else {
            continue;
        };
        assert_eq!(cells.len(), 3, "{line}");
        assert!(!cells[1].is_empty() && !cells[2].is_empty(), "{line}");
        assert!(
            rows.insert(number, cells[2].to_owned()).is_none(),
            "{number} is there twice"
        );
        // A name in backquotes that contains colons is a test.
        for name in cells[2].split('`').skip(1).step_by(2) {
            if name.contains("::") {
                assert!(
                    found.iter().any(|own| own == name),
                    "{number}: {name} is no test"
                );
            }
        }
    }
    let last = u32::try_from(rows.len()).unwrap();
    assert!(rows.keys().copied().eq(1..=last), "{:?}", rows.keys());
}
