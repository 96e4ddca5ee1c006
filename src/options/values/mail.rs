//! Mail.

use bitflags::bitflags;

bits! { UploadFlags }

bitflags! {
    /// The marks of a message that IMAP appends.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct UploadFlags: u32 {
        /// It was answered.
        #[doc(alias = "CURLULFLAG_ANSWERED")]
        const ANSWERED = 1 << 0;
        /// It is to be deleted.
        #[doc(alias = "CURLULFLAG_DELETED")]
        const DELETED = 1 << 1;
        /// It is a draft.
        #[doc(alias = "CURLULFLAG_DRAFT")]
        const DRAFT = 1 << 2;
        /// It is flagged.
        #[doc(alias = "CURLULFLAG_FLAGGED")]
        const FLAGGED = 1 << 3;
        /// It was seen.
        #[doc(alias = "CURLULFLAG_SEEN")]
        const SEEN = 1 << 4;
    }
}
