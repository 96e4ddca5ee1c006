//! A form with a file.

mod server;

use std::path::Path;

use curlback::{Error, Mime, Part, Transfer};
use server::{Server, respond};

fn send_form(url: &str, title: &str, photo: &Path) -> Result<u32, Error> {
    let mut transfer = Transfer::new(())?;
    transfer.url(url)?;
    transfer.mime(
        Mime::new()
            .part(Part::data(title).name("title"))
            .part(Part::file(photo).name("photo").content_type("image/png")),
    )?;
    transfer.perform()?;
    transfer.response_code()
}

#[test]
fn sends_a_field_and_a_file() {
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b""));
    let directory = tempfile::tempdir().unwrap();
    let photo = directory.path().join("cat.png");
    std::fs::write(&photo, b"\x89PNG\r\n").unwrap();
    assert_eq!(
        send_form(&server.url("/photos"), "A cat", &photo).unwrap(),
        200
    );

    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /photos");
    let boundary = request.header("Content-Type").unwrap();
    let boundary = boundary
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let expected = [
        format!(
            "--{boundary}\r\n\
             Content-Disposition: form-data; name=\"title\"\r\n\r\n\
             A cat\r\n\
             --{boundary}\r\n\
             Content-Disposition: form-data; name=\"photo\"; filename=\"cat.png\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .as_bytes(),
        b"\x89PNG\r\n",
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert_eq!(request.body, expected);
}

#[test]
fn a_file_that_is_missing_is_an_error_before_the_request() {
    let server = Server::start(|_, to| respond(to, "200 OK", &[], b""));
    let directory = tempfile::tempdir().unwrap();
    let error = send_form(&server.url("/"), "A cat", &directory.path().join("none")).unwrap_err();
    assert_eq!(error.code(), Some(curlback::Code::READ_ERROR));
    assert!(server.requests().is_empty());
}
