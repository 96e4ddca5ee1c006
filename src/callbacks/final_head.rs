//! Which headers are those of the final response.
//!
//! libcurl decides at the end of the headers of a response whether it sends another request, but does
//! not say so. Here it is decided at the same time where the options and the status are enough, else by
//! what comes next: a part of the body, another status line, or the end of the transfer.

use super::facts::Facts;
use super::header::{is_blank, status_code};

/// What the options say about responses that libcurl answers with another request, or not at all.
#[derive(Clone, Copy, Default)]
pub(crate) struct Answers {
    /// libcurl follows redirects.
    pub(crate) follows: bool,
    /// There may be credentials that answer a challenge.
    pub(crate) authenticates: bool,
    /// There may be schemes that need several requests.
    pub(crate) negotiates: bool,
    /// A status of 400 or more is an error.
    pub(crate) fails: bool,
    /// The function for the body also gets the header lines.
    pub(crate) shows_header: bool,
}

/// How far a transfer is on the way to the final response.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// The last headers, if any, were not the final ones.
    #[default]
    Before,
    /// What comes next decides about the last headers.
    Undecided,
    /// The final headers have come.
    Reached,
}

/// Finds the final headers of a transfer.
#[derive(Default)]
pub(crate) struct FinalHead {
    /// Whether anybody wants to know.
    wanted: bool,
    answers: Answers,
    phase: Phase,
    /// Whether the headers that arrive are those of a response of the transfer's protocol.
    is_response: bool,
    /// The status of that response.
    status: Option<u16>,
    /// Whether one of these headers is a `Location`.
    has_location: bool,
}

impl FinalHead {
    /// Begins a transfer.
    pub(crate) fn new(wanted: bool, answers: Answers) -> FinalHead {
        FinalHead {
            wanted,
            answers,
            ..FinalHead::default()
        }
    }

    /// Notes that somebody wants to know.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// Returns whether the final headers may still come, and somebody wants to know.
    #[inline(always)]
    pub(crate) fn is_awaited(&self) -> bool {
        self.wanted && self.phase != Phase::Reached
    }

    /// Returns whether the final headers have come.
    pub(crate) fn is_reached(&self) -> bool {
        self.phase == Phase::Reached
    }

    /// Notes the status line of a response, which may be a proxy's before another protocol.
    fn begin_response(&mut self, line: &[u8], facts: &impl Facts) {
        self.phase = Phase::Before;
        self.is_response = facts.has_responses();
        self.status = status_code(line);
        self.has_location = false;
    }

    /// Returns whether the fields of this response matter.
    pub(crate) fn wants_fields(&self) -> bool {
        self.is_awaited() && self.answers.follows && matches!(self.status, Some(300..=399))
    }

    /// Notes a field.
    fn note_field(&mut self, line: &[u8]) {
        const LOCATION: &[u8] = b"location:";
        if let Some((name, value)) = line.split_at_checked(LOCATION.len()) {
            self.has_location |=
                name.eq_ignore_ascii_case(LOCATION) && !value.trim_ascii().is_empty();
        }
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
            // After an upgrade to HTTP/2, the response is still to come.
            101 if !facts.is_websocket() => Phase::Undecided,
            100 | 102..=199 => Phase::Before,
            300..=399 if follows && self.has_location => Phase::Before,
            // The credentials of a proxy may come from the environment.
            407 => Phase::Undecided,
            401 if authenticates => Phase::Undecided,
            // libcurl repeats a request that it has sent with `Expect`.
            417 => Phase::Undecided,
            400.. if fails => Phase::Undecided,
            // The first requests of such a scheme have no body, so they are repeated.
            ..300 if negotiates && !facts.lacks_body() => Phase::Undecided,
            _ => Phase::Reached,
        }
    }

    /// Notes a part of the body, and returns whether the final headers came just before it.
    #[cold]
    pub(crate) fn begin_body(&mut self, facts: &impl Facts) -> bool {
        // libcurl throws the body of any other response away.
        let is_header = self.answers.shows_header && facts.has_responses();
        if !self.is_awaited() || is_header {
            return false;
        }
        self.phase = Phase::Reached;
        true
    }

    /// Notes that the transfer has ended with success, and returns whether the final headers came just
    /// before that.
    pub(crate) fn end(&mut self) -> bool {
        let awaited = self.is_awaited();
        self.phase = Phase::Reached;
        awaited
    }

    /// Notes a line that was taken: the status line, a field, or the empty line, but no trailer. Returns
    /// whether it ends the final headers, which must be awaited.
    pub(crate) fn take(&mut self, line: &[u8], is_status: bool, facts: &impl Facts) -> bool {
        match (is_status, is_blank(line)) {
            (true, _) => self.begin_response(line, facts),
            (false, true) if self.is_response => return self.end_headers(facts),
            (false, true) => {}
            (false, false) => self.note_field(line),
        }
        false
    }
}
