//! Options: HTTP.

use crate::options::values::http::{
    FollowLocation, HeaderOpt, HttpVersion, MimeOptions, PostRedirections, WsOptions,
};

#[rustfmt::skip]
options! { "HTTP";
    #[doc(alias = "CURLOPT_ENCODING")]
    accept_encoding: line unset ACCEPT_ENCODING, "CURLOPT_ACCEPT_ENCODING", 102, "7.21.6", "Asks for a compressed body, and decodes it; an empty text is everything that libcurl decodes.";
    transfer_encoding: flag, "CURLOPT_TRANSFER_ENCODING", 207, "7.21.6", "Asks for a compressed transfer; off by default.";
    http_content_decoding: flag, "CURLOPT_HTTP_CONTENT_DECODING", 158, "7.16.2", "Decodes a compressed body; on by default.";
    http_transfer_decoding: flag, "CURLOPT_HTTP_TRANSFER_DECODING", 157, "7.16.2", "Decodes chunks and a compressed transfer; on by default.";
    follow_location: choice<FollowLocation>, "CURLOPT_FOLLOWLOCATION", 52, "7.1", "Follows redirects: `true`, `false` or a [`FollowLocation`]; none by default.";
    max_redirections: number<u32>, "CURLOPT_MAXREDIRS", 68, "7.5", "Limits how many redirects are followed: 30 by default since libcurl 8.3.0, any number before.";
    #[doc(alias = "CURLOPT_POST301")]
    post_redirections: value<PostRedirections>, "CURLOPT_POSTREDIR", 161, "7.19.1", "Keeps POST after these redirects; after none by default.";
    autoreferer: flag, "CURLOPT_AUTOREFERER", 58, "7.1", "Sends a `Referer` when it follows a redirect; off by default.";
    get: flag, "CURLOPT_HTTPGET", 80, "7.8.1", "Makes the request a GET, after it was another.";
    nobody: flag, "CURLOPT_NOBODY", 44, "7.1", "Asks for no body: HTTP's HEAD; off by default.";
    post: flag, "CURLOPT_POST", 47, "7.1", "Makes the request a POST, with the body from [`read`](crate::Callbacks::read) unless there are post fields.";
    #[deprecated(note = "use `upload`")]
    put: flag, "CURLOPT_PUT", 54, "7.1", "Makes the request a PUT, with the body from [`read`](crate::Callbacks::read).";
    post_field_size: posted, "CURLOPT_POSTFIELDSIZE_LARGE" or "CURLOPT_POSTFIELDSIZE", 120, "7.11.1", "Announces how many bytes [`read`](crate::Callbacks::read) will post, as [`in_filesize`](Self::in_filesize) does; without it, or with a header `Transfer-Encoding: chunked`, the body is sent in chunks.";
    post_fields: body, "CURLOPT_POSTFIELDS", 15, "7.1", "Makes the request a POST with these bytes as its body; they are kept, not copied. Otherwise as [`post_fields_copy`](Self::post_fields_copy).";
    post_fields_copy: copied, "CURLOPT_COPYPOSTFIELDS", 165, "7.17.1", "Makes the request a POST with a copy of these bytes as its body. They are sent as they are, and called `application/x-www-form-urlencoded` unless [`http_headers`](Self::http_headers) says otherwise. [`reset`](Self::reset) takes them back.";
    #[deprecated(note = "use a MIME body, which also streams")]
    #[doc(alias("curl_formadd", "curl_formfree"))]
    httppost: form, "CURLOPT_HTTPPOST", 24, "7.1", "Makes the request a POST of a form with these fields, each a name and its contents.";
    mime_options: value<MimeOptions>, "CURLOPT_MIME_OPTIONS", 315, "7.81.0", "Sets how forms are written.";
    custom_request: line unset CUSTOM_REQUEST, "CURLOPT_CUSTOMREQUEST", 36, "7.1", "Sets the method's name, and changes nothing else.";
    request_target: line unset REQUEST_TARGET, "CURLOPT_REQUEST_TARGET", 266, "7.55.0", "Sets the target in the request line, instead of the URL's path: `*` for OPTIONS.";
    referer: line unset REFERER, "CURLOPT_REFERER", 16, "7.1", "Sets the `Referer` header.";
    useragent: line unset USERAGENT, "CURLOPT_USERAGENT", 18, "7.1", "Sets the `User-Agent` header; none by default.";
    #[doc(alias("CURLOPT_RTSPHEADER", "curl_slist_append", "curl_slist_free_all", "List"))]
    http_headers: headers, "CURLOPT_HTTPHEADER", 23, "7.1", "Sets headers of the request: `Name: value` adds or replaces, `Name:` removes, `Name;` sends an empty one, and anything else is an error. Each call replaces all headers that an earlier call has set; [`add_header`](Self::add_header) adds one.";
    headeropt: value<HeaderOpt>, "CURLOPT_HEADEROPT", 229, "7.37.0", "Sets who gets which headers; server and proxy get their own by default.";
    http_200_aliases: list, "CURLOPT_HTTP200ALIASES", 104, "7.10.3", "Takes first lines that begin with one of these for `HTTP/1.0 200 OK`.";
    cookie: line unset COOKIE, "CURLOPT_COOKIE", 22, "7.1", "Sets the `Cookie` header: `name=value`, separated by `; `.";
    cookie_file: path, "CURLOPT_COOKIEFILE", 31, "7.1", "Reads cookies from a file and starts to keep those that servers set; an empty path only does the latter.";
    cookie_jar: path unset COOKIE_JAR, "CURLOPT_COOKIEJAR", 82, "7.9", "Writes the cookies to this file when the transfer is dropped.";
    cookie_session: flag, "CURLOPT_COOKIESESSION", 96, "7.9.7", "Leaves session cookies out of those read from a file; off by default.";
    cookie_list: line, "CURLOPT_COOKIELIST", 135, "7.14.1", "Adds a cookie, as a line of a cookie file or after `Set-Cookie:`; or does what `ALL` (forgets all), `SESS` (forgets those of the session), `FLUSH` (writes the jar) or `RELOAD` (reads the files again) says.";
    altsvc: path, "CURLOPT_ALTSVC", 287, "7.64.1", "Keeps the alternative services that servers name in this file.";
    altsvc_ctrl: altsvc, "CURLOPT_ALTSVC_CTRL", 286, "7.64.1", "Sets which alternative services are taken.";
    hsts: path, "CURLOPT_HSTS", 300, "7.74.0", "Keeps the hosts that ask for HTTPS only in this file. Given several times, it reads all and writes the last.";
    hsts_ctrl: hsts, "CURLOPT_HSTS_CTRL", 299, "7.74.0", "Sets whether hosts may ask for HTTPS only; they may not by default. Without [`Hsts::ENABLE`](crate::Hsts::ENABLE), it forgets those that did, and the files.";
    http_version: value<HttpVersion>, "CURLOPT_HTTP_VERSION", 84, "7.9.1", "Sets the version of HTTP to ask for.";
    http_09_allowed: flag, "CURLOPT_HTTP09_ALLOWED", 285, "7.64.0", "Accepts answers of HTTP/0.9; off by default since libcurl 7.66.0.";
    #[doc(alias = "http_pipewait")]
    pipewait: flag, "CURLOPT_PIPEWAIT", 237, "7.43.0", "Waits for a connection that others may share instead of making one of its own; off by default.";
    stream_weight: weight, "CURLOPT_STREAM_WEIGHT", 239, "7.46.0", "Sets the weight of the transfer among those of its HTTP/2 connection, from 1 to 256; 16 by default.";
    #[deprecated(note = "HTTP/2 has no such tree any more, and libcurl none since 8.21.0")]
    stream_depends: stream, "CURLOPT_STREAM_DEPENDS", 240, "7.46.0", "Puts the transfer below another of its HTTP/2 connection. Nothing since libcurl 8.21.0, and refused before: both transfers would keep pointers to each other.";
    #[deprecated(note = "HTTP/2 has no such tree any more, and libcurl none since 8.21.0")]
    stream_depends_e: stream, "CURLOPT_STREAM_DEPENDS_E", 241, "7.46.0", "Puts the transfer below another, alone. As [`stream_depends`](Self::stream_depends).";
    expect_100_timeout: millis, "CURLOPT_EXPECT_100_TIMEOUT_MS", 227, "7.36.0", "Sets how long to wait for `100 Continue` before the body is sent anyway; 1 second by default. Rounds up to milliseconds.";
    ignore_content_length: flag, "CURLOPT_IGNORE_CONTENT_LENGTH", 136, "7.14.1", "Reads until the server closes, whatever length it stated; off by default.";
    ws_options: value<WsOptions>, "CURLOPT_WS_OPTIONS", 320, "7.86.0", "Sets how WebSockets are spoken.";
}
