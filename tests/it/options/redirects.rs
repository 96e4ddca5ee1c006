//! Which redirects are followed, and with which method.

use curlback::{Code, Error, FollowLocation, PostRedirections, Version};

use crate::support::server::Server;
use crate::support::servers::redirecting_server;
use crate::support::transfers::collecting;

#[test]
fn redirect_options_are_obeyed() {
    let server = redirecting_server("301 Moved", "/new".to_owned());
    for (keep, method) in [
        (PostRedirections::empty(), "GET"),
        (PostRedirections::MOVED_PERMANENTLY, "POST"),
    ] {
        let mut transfer = collecting(&server.url("/old"));
        transfer.follow_location(true).unwrap();
        transfer.autoreferer(true).unwrap();
        transfer.max_redirections(u32::MAX).unwrap();
        transfer.post_redirections(keep).unwrap();
        transfer.post_fields_copy(b"data").unwrap();
        transfer.perform().unwrap();
        let last = server.requests().pop().unwrap();
        assert_eq!(last.line, format!("{method} /new HTTP/1.1"));
        assert_eq!(last.header("referer"), Some(server.url("/old").as_str()));

        transfer.url(&server.url("/old")).unwrap();
        transfer.max_redirections(0).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::TOO_MANY_REDIRECTS), "{error}");
    }
}

#[test]
fn custom_method_fares_as_the_redirects_are_followed() {
    let server = Server::new(|conn| {
        while let Some(request) = conn.request() {
            match request.line.contains(" /old ") {
                true => conn.reply("303 See", "Location: /new\r\n", ""),
                false => conn.reply("200 OK", "", ""),
            }
        }
    });
    let mut transfer = collecting(&server.url("/old"));
    transfer.custom_request("PATCH").unwrap();
    transfer.follow_location(true).unwrap();
    transfer.perform().unwrap();
    assert_eq!(server.requests()[1].line, "PATCH /new HTTP/1.1");

    transfer.url(&server.url("/old")).unwrap();
    match transfer.follow_location(FollowLocation::ObeyCode) {
        // libcurl before 8.13.0 would take the value for `All`, so the crate refuses it.
        Err(Error::Unsupported { what, since, .. }) => {
            assert_eq!(what, "CURLFOLLOW_OBEYCODE");
            assert_eq!(since, Version::new(8, 13, 0));
            transfer.perform().unwrap();
            assert_eq!(server.requests()[3].line, "PATCH /new HTTP/1.1");
        }
        result => {
            result.unwrap();
            transfer.perform().unwrap();
            // Before 8.20.0, the releases that have the value take it for `All` in this case.
            let method = match Version::linked() < Version::new(8, 20, 0) {
                true => "PATCH",
                false => "GET",
            };
            let line = format!("{method} /new HTTP/1.1");
            assert_eq!(server.requests()[3].line, line);
        }
    }
}
