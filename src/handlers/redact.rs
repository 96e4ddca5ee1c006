//! Makes lines of what a verbose transfer reports, and hides the secrets in them.

use crate::DebugKind;

mod commands;
mod fields;
mod lines;
mod text;

use self::fields::Field;
use self::lines::{Line, LineBuffer};
use self::text::Urls;

/// The text that replaces a secret.
const REDACTED: &str = "[redacted]";

/// The state of the header lines in one direction.
#[derive(Clone, Debug, Default)]
struct Stream {
    buffer: LineBuffer,
    /// Whether the value of the last header field was hidden: then its continuations are hidden too.
    hides_field: bool,
}

/// Converts the reports of a verbose transfer to lines without secrets.
#[derive(Clone, Debug, Default)]
pub(super) struct Redactor {
    /// The names of those header fields that are hidden because the user has named them.
    names: Vec<String>,
    urls: Urls,
    received: Stream,
    sent: Stream,
    /// Whether a login is in progress. All lines of a login are secret.
    logs_in: bool,
}

impl Redactor {
    /// Also hides the values of header fields with this name.
    pub(super) fn hide_header(&mut self, name: &str) {
        self.names.push(name.trim().to_ascii_lowercase());
    }

    /// Sets whether the queries and fragments of URLs are shown.
    pub(super) fn show_query(&mut self, show: bool) {
        self.urls.show_query = show;
    }

    /// Returns a URL without secrets.
    #[cfg(feature = "tracing")]
    pub(super) fn hide_in_url(&self, url: &str) -> String {
        self.urls.hide_in_url(url)
    }

    /// Calls `print` with each line that a report completes, and with the character that the `curl` tool prints before
    /// the line.
    pub(super) fn report<E>(
        &mut self,
        kind: DebugKind,
        data: &[u8],
        mut print: impl FnMut(char, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let count = |what| format!("{} bytes {what}", data.len());
        match kind {
            DebugKind::Text => print('*', &self.information(data)),
            DebugKind::DataIn => print('{', &count("data")),
            DebugKind::DataOut => print('}', &count("data")),
            DebugKind::SslDataIn => print('{', &count("TLS data")),
            DebugKind::SslDataOut => print('}', &count("TLS data")),
            DebugKind::HeaderIn => {
                self.received.buffer.append(data);
                while let Some(line) = self.received.buffer.next_line() {
                    print('<', &escaped(&self.received_line(&line)))?;
                }
                Ok(())
            }
            DebugKind::HeaderOut => {
                self.sent.buffer.append(data);
                while let Some(line) = self.sent.buffer.next_line() {
                    print('>', &escaped(&self.sent_line(&line)))?;
                }
                Ok(())
            }
            DebugKind::Other(number) => print('?', &count(&format!("of kind {number}"))),
        }
    }

    /// Returns a message of libcurl as one line: a value in the message may contain an end of line.
    fn information(&self, data: &[u8]) -> String {
        let message = String::from_utf8_lossy(data);
        let message = message.trim_end_matches(['\r', '\n']);
        // With HTTP/2 and HTTP/3, some releases of libcurl report each header of a request as a message that contains
        // `[name: value]`.
        if let Some((begin, field, end)) = fields::in_brackets(message) {
            let value = self.value(&field).unwrap_or_else(|| REDACTED.to_owned());
            return escaped(&format!("{begin}{}: {value}{end}", field.name));
        }
        if let Some(field) = Field::parse(message.trim_start()).filter(|field| self.hides(field)) {
            return escaped(&format!("{}: {REDACTED}", field.name));
        }
        escaped(&self.urls.hide_in_message(message))
    }

    fn received_line(&mut self, line: &Line) -> String {
        let Line::Text(line) = line else {
            return line.description();
        };
        match line.split_once(' ') {
            // The server's steps of a login begin with 334 in SMTP, and with `+` in IMAP and POP3.
            Some((step @ ("334" | "+"), _)) => return format!("{step} {REDACTED}"),
            _ if matches!(line.as_str(), "334" | "+") => {}
            _ => self.logs_in = false,
        }
        match self.field_line(false, line) {
            Some(line) => line,
            None => self.urls.hide_in_text(line),
        }
    }

    fn sent_line(&mut self, line: &Line) -> String {
        let Line::Text(line) = line else {
            return line.description();
        };
        if line.is_empty() {
            return String::new();
        }
        // A control character means a binary protocol, such as MQTT. During a login, every line is secret.
        if line.contains(|char: char| char.is_control() && char != '\t') || self.logs_in {
            return REDACTED.to_owned();
        }
        if let Some((method, target, version)) = request_line(line) {
            self.sent.hides_field = false;
            return format!("{method} {} {version}", self.urls.hide_in_url(target));
        }
        if let Some(line) = self.field_line(true, line) {
            return line;
        }
        let command = commands::Command::parse(line);
        self.logs_in = command.begins_login();
        command.shown(&self.urls)
    }

    /// Returns the line of a header field, or of its continuation, without secrets; `None` if it is another line.
    fn field_line(&mut self, sent: bool, line: &str) -> Option<String> {
        let is_continuation = line.starts_with([' ', '\t']);
        let field = Field::parse(line);
        let hides = match &field {
            Some(field) => self.hides(field),
            None if is_continuation => match sent {
                true => self.sent.hides_field,
                false => self.received.hides_field,
            },
            None => false,
        };
        let stream = if sent {
            &mut self.sent
        } else {
            &mut self.received
        };
        stream.hides_field = hides;
        match field {
            Some(field) => {
                let shown = self.value(&field);
                let value = shown.unwrap_or_else(|| fields::scheme_only(&field));
                Some(format!("{}: {value}", field.name))
            }
            None if is_continuation && hides => Some(format!(" {REDACTED}")),
            None if is_continuation => Some(self.urls.hide_in_text(line)),
            None => None,
        }
    }

    fn hides(&self, field: &Field<'_>) -> bool {
        let name = field.name.to_ascii_lowercase();
        fields::is_secret(&name) || self.names.contains(&name)
    }

    /// Returns the value of a field without secrets; `None` if the whole value is secret.
    fn value(&self, field: &Field<'_>) -> Option<String> {
        if self.hides(field) {
            return None;
        }
        Some(match fields::is_url(field.name) {
            true => self.urls.hide_in_url(field.value),
            false => self.urls.hide_in_text(field.value),
        })
    }
}

/// Splits the first line of an HTTP or RTSP request into method, target and version; `None` for any other line.
fn request_line(line: &str) -> Option<(&str, &str, &str)> {
    let (rest, version) = line.rsplit_once(' ')?;
    let (method, target) = rest.split_once(' ')?;
    let is_request = version.starts_with("HTTP/") || version.starts_with("RTSP/");
    let is_method = method.bytes().all(|byte| byte.is_ascii_graphic());
    (is_request && is_method).then_some((method, target, version))
}

/// Makes control characters except tabs visible, so that no value looks like another line, or controls a terminal.
fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for char in line.chars() {
        match char {
            '\t' => escaped.push(char),
            _ if char.is_control() => escaped.extend(char.escape_default()),
            _ => escaped.push(char),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
