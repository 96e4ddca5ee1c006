//! Transfers inside the callbacks of other transfers.

use std::sync::Arc;
use std::time::Duration;

use curlback::Transfer;

use crate::failure::{catch, drop_it, expected_panic};
use crate::handler::Handler;
use crate::journal::{fault, note};
use crate::request::Request;
use crate::rng::Rng;
use crate::round::Round;
use crate::stream::Stream;
use crate::verdict::{Outcome, Place, judge};

/// A time limit that no nested transfer reaches.
const LIMIT: Duration = Duration::from_secs(12);

/// Performs one or two transfers. Each uses a share of the round, if there is one, which may be the share of
/// the outer transfer.
pub(crate) fn drive(round: &Arc<Round>, rng: &mut Rng, depth: usize) {
    for _ in 0..1 + rng.below(2) {
        let mut transfer = match plain(round, rng, depth) {
            Ok(transfer) => transfer,
            Err(error) => {
                fault!("a nested transfer cannot be made: {error:?}");
                return;
            }
        };
        if let Some(share) = round.share(rng) {
            let shared = catch(|| transfer.share(&share));
            note!(
                "    nested {} with a share: {shared:?}",
                transfer.handler().number
            );
        }
        let outcome = match catch(|| transfer.perform()) {
            Ok(result) => Outcome::Result(result),
            Err(payload) => Outcome::Panic(expected_panic(payload, "a nested perform")),
        };
        let place = Place {
            is_nested: true,
            ..Place::default()
        };
        judge(&mut transfer, &outcome, place);
        drop_it(transfer);
    }
}

/// Makes a transfer of a small body. Its handler neither fails nor pauses.
pub(crate) fn plain(
    round: &Arc<Round>,
    rng: &mut Rng,
    depth: usize,
) -> Result<Transfer<Handler>, curlback::Error> {
    let mut handler = Handler::new(round, rng);
    handler.depth = depth;
    let body = Stream::new(rng.below(3000), 5);
    let url = round.servers.http.url(&format!("/ok/{}/5", body.len));
    handler.request = Request {
        url: url.clone(),
        body: Some(body),
        is_whole: true,
        is_sure: true,
        limit: LIMIT,
        ..Request::default()
    };
    let mut transfer = Transfer::new(handler)?;
    transfer.url(&url)?;
    transfer.timeout(LIMIT)?;
    Ok(transfer)
}
