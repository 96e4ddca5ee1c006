//! Options: mail: SMTP, IMAP and POP3.

use crate::options::values::mail::UploadFlags;

#[rustfmt::skip]
options! { "mail";
    mail_from: line unset MAIL_FROM, "CURLOPT_MAIL_FROM", 186, "7.20.0", "Sets the address of the sender.";
    mail_rcpt: lines, "CURLOPT_MAIL_RCPT", 187, "7.20.0", "Sets the addresses of the recipients.";
    mail_auth: line unset MAIL_AUTH, "CURLOPT_MAIL_AUTH", 217, "7.25.0", "Sets the address of the original submitter, for a message that is relayed.";
    #[doc(alias = "CURLOPT_MAIL_RCPT_ALLLOWFAILS")]
    mail_rcpt_allowfails: flag, "CURLOPT_MAIL_RCPT_ALLOWFAILS", 290, "7.69.0", "Sends the message if at least one recipient is accepted; off by default.";
    upload_flags: value<UploadFlags>, "CURLOPT_UPLOAD_FLAGS", 327, "8.13.0", "Sets the flags of a message that is appended by IMAP; [`UploadFlags::SEEN`] by default.";
}
