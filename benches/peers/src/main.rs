//! Measures this crate against other HTTP clients, and writes a table of `BENCHMARKS.md`.
//! `benches/run` calls it, and `benches/compare/main.rs` has its arguments.
//!
//! It runs on Linux only. The files of other benchmarks are its modules, so that all tables are
//! measured alike.

mod clients;
#[path = "../../compare/linux.rs"]
mod linux;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../compare/measure.rs"]
mod measure;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../compare/report.rs"]
mod report;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../compare/row.rs"]
mod row;
mod rows;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../server/mod.rs"]
mod server;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../compare/servers.rs"]
mod servers;
#[path = "../../compare/cells.rs"]
mod table;
mod upload;
#[allow(dead_code, reason = "not every benchmark uses all of it")]
#[path = "../../agent/ways.rs"]
mod ways;

fn main() {
    linux::main();
}
