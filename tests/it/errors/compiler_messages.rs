//! The compiler's messages for common mistakes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::support::skip::skip;

/// Returns what the compiler says about a program. Returns `None` if there is no compiler, or no library
/// beside the tests.
fn says(program: &str) -> Option<String> {
    says_emitting("metadata", program)
}

/// Does what [`says`] does, but makes the compiler emit `kind`. For an object file (`obj`), the compiler
/// also evaluates constants that it does not evaluate for `metadata`.
fn says_emitting(kind: &str, program: &str) -> Option<String> {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().unwrap();
    let library = newest(built)?;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("program.rs");
    std::fs::write(&file, program).unwrap();
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    // With `--target`, cargo builds the procedural macros for the host, in another directory.
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

/// Returns the library in a directory that was built last, or `None` if there is none.
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
fn number_of_bytes_does_not_convert() {
    let program = "pub struct Save;
        impl curlback::Callbacks for Save {
            fn write(&mut self, data: &[u8]) -> curlback::WriteResult {
                data.len().into()
            }
        }
        pub fn closures() {
            let _ = curlback::handlers::Closures::new().write(|data| data.len());
        }";
    let Some(says) = says(program) else {
        return;
    };
    let words = "the trait `From<usize>` is not implemented for `WriteResult`";
    assert_eq!(says.matches(words).count(), 2, "{says}");
    assert!(
        says.contains("`WriteResult` implements `From<()>`"),
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
        says.contains("`handlers::Closures` makes one of closures"),
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
            _: curlback::multi::BorrowedSocket<'_>,
            _: curlback::multi::Interest,
            _: &mut Option<()>,
        ) -> curlback::CallbackResult {
            curlback::CallbackResult::Continue
        }
        fn remove_socket(
            &mut self,
            _: curlback::multi::RawSocket,
            _: Option<()>,
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

/// Asserts that the compiler reports one error, with these words, at the first `place` in the program.
fn refused(program: &str, place: &str, words: &str) {
    let header = "#![allow(unused)]
        use curlback::*;
        pub struct A(pub Vec<u8>);
    ";
    let program = format!("{header}{program}");
    let Some(says) = says(&program) else {
        return;
    };
    let before = &program[..program.find(place).unwrap()];
    let line = before.lines().count();
    let column = before.lines().last().unwrap().chars().count() + 1;
    assert!(says.contains(&format!(".rs:{line}:{column}\n")), "{says}");
    assert!(says.contains(words), "{says}");
    assert!(says.contains("due to 1 previous error"), "{says}");
}

#[test]
fn attribute_elsewhere_leads_to_a_block_of_the_trait() {
    let words = "`#[callbacks]` belongs on an `impl Callbacks for …` block";
    refused("#[callbacks] pub struct B { b: u8 }", "pub struct B", words);
    refused("#[callbacks] /** B */ pub fn f() {}", "pub fn f", words);
    refused("#[callbacks] pub trait B { fn f(); }", "pub trait B", words);
    refused(
        "#[callbacks] impl A where for<'a> A: PartialEq<&'a u8> {}",
        "impl A",
        "this block implements no trait: write `impl Callbacks for …`",
    );
    refused(
        "#[callbacks] impl Iterator for A {
            type Item = u8;
            fn next(&mut self) -> Option<u8> { None }
        }",
        "#[callbacks]",
        "method `hooks` is not a member of trait `Iterator`",
    );
}

#[test]
fn hooks_beside_the_attribute_are_refused() {
    let words = "`#[callbacks]` writes `hooks` itself: leave out this method or the attribute";
    refused(
        "#[callbacks] impl Callbacks for A { fn hooks(&self) -> Hooks { Hooks::WRITE } }",
        "hooks(&self)",
        words,
    );
    refused(
        "#[callbacks] #[callbacks] impl Callbacks for A {}",
        "#[callbacks]",
        words,
    );
}

#[test]
fn macro_in_the_place_of_a_method_is_refused() {
    let words = "`#[callbacks]` cannot see the methods that a macro makes: write the methods out, \
        or make the macro produce the whole block";
    let definition = "macro_rules! made {
            () => { fn resolver_start(&mut self) -> CallbackResult { CallbackResult::Abort } };
        }
        pub(crate) use made;
        ";
    let invocations = [
        "made!();",
        "made! {}",
        "#[cfg(all())] made![];",
        "crate::made!();",
    ];
    for invocation in invocations {
        let block = format!(
            "#[callbacks] impl Callbacks for A {{
                fn write(&mut self, _: &[u8]) -> WriteResult {{ panic!() }}
                {invocation} }}"
        );
        let name = format!("made{}", &invocation[invocation.find('!').unwrap()..]);
        refused(&format!("{definition}{block}"), &name, words);
    }
}

#[test]
fn misspelt_method_draws_the_message_of_the_compiler() {
    refused(
        "#[callbacks] impl Callbacks for A {
            fn wirte(&mut self, _: &[u8]) -> WriteResult { WriteResult::Continue }
        }",
        "fn wirte",
        "method `wirte` is not a member of trait `Callbacks`",
    );
}

#[test]
fn handler_to_forward_to_must_be_one() {
    refused(
        "#[callbacks(to = self.0)] impl Callbacks for A {}",
        "self.0",
        "`Vec<u8>` is no handler: it does not implement `Callbacks`",
    );
    refused(
        "pub struct B<H>(pub H);
        #[callbacks(to = self.0)] impl<H> Callbacks for B<H> {}",
        "self.0",
        "`H` is no handler: it does not implement `Callbacks`",
    );
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    let cases = [
        (
            "from = self.0",
            "from",
            "the arguments are `to = …`, `except(…)` and `crate = …`",
        ),
        (
            "self.0",
            "self.0",
            "the arguments are `to = …`, `except(…)` and `crate = …`",
        ),
        ("to", "to)", "write `to = self.inner`"),
        (
            "to = inner",
            "to = ",
            "must be reached through `self`: `to = self.inner`",
        ),
        (
            "to = *self",
            "*self",
            "this is the handler itself: `to` names another one in it",
        ),
        (
            "to = self.0, to = self.0",
            "to = self.0)",
            "`to` is here a second time",
        ),
        (
            "except(write)",
            "except",
            "`except` names methods that `to = …` would forward",
        ),
        (
            "to = self.0, except",
            "except",
            "write `except(method, method)`",
        ),
        (
            "to = self.0, except(hooks)",
            "hooks",
            "not the name of a method that is forwarded",
        ),
        (
            "crate = \"a\"",
            "\"a\"",
            "`crate` takes a path without quotation marks",
        ),
    ];
    for (arguments, place, words) in cases {
        let program = format!("#[callbacks({arguments})] impl Callbacks for A {{}}");
        refused(&program, place, words);
    }
}

#[test]
fn attribute_draws_no_lint() {
    let program = "#![deny(warnings, unused_qualifications, rust_2018_idioms, unreachable_pub)]
        #![deny(missing_docs)]
        //! A program.
        use curlback::{CallbackResult, Callbacks, callbacks};
        /// A handler.
        pub struct A<H>(H);
        #[callbacks(to = self.0)]
        impl<H: Callbacks> Callbacks for A<H> {
            fn chunk_end(&mut self) -> CallbackResult { CallbackResult::Continue }
        }
        /// Another.
        pub struct B;
        #[callbacks]
        impl Callbacks for B {}";
    if let Some(says) = says(program) {
        assert_eq!(says, "");
    }
}

#[test]
fn file_as_the_reader_of_a_part_leads_to_its_methods() {
    refused(
        "pub fn part(file: std::fs::File) -> Part { Part::reader(file) }",
        "file) }",
        "File` is no reader of a part: it does not implement `MimeReader`",
    );
    refused(
        "pub fn part(file: std::fs::File) -> Part { Part::reader(file) }",
        "file) }",
        "call `Part::seekable`; for what implements `Read` only, `Part::stream`",
    );
}
