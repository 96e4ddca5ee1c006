//! Fifty URLs, ten at a time, in tasks of tokio.

mod crowd;
mod server;

use std::collections::HashMap;

use crowd::Crowd;
use curlback::{Agent, Error, Transfer, handlers::Collect};
use tokio::task::JoinSet;

type Pages = HashMap<String, Result<Vec<u8>, Error>>;

async fn fetch_all(urls: impl IntoIterator<Item = String>) -> Result<Pages, Error> {
    let agent = Agent::builder().max_total_connections(10).build()?;
    let mut tasks = JoinSet::new();
    for url in urls {
        let agent = agent.clone();
        tasks.spawn(async move {
            let page = fetch(&agent, &url).await;
            (url, page)
        });
    }
    Ok(tasks.join_all().await.into_iter().collect())
}

async fn fetch(agent: &Agent, url: &str) -> Result<Vec<u8>, Error> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(url)?;
    transfer.fail_on_error(true)?;
    let (mut transfer, result) = agent.start(transfer).await;
    result?;
    Ok(transfer.handler_mut().take_body())
}

#[tokio::test]
async fn fetches_fifty_urls_ten_at_a_time() {
    let (server, crowd) = Crowd::server();
    let pages = fetch_all((0..50).map(|page| server.url(&format!("/{page}"))))
        .await
        .unwrap();
    crowd.check(&server, &pages);
}
