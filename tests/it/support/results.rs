//! Assertions about the results of calls.

use curlback::Error;

pub(crate) fn assert_option(result: Result<(), Error>, name: &str) {
    let Err(Error::Option { option, reason }) = result else {
        panic!("{name}: {result:?}");
    };
    assert_eq!(option, name);
    assert!(!reason.is_empty());
}
