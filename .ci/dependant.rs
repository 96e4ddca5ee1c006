//! A program that calls functions which not every libcurl has, and that has a handler of its own.

use curlback::handlers::Collect;
use curlback::multi::PushResult;
use curlback::{Callbacks, Error, HeaderOrigin, Hooks, Multi, Transfer, Version, WriteResult};

/// Counts the bytes of the body.
struct Count(usize);

#[curlback::callbacks]
impl Callbacks for Count {
    fn write(&mut self, data: &[u8]) -> WriteResult {
        self.0 += data.len();
        WriteResult::Continue
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let libcurl = curlback::version();
    let mut multi: Multi<Collect> = Multi::new()?;
    match multi.accept_pushes(|_| PushResult::Deny) {
        Ok(()) => assert!(libcurl.has_feature("HTTP2")),
        Err(Error::Unsupported { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url("file:///etc/passwd")?;
    transfer.perform()?;
    assert!(!transfer.handler().body().is_empty());
    let mut counted = Transfer::new(Count(0))?;
    assert_eq!(counted.hooks(), Hooks::WRITE);
    counted.url("file:///etc/passwd")?;
    counted.perform()?;
    assert_eq!(counted.handler().0, transfer.handler().body().len());
    match transfer.headers(HeaderOrigin::all(), None) {
        Ok(headers) => assert_eq!(headers.count(), 0),
        Err(Error::Unsupported { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let https = match libcurl.has_protocol("https") {
        true => "with",
        false => "without",
    };
    println!("links with libcurl {} {https} TLS", Version::linked());
    Ok(())
}
