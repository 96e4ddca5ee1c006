//! A program that names what not every libcurl has.

use curlback::handlers::Collect;
use curlback::multi::PushResult;
use curlback::{Error, HeaderOrigin, Multi, Transfer, Version};

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
