//! Checks whether a transfer has ended as it must.

use std::time::Duration;

use curlback::{Callback, Code, Error, Version};

use crate::failure::{Failed, How, Own};
use crate::handler::Actor;
use crate::journal::{fault, note};

/// How much longer than its time limit a transfer may take, since its callbacks may perform other
/// transfers.
const SLACK: Duration = Duration::from_secs(6);

/// How a run of a transfer ended.
pub(crate) enum Outcome {
    Result(Result<(), Error>),
    /// The call has panicked. The number is that of the callback's panic; `None` if a drop has
    /// panicked.
    Panic(Option<u64>),
}

/// Where a transfer has run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// Whether the transfer was in a `Multi`. There, a callback's panic comes out of the call that
    /// drives.
    pub(crate) is_in_multi: bool,
    /// Whether the event loop of the `Multi` may fail.
    pub(crate) may_fail: bool,
    /// Whether the transfer ran inside a callback. There, it must not wait for a share.
    pub(crate) is_nested: bool,
}

/// Returns whether a nested transfer was refused a share, or a transfer was refused the hook
/// `close_socket` because it has a share.
fn is_refused_share(error: &Error, is_nested: bool) -> bool {
    matches!(error, Error::Option { option, .. }
        if is_nested && *option == "CURLOPT_SHARE" || *option == "CURLOPT_CLOSESOCKETFUNCTION")
}

/// Returns whether the error means that libcurl could not hold back what came after a pause. Some
/// releases hold back at most three kinds of data, such as header lines and the body.
fn holds_too_much(error: &Error) -> bool {
    error.code() == Some(Code::OUT_OF_MEMORY) && Version::linked() < Version::new(8, 7, 0)
}

/// Checks how a run has ended.
pub(crate) fn judge(transfer: &mut Actor, outcome: &Outcome, place: Place) {
    let Place {
        is_in_multi,
        may_fail,
        is_nested,
    } = place;
    let handler = transfer.handler_mut();
    let failed = handler.failed;
    let (tried, accepted) = (handler.cancels.is_tried(), handler.cancels.is_accepted());
    match outcome {
        Outcome::Result(Ok(())) => note!("    {handler:?} ends well"),
        Outcome::Result(Err(error)) => note!("    {handler:?} ends with {error:?}"),
        Outcome::Panic(number) => note!("    {handler:?} panics with {number:?}"),
    }
    match outcome {
        Outcome::Result(Err(Error::Option { .. } | Error::Unsupported { .. })) => {}
        // The run is over, so a cancel that was accepted for it no longer counts.
        _ => handler.cancels.end(),
    }
    let wrong = match outcome {
        Outcome::Panic(number) => panicked(*number, failed, handler.request.has_reader),
        Outcome::Result(Ok(())) => match failed {
            Some(failed) if failed.is_final() => Some("ends well"),
            _ if accepted => Some("was cancelled, and ends well"),
            _ => None,
        },
        Outcome::Result(Err(error)) => match error {
            Error::Cancelled if tried => None,
            Error::Cancelled => Some("was not cancelled"),
            Error::Callback { .. } | Error::Aborted { .. } => {
                of_callback(error, failed, is_in_multi, handler.request.has_reader)
            }
            Error::Option { .. } | Error::Unsupported { .. } if failed.is_none() => None,
            Error::Libcurl { .. }
                if matches!(
                    failed,
                    Some(Failed {
                        at: Callback::OpenSocket,
                        ..
                    })
                ) =>
            {
                None
            }
            _ if failed.is_some() => Some("has another error"),
            Error::Libcurl { .. } if accepted => Some("was cancelled, and has another error"),
            Error::Libcurl { .. } | Error::Multi { .. } => None,
            _ => Some("has an error of an odd kind"),
        },
    };
    if let Some(wrong) = wrong {
        match outcome {
            Outcome::Result(result) => fault!("{handler:?} {wrong}: {failed:?}, {result:?}"),
            Outcome::Panic(number) => fault!("{handler:?} {wrong}: {failed:?}, panic {number:?}"),
        }
    }
    let request = handler.request.clone();
    let took = handler.begun.elapsed();
    if took > request.limit + SLACK {
        fault!(
            "{handler:?} takes {took:?} with a limit of {:?}",
            request.limit
        );
    }
    match outcome {
        Outcome::Result(Ok(())) => {
            let whole = request
                .body
                .filter(|_| request.is_whole && !request.connects_only);
            if whole.is_some_and(|body| body.len != handler.received) {
                fault!("{handler:?} ends well with {} bytes", handler.received);
            }
        }
        Outcome::Result(Err(error)) => {
            let is_sure = request.is_sure && failed.is_none() && !tried;
            let is_allowed = is_refused_share(error, is_nested)
                || handler.temper.pauses > 0 && holds_too_much(error)
                || may_fail && matches!(error, Error::Multi { .. });
            if is_sure && !is_allowed {
                fault!("{handler:?} fails: {error:?}");
            }
        }
        Outcome::Panic(_) => {}
    }
}

fn panicked(number: Option<u64>, failed: Option<Failed>, has_reader: bool) -> Option<&'static str> {
    match failed {
        Some(failed) if failed.how == How::Panic && Some(failed.number) == number => None,
        // The drop of an error may panic as well.
        Some(_) if number.is_none() => None,
        None if has_reader || number.is_none() => None,
        _ => Some("panics with what is not its own"),
    }
}

fn of_callback(
    error: &Error,
    failed: Option<Failed>,
    is_in_multi: bool,
    has_reader: bool,
) -> Option<&'static str> {
    let at = error.callback();
    let Some(failed) = failed else {
        return match at {
            Some(Callback::MimeRead | Callback::MimeSeek) if has_reader => None,
            // A push has failed, and the parent ends with this failure.
            Some(Callback::Push) => None,
            // The crate itself fails an upload that ends before its announced size.
            Some(Callback::Read) if error.code() != Some(Code::OK) => {
                match error.downcast_ref::<std::io::Error>() {
                    Some(_) => None,
                    None => Some("has a failure that was none"),
                }
            }
            _ => Some("has a failure that was none"),
        };
    };
    if at != Some(failed.at) {
        return Some("has the failure of another callback");
    }
    let own = error.downcast_ref::<Own>().map(|own| own.number);
    match (failed.how, error) {
        (How::Error, Error::Callback { .. }) if own == Some(failed.number) => None,
        (How::Abort, Error::Aborted { .. }) => None,
        (How::Abort, Error::Callback { .. }) if failed.at == Callback::OpenSocket => None,
        (How::Panic, Error::Aborted { .. }) if is_in_multi => None,
        _ => Some("has a failure of the wrong kind"),
    }
}
