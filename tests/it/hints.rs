//! The compiler's messages for common mistakes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::skip::skip;

/// Returns what the compiler says about a program, or `None` where there is no compiler.
fn says(program: &str) -> Option<String> {
    says_emitting("metadata", program)
}

/// As [`says`]; some constants are evaluated only for an object file.
fn says_emitting(kind: &str, program: &str) -> Option<String> {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().unwrap();
    let library = newest(built)?;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("program.rs");
    std::fs::write(&file, program).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    // With `--target`, the procedural macros are built for the host, and elsewhere.
    let host = built.ancestors().nth(3).unwrap().join("debug/deps");
    let output = Command::new(compiler)
        .args(flags.split_whitespace())
        .arg("-L")
        .arg(format!("dependency={}", host.display()))
        .args(["--edition=2024", "--crate-type=lib", "--emit", kind])
        .arg("--out-dir")
        .arg(dir.path())
        .arg("-L")
        .arg(format!("dependency={}", built.display()))
        .arg("--extern")
        .arg(format!("curlback={}", library.display()))
        .arg(&file)
        .output();
    let Ok(output) = output else {
        skip!("there is no rustc");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !text.contains("E0514"),
        "another rustc has built the library: {text}"
    );
    Some(text)
}

/// Returns the library that was built last.
fn newest(dir: &Path) -> Option<PathBuf> {
    let modified = |path: &PathBuf| path.metadata().unwrap().modified().unwrap();
    let files = std::fs::read_dir(dir).unwrap();
    let libraries = files.map(|file| file.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libcurlback-") && name.ends_with(".rlib")
    });
    let newest =
        libraries.max_by_key(|path| modified(path).duration_since(SystemTime::UNIX_EPOCH).ok());
    if newest.is_none() {
        skip!("the library is not beside the tests");
    }
    newest
}

#[test]
fn number_of_bytes_does_not_lead_to_a_pause() {
    let program = "pub struct Save;
        impl curlback::Callbacks for Save {
            fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
                data.len()
            }
        }";
    let Some(says) = says(program) else {
        return;
    };
    assert!(
        says.contains("expected `WriteResult`, found `usize`"),
        "{says}"
    );
    assert!(!says.contains("Pause"), "{says}");
}

#[test]
fn closure_as_a_handler_leads_to_the_trait() {
    let program = "pub fn get() {
            let _ = curlback::Transfer::new(|_: &[u8]| curlback::WriteResult::Continue);
        }";
    let Some(says) = says(program) else {
        return;
    };
    assert!(says.contains("does not implement `Callbacks`"), "{says}");
    assert!(
        says.contains("implement `Callbacks` for a type of your own"),
        "{says}"
    );
    assert!(!says.contains("use parentheses"), "{says}");
}

#[test]
fn program_that_compiles_draws_nothing() {
    let program = "pub struct Save;
        impl curlback::Callbacks for Save {
            fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
                curlback::WriteResult::PauseAfter(data.len() / 2)
            }
        }";
    if let Some(says) = says(program) {
        assert_eq!(says, "");
    }
}

#[test]
fn event_loop_inside_a_multi_is_not_lent() {
    let lends = |of: &str| {
        format!(
            "pub fn change(multi: &mut curlback::Multi<(){of}>) {{ let _ = multi.event_loop_mut(); }}
            {LOOP}"
        )
    };
    if let Some(says) = says_emitting("obj", &lends(", Loop")) {
        assert_eq!(says, "");
    }
    if let Some(says) = says_emitting("obj", &lends("")) {
        assert!(says.contains("is libcurl's alone"), "{says}");
    }
}

const LOOP: &str = "
    pub struct Loop;
    impl curlback::multi::EventLoop for Loop {
        type Value = ();
        fn socket(
            &mut self,
            _: curlback::multi::RawSocket,
            _: curlback::multi::Interest,
            _: &mut Option<()>,
        ) -> curlback::CallbackResult {
            curlback::CallbackResult::Continue
        }
        fn timer(&mut self, _: Option<std::time::Duration>) -> curlback::CallbackResult {
            curlback::CallbackResult::Continue
        }
        fn waker(&self) -> std::sync::Arc<dyn Fn() + Send + Sync> {
            std::sync::Arc::new(|| ())
        }
    }";
