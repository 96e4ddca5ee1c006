//! A POST of JSON, and the status and a header of its response.

mod server;

use std::error::Error;

use curlback::{Transfer, handlers::Collect};
use serde_json::{Value, json};
use server::{Server, respond};

struct Created {
    status: u32,
    location: Option<String>,
    answer: Value,
}

fn create(url: &str, user: &Value) -> Result<Created, Box<dyn Error>> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    transfer.add_header("Content-Type: application/json")?;
    transfer.post_fields(serde_json::to_vec(user)?)?;
    transfer.perform()?;
    let location = transfer.handler().header_value("Location");
    Ok(Created {
        status: transfer.response_code()?,
        location: location.map(|value| String::from_utf8_lossy(value).into_owned()),
        answer: serde_json::from_slice(transfer.handler().body())?,
    })
}

#[test]
fn posts_json() {
    let server =
        Server::start(|_, to| respond(to, "201 Created", &["Location: /users/7"], br#"{"id":7}"#));
    let created = create(&server.url("/users"), &json!({"name": "Ann"})).unwrap();
    assert_eq!(created.status, 201);
    assert_eq!(created.location.as_deref(), Some("/users/7"));
    assert_eq!(created.answer["id"], 7);

    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /users");
    assert_eq!(request.header("Content-Type"), Some("application/json"));
    assert_eq!(request.body, br#"{"name":"Ann"}"#);
}
