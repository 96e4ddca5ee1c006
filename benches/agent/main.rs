//! Measures what an `Agent` costs against `perform` and `Multi`, and writes a table of
//! `BENCHMARKS.md`. `benches/run` calls it, and `benches/compare/main.rs` has its arguments.

#![cfg_attr(
    target_os = "linux",
    expect(
        unsafe_code,
        reason = "clocks and the functions of an allocator are libc's"
    )
)]

#[cfg(target_os = "linux")]
#[path = "../compare/linux.rs"]
mod linux;
#[cfg(target_os = "linux")]
#[path = "../compare/measure.rs"]
mod measure;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../compare/report.rs"]
mod report;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../compare/row.rs"]
mod row;
#[cfg(target_os = "linux")]
mod rows;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../server/mod.rs"]
mod server;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../compare/servers.rs"]
mod servers;
#[cfg(target_os = "linux")]
#[path = "../compare/cells.rs"]
mod table;
#[cfg(target_os = "linux")]
mod ways;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
    #[cfg(not(target_os = "linux"))]
    println!("It reads the clocks of Linux, so it runs on Linux only.");
}
