//! Measures this crate against `curl-sys` by hand and the `curl` crate, and writes the tables of
//! `BENCHMARKS.md`. `benches/run` calls it.
//!
//! Without arguments, prints all rows. `ROW …` prints only these rows; `write` writes all rows into
//! the file. Each client of a row runs in processes of its own, in turn with the others, and the
//! servers run in another process. `CURLBACK_BENCH_DIVISOR=N` divides the numbers of operations,
//! for a quick try.

#![cfg_attr(
    target_os = "linux",
    expect(
        unsafe_code,
        reason = "`curl-sys` is what the others are measured against, and clocks are libc's"
    ),
    expect(
        clippy::multiple_unsafe_ops_per_block,
        reason = "this is how a program in C would read"
    )
)]

#[cfg(target_os = "linux")]
mod clients;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod row;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../server/mod.rs"]
mod server;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
mod servers;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("It waits with epoll, so it runs on Linux only.");
}
