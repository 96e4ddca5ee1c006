//! Values for mail.

bits! {
    /// The flags of a message that is appended by IMAP.
    pub struct UploadFlags {
        /// The message was answered.
        ANSWERED = 1 << 0, "CURLULFLAG_ANSWERED", "8.13.0";
        /// The message is to be deleted.
        DELETED = 1 << 1, "CURLULFLAG_DELETED", "8.13.0";
        /// The message is a draft.
        DRAFT = 1 << 2, "CURLULFLAG_DRAFT", "8.13.0";
        /// The message is flagged.
        FLAGGED = 1 << 3, "CURLULFLAG_FLAGGED", "8.13.0";
        /// The message was seen.
        SEEN = 1 << 4, "CURLULFLAG_SEEN", "8.13.0";
    }
}
