//! The bounds of times and sizes: what fits is taken, and what does not names its option.

use std::fmt::Debug;
use std::time::Duration;

use curlback::{Error, HttpVersion, Transfer};

use crate::support::skip::skip_case;
use crate::support::transfers::request;

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
    // Some releases count the milliseconds of this one in an int.
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

#[test]
fn choice_that_libcurl_lacks_leaves_the_former_one() {
    let sent = request(|t, _| {
        t.http_version(HttpVersion::V1_0)?;
        let error = t.http_version(HttpVersion::Other(77)).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
        Ok(())
    });
    assert_eq!(sent.line, "GET /path HTTP/1.0");
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
