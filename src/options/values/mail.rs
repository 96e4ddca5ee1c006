//! Mail.

bits! {
    /// The marks of a message that IMAP appends.
    pub struct UploadFlags {
        /// It was answered.
        ANSWERED = 1 << 0, "CURLULFLAG_ANSWERED", "8.13.0";
        /// It is to be deleted.
        DELETED = 1 << 1, "CURLULFLAG_DELETED", "8.13.0";
        /// It is a draft.
        DRAFT = 1 << 2, "CURLULFLAG_DRAFT", "8.13.0";
        /// It is flagged.
        FLAGGED = 1 << 3, "CURLULFLAG_FLAGGED", "8.13.0";
        /// It was seen.
        SEEN = 1 << 4, "CURLULFLAG_SEEN", "8.13.0";
    }
}
