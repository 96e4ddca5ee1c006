//! Fifty URLs, ten at a time.

mod crowd;
mod server;

use std::collections::HashMap;

use crowd::Crowd;
use curlback::multi::Id;
use curlback::{Error, Multi, Transfer, handlers::Collect};

type Pages = HashMap<String, Result<Vec<u8>, Error>>;

fn fetch_all(urls: impl IntoIterator<Item = String>) -> Result<Pages, Error> {
    let mut urls = urls.into_iter();
    let mut running = HashMap::new();
    let mut pages = Pages::new();
    let mut multi = Multi::new()?;
    for url in urls.by_ref().take(10) {
        add(&mut multi, &mut running, url)?;
    }
    multi.run(|multi, id, mut transfer, result| {
        let page = result.map(|()| transfer.handler_mut().take_body());
        pages.extend(running.remove(&id).map(|url| (url, page)));
        match urls.next() {
            Some(url) => add(multi, &mut running, url),
            None => Ok(()),
        }
    })?;
    Ok(pages)
}

fn add(
    multi: &mut Multi<Collect>,
    running: &mut HashMap<Id, String>,
    url: String,
) -> Result<(), Error> {
    let mut transfer = Transfer::new(Collect::new())?;
    transfer.url(&url)?;
    transfer.fail_on_error(true)?;
    running.insert(multi.add(transfer)?, url);
    Ok(())
}

#[test]
fn fetches_fifty_urls_ten_at_a_time() {
    let (server, crowd) = Crowd::server();
    let pages = fetch_all((0..50).map(|page| server.url(&format!("/{page}")))).unwrap();
    crowd.check(&server, &pages);
}
