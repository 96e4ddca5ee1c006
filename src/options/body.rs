//! Options: the body.

use crate::options::values::http::TimeCondition;

#[rustfmt::skip]
options! { "the body";
    upload: flag, "CURLOPT_UPLOAD", 46, "7.1", "Sends what [`read`](crate::Callbacks::read) gives: HTTP's PUT; off by default.";
    in_filesize: size unset IN_FILESIZE, "CURLOPT_INFILESIZE_LARGE" or "CURLOPT_INFILESIZE", 115, "7.11.0", "Announces how many bytes an upload has, including the bytes that [`resume_from`](Self::resume_from) leaves out. [`read`](crate::Callbacks::read) is not called for bytes beyond that size, and a body that ends before it is an error. Without an announced size, HTTP sends the body in chunks.";
    range: range unset RANGE, "CURLOPT_RANGE", 7, "7.1", "Asks for a part of the body: `0-499`, `500-`, `-500`. libcurl writes the `bytes=` of HTTP itself, so a value that begins with `bytes` is an error.";
    resume_from: offset, "CURLOPT_RESUME_FROM_LARGE" or "CURLOPT_RESUME_FROM", 116, "7.11.0", "Starts at this offset: what comes before is not asked for, or not sent. `None` continues an upload where the file on the server ends, in FTP, SFTP and `file://`; HTTP sends all of it.";
    max_filesize: size, "CURLOPT_MAXFILESIZE_LARGE" or "CURLOPT_MAXFILESIZE", 117, "7.11.0", "Fails the transfer with [`Code::FILESIZE_EXCEEDED`](crate::Code::FILESIZE_EXCEEDED) if the body to receive is larger; before libcurl 8.4.0, only if the server has announced its size. [`Collect::limit`](crate::handlers::Collect::limit) counts the bytes received.";
    fetch_filetime: flag, "CURLOPT_FILETIME", 69, "7.5", "Asks for the time of the document, for [`filetime`](Self::filetime); off by default.";
    time_condition: value<TimeCondition>, "CURLOPT_TIMECONDITION", 33, "7.1", "Transfers the document only if it is newer or older than [`time_value`](Self::time_value).";
    time_value: time, "CURLOPT_TIMEVALUE_LARGE" or "CURLOPT_TIMEVALUE", 270, "7.59.0", "Sets the time for [`time_condition`](Self::time_condition), in whole seconds.";
}
