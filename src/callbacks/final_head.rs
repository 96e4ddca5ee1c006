//! Finds out which headers belong to the final response.
//!
//! At the end of the headers of a response, libcurl decides whether it sends another request, but it
//! does not report this decision. If the options and the status are enough, this module decides at the same moment.
//! Otherwise it decides by what comes next: a part of the body, another status line, or the end of the transfer.

use super::facts::Facts;
use super::header::is_blank;
use crate::ffi::list::value_of;

/// What the options say about which responses libcurl may answer with another request, or may take for an
/// error.
#[derive(Clone, Copy, Default)]
pub(crate) struct Answers {
    /// libcurl follows redirects.
    pub(crate) follows: bool,
    /// libcurl may have credentials that answer a challenge.
    pub(crate) authenticates: bool,
    /// libcurl may use a scheme of authentication that needs several requests.
    pub(crate) negotiates: bool,
    /// A status of 400 or more fails the transfer.
    pub(crate) fails: bool,
    /// libcurl also passes the header lines to the callback `write`.
    pub(crate) shows_header: bool,
}

/// Whether the final headers of a transfer have come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// No headers have come, or those that came last are not the final ones.
    #[default]
    Before,
    /// What comes next shows whether the headers that came last are the final ones.
    Undecided,
    /// The final headers have come.
    Reached,
}

/// Finds the final headers of a transfer.
#[derive(Default)]
pub(crate) struct FinalHead {
    /// Whether the handler, or a caller that reads the body, waits for the final headers.
    wanted: bool,
    answers: Answers,
    phase: Phase,
    /// Whether responses of the transfer's protocol begin with a status line. If not, the status line was that of a
    /// proxy which tunnels the protocol.
    is_response: bool,
    /// The status of the response whose headers arrive.
    status: Option<u16>,
    /// Whether a header of this response is a `Location` with a value.
    has_location: bool,
}

impl FinalHead {
    /// Makes the state for the beginning of a transfer.
    pub(crate) fn new(wanted: bool, answers: Answers) -> FinalHead {
        FinalHead {
            wanted,
            answers,
            ..FinalHead::default()
        }
    }

    /// Notes that somebody waits for the final headers.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// Returns whether somebody waits for the final headers, and these may still come.
    #[inline(always)]
    pub(crate) fn is_awaited(&self) -> bool {
        self.wanted && self.phase != Phase::Reached
    }

    /// Returns whether the final headers have come.
    pub(crate) fn is_reached(&self) -> bool {
        self.phase == Phase::Reached
    }

    /// Notes the status line of a response. The response may be that of a proxy which tunnels another protocol.
    fn begin_response(&mut self, status: Option<u16>, facts: &impl Facts) {
        self.phase = Phase::Before;
        self.is_response = facts.has_responses();
        self.status = status;
        self.has_location = false;
    }

    /// Returns whether [`take`](FinalHead::take) has to get the fields of this response, since the decision
    /// depends on whether it has a `Location`.
    pub(crate) fn wants_fields(&self) -> bool {
        self.is_awaited() && self.answers.follows && matches!(self.status, Some(300..=399))
    }

    /// Notes whether this field is a `Location` that has a value.
    fn note_field(&mut self, line: &[u8]) {
        const LOCATION: &[u8] = b"location:";
        let value = value_of(line, LOCATION);
        self.has_location |= value.is_some_and(|value| !value.trim_ascii().is_empty());
    }

    /// Notes the end of the headers of a response, and returns whether they are the final ones.
    fn end_headers(&mut self, facts: &impl Facts) -> bool {
        self.phase = match self.status.map(|status| self.verdict(status, facts)) {
            Some(Phase::Reached) if facts.may_be_connect() => Phase::Undecided,
            Some(phase) => phase,
            None => Phase::Undecided,
        };
        self.is_reached()
    }

    fn verdict(&self, status: u16, facts: &impl Facts) -> Phase {
        let Answers {
            follows,
            authenticates,
            negotiates,
            fails,
            ..
        } = self.answers;
        match status {
            // After an upgrade to HTTP/2, the final response is still to come.
            101 if !facts.is_websocket() => Phase::Undecided,
            100 | 102..=199 => Phase::Before,
            300..=399 if follows && self.has_location => Phase::Before,
            // The credentials for the proxy may come from the environment, so the options do not decide.
            407 => Phase::Undecided,
            401 if authenticates => Phase::Undecided,
            // libcurl may repeat the request without `Expect`.
            417 => Phase::Undecided,
            400.. if fails => Phase::Undecided,
            // With a scheme that needs several requests, libcurl sends the first ones without their body and repeats
            // them.
            ..300 if negotiates && !facts.lacks_body() => Phase::Undecided,
            _ => Phase::Reached,
        }
    }

    /// Notes a part of the body, and returns whether this shows that the headers before it are the final ones:
    /// libcurl throws away the body of every other response. Returns `false` also if this was known before, or nobody
    /// waits for these headers.
    #[cold]
    pub(crate) fn begin_body(&mut self, facts: &impl Facts) -> bool {
        // This part may be a header line, which does not show that the body has begun.
        let is_header = self.answers.shows_header && facts.has_responses();
        if !self.is_awaited() || is_header {
            return false;
        }
        self.phase = Phase::Reached;
        true
    }

    /// Notes that the transfer has succeeded, and returns whether this shows that the headers before it are the final
    /// ones: `false` if this was known, or nobody waits for them.
    pub(crate) fn end(&mut self) -> bool {
        let awaited = self.is_awaited();
        self.phase = Phase::Reached;
        awaited
    }

    /// Notes a line that the handler has taken: the status line, with its status, a field, or the empty line, but no
    /// trailer. Returns whether the line ends the final headers. Must only be called while these are
    /// [awaited](Self::is_awaited).
    pub(crate) fn take(
        &mut self,
        line: &[u8],
        is_status: bool,
        status: Option<u16>,
        facts: &impl Facts,
    ) -> bool {
        match (is_status, is_blank(line)) {
            (true, _) => self.begin_response(status, facts),
            (false, true) if self.is_response => return self.end_headers(facts),
            (false, true) => {}
            (false, false) => self.note_field(line),
        }
        false
    }
}
