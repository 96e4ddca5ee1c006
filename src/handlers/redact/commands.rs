//! Commands of FTP and of the mail protocols. If a line does not begin with a known command, the whole line is hidden.

use super::REDACTED;
use super::text::Urls;

/// Commands whose arguments are not secret.
const SHOWN: &str = " RETR STOR APPE LIST NLST MLSD CWD CDUP PWD XPWD TYPE SIZE MDTM MFMT REST EPSV PASV EPRT \
     PORT QUIT MKD XMKD RMD RNFR RNTO DELE FEAT OPTS SYST NOOP ABOR PBSZ PROT CCC STAT HELP LANG PRET \
     EHLO HELO LHLO MAIL RCPT DATA RSET STARTTLS VRFY EXPN BDAT \
     CAPA STLS UIDL TOP \
     CAPABILITY SELECT EXAMINE FETCH SEARCH LOGOUT STORE APPEND UID LSUB CREATE DELETE RENAME STATUS CLOSE \
     EXPUNGE IDLE DONE ENABLE ";
/// Commands whose arguments are secret.
const HIDDEN: &str = " USER PASS ACCT APOP LOGIN ";
/// Commands that begin a login, which may take several steps.
const LOGINS: &str = " AUTH AUTHENTICATE ";
/// The mechanisms that may follow one of the `LOGINS`; their names are shown.
const MECHANISMS: &str = " PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 NTLM GSSAPI EXTERNAL \
     XOAUTH2 OAUTHBEARER TLS SSL ADAT ";

fn is_in(words: &str, word: &str) -> bool {
    words
        .split_ascii_whitespace()
        .any(|own| own.eq_ignore_ascii_case(word))
}

/// A line that the client sends, split into its parts.
pub(super) struct Command<'a> {
    /// The tag of an IMAP command; empty for other protocols.
    tag: &'a str,
    verb: &'a str,
    arguments: &'a str,
}

impl<'a> Command<'a> {
    pub(super) fn parse(line: &'a str) -> Command<'a> {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut tag = first.bytes();
        let is_tag = tag.next().is_some_and(|byte| byte.is_ascii_uppercase())
            && tag.len() == 3
            && tag.all(|byte| byte.is_ascii_digit());
        let (verb, arguments) = match is_tag {
            true => rest.split_once(' ').unwrap_or((rest, "")),
            false => (first, rest),
        };
        Command {
            tag: if is_tag { first } else { "" },
            verb,
            arguments,
        }
    }

    /// Returns whether the command begins a login, so that the client's next lines are secret.
    pub(super) fn begins_login(&self) -> bool {
        is_in(LOGINS, self.verb)
    }

    /// Returns the line without secrets.
    pub(super) fn shown(&self, urls: &Urls) -> String {
        let Command {
            tag,
            verb,
            arguments,
        } = *self;
        let shown = match () {
            () if is_in(SHOWN, verb) => urls.hide_in_text(arguments),
            () if is_in(LOGINS, verb) => {
                let (mechanism, rest) = arguments.split_once(' ').unwrap_or((arguments, ""));
                match is_in(MECHANISMS, mechanism) {
                    true if rest.is_empty() => mechanism.to_owned(),
                    true => format!("{mechanism} {REDACTED}"),
                    false => REDACTED.to_owned(),
                }
            }
            () if is_in(HIDDEN, verb) => REDACTED.to_owned(),
            () => return REDACTED.to_owned(),
        };
        let words = [tag, verb, &shown];
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.join(" ")
    }
}
