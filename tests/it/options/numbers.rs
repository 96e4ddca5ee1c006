//! The bounds of times and sizes: what fits is taken, and what does not names its option.

use std::fmt::Debug;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use curlback::{Callbacks, Code, Error, ProgressResult, Transfer, XferInfo};

use crate::support::results::assert_option;
use crate::support::server::Server;
use crate::support::skip::skip_case;
use crate::support::transfers::{Get, collecting};

/// Makes a server that reads a request and never answers.
fn silent_server() -> Server {
    Server::new(|conn| {
        conn.head();
        conn.drain();
    })
}

#[test]
fn silence_ends_when_the_time_is_up() {
    let server = silent_server();
    let ends = |set: fn(&mut Get) -> Result<(), Error>| {
        let mut transfer = collecting(&server.url("/"));
        set(&mut transfer).unwrap();
        let error = transfer.perform().unwrap_err();
        assert_eq!(error.code(), Some(Code::OPERATION_TIMEDOUT), "{error}");
    };
    // If these times were rounded to zero, there would be no limit, and this test would not end.
    ends(|t| t.timeout(Duration::from_micros(500)));
    ends(|t| t.timeout(Duration::from_nanos(1)));
    ends(|t| {
        t.low_speed_limit(u32::MAX)?;
        t.low_speed_time(Duration::from_millis(1))
    });
}

#[test]
fn time_limit_of_zero_is_none() {
    struct Patient(Instant, mpsc::Sender<()>);

    impl Callbacks for Patient {
        fn xfer_info(&mut self, _: &XferInfo<'_>) -> ProgressResult {
            if self.0.elapsed() > Duration::from_millis(5) {
                let _ = self.1.send(());
            }
            ProgressResult::Continue
        }
    }

    let (sender, enough) = mpsc::channel();
    let enough = Mutex::new(enough);
    let server = Server::new(move |conn| {
        conn.request();
        enough.lock().unwrap().recv().unwrap();
        conn.reply("200 OK", "", "");
    });
    let mut transfer = Transfer::new(Patient(Instant::now(), sender)).unwrap();
    transfer.url(&server.url("/")).unwrap();
    transfer.timeout(Duration::from_millis(1)).unwrap();
    transfer.timeout(Duration::ZERO).unwrap();
    transfer.perform().unwrap();
}

#[test]
fn values_that_do_not_fit_name_their_option() {
    let server = Server::ok("body");
    let mut t = collecting(&server.url("/"));
    let (size, time) = (u64::MAX, Duration::MAX);
    assert_option(t.in_filesize(size), "CURLOPT_INFILESIZE_LARGE");
    assert_option(t.post_field_size(size), "CURLOPT_POSTFIELDSIZE_LARGE");
    assert_option(t.resume_from(size), "CURLOPT_RESUME_FROM_LARGE");
    assert_option(t.max_filesize(size), "CURLOPT_MAXFILESIZE_LARGE");
    assert_option(t.max_send_speed(size), "CURLOPT_MAX_SEND_SPEED_LARGE");
    assert_option(t.max_recv_speed(size), "CURLOPT_MAX_RECV_SPEED_LARGE");
    assert_option(t.buffer_size(usize::MAX), "CURLOPT_BUFFERSIZE");
    assert_option(
        t.upload_buffer_size(usize::MAX),
        "CURLOPT_UPLOAD_BUFFERSIZE",
    );
    assert_option(t.timeout(time), "CURLOPT_TIMEOUT_MS");
    assert_option(t.connect_timeout(time), "CURLOPT_CONNECTTIMEOUT_MS");
    assert_option(t.expect_100_timeout(time), "CURLOPT_EXPECT_100_TIMEOUT_MS");
    assert_option(t.low_speed_time(time), "CURLOPT_LOW_SPEED_TIME");
    // No refused value has taken effect.
    t.perform().unwrap();
    assert_eq!(t.handler().body(), b"body");
    // These values fit, or libcurl adjusts them.
    t.max_filesize(i64::MAX as u64).unwrap();
    t.buffer_size(0).unwrap();
    t.buffer_size(isize::MAX as usize).unwrap();
    t.perform().unwrap();
}

type Call<T> = fn(&mut Transfer<()>, T) -> Result<(), Error>;

fn takes<T: Copy + Debug>(calls: &[(&str, Call<T>)], good: &[T]) {
    let mut transfer = Transfer::new(()).unwrap();
    for (name, call) in calls {
        for value in good {
            match call(&mut transfer, *value) {
                Ok(()) => {}
                Err(Error::Unsupported { what, .. }) => skip_case!("there is no {what}"),
                Err(error) => panic!("{name} {value:?}: {error:?}"),
            }
        }
    }
}

fn refuses<T: Copy + Debug>(calls: &[(&str, Call<T>)], bad: &[T]) {
    let mut transfer = Transfer::new(()).unwrap();
    for (name, call) in calls {
        for value in bad {
            match call(&mut transfer, *value) {
                Err(Error::Option { option, .. }) => assert_eq!(option, *name, "{value:?}"),
                other => panic!("{name} {value:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn times_from_zero_on_are_taken() {
    let good = [
        Duration::ZERO,
        Duration::from_nanos(1),
        Duration::from_micros(999),
        Duration::from_millis(1),
        Duration::from_secs(86_400),
        // Four weeks: more milliseconds than an int has room for.
        Duration::from_secs(2_419_200),
    ];
    // Some releases have an int for the milliseconds of this option.
    let (own, others): (Vec<_>, Vec<_>) = TIMES
        .iter()
        .partition(|(name, _)| *name == "CURLOPT_SERVER_RESPONSE_TIMEOUT_MS");
    takes(&own, &good[..5]);
    takes(&others, &good);
}

#[test]
fn times_beyond_any_number_are_refused() {
    refuses(TIMES, &[Duration::MAX, Duration::from_secs(u64::MAX)]);
}

#[test]
fn sizes_up_to_the_largest_are_taken() {
    takes(
        SIZES,
        &[0, 1, u64::from(u32::MAX), 1 << 40, i64::MAX as u64],
    );
    refuses(SIZES, &[i64::MAX as u64 + 1, u64::MAX]);
}

#[rustfmt::skip]
const TIMES: &[(&str, Call<Duration>)] = &[
    ("CURLOPT_TIMEOUT_MS", |t, v| t.timeout(v)),
    ("CURLOPT_CONNECTTIMEOUT_MS", |t, v| t.connect_timeout(v)),
    ("CURLOPT_SERVER_RESPONSE_TIMEOUT_MS", |t, v| t.server_response_timeout(v)),
    ("CURLOPT_LOW_SPEED_TIME", |t, v| t.low_speed_time(v)),
    ("CURLOPT_MAXAGE_CONN", |t, v| t.maxage_conn(v)),
    ("CURLOPT_MAXLIFETIME_CONN", |t, v| t.maxlifetime_conn(v)),
    ("CURLOPT_UPKEEP_INTERVAL_MS", |t, v| t.upkeep_interval(v)),
    ("CURLOPT_ACCEPTTIMEOUT_MS", |t, v| t.accept_timeout(v)),
    ("CURLOPT_EXPECT_100_TIMEOUT_MS", |t, v| t.expect_100_timeout(v)),
    ("CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS", |t, v| t.happy_eyeballs_timeout(v)),
    ("CURLOPT_TCP_KEEPIDLE", |t, v| t.tcp_keepidle(v)),
    ("CURLOPT_TCP_KEEPINTVL", |t, v| t.tcp_keepintvl(v)),
    ("CURLOPT_DNS_CACHE_TIMEOUT", |t, v| t.dns_cache_timeout(v)),
    ("CURLOPT_CA_CACHE_TIMEOUT", |t, v| t.ca_cache_timeout(v)),
];

#[rustfmt::skip]
const SIZES: &[(&str, Call<u64>)] = &[
    ("CURLOPT_INFILESIZE_LARGE", |t, v| t.in_filesize(v)),
    ("CURLOPT_RESUME_FROM_LARGE", |t, v| t.resume_from(v)),
    ("CURLOPT_MAXFILESIZE_LARGE", |t, v| t.max_filesize(v)),
    ("CURLOPT_MAX_SEND_SPEED_LARGE", |t, v| t.max_send_speed(v)),
    ("CURLOPT_MAX_RECV_SPEED_LARGE", |t, v| t.max_recv_speed(v)),
    ("CURLOPT_POSTFIELDSIZE_LARGE", |t, v| t.post_field_size(v)),
];
