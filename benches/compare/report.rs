//! The measurements of a row, and the place of a table in `BENCHMARKS.md`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::row::Row;

/// The run of one process that took the least CPU time.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) nanoseconds: f64,
    /// The fraction of the time that was spent in the kernel.
    pub(crate) kernel: f64,
}

/// The measurements of a row: for each client, in the order of [`Row::clients`].
pub(crate) struct Result {
    pub(crate) row: &'static Row,
    pub(crate) cpu: Vec<Vec<Sample>>,
    pub(crate) instructions: Vec<Option<f64>>,
    pub(crate) heap: Vec<Option<f64>>,
}

impl Result {
    pub(crate) fn new(row: &'static Row) -> Result {
        let count = row.clients.len();
        Result {
            row,
            cpu: vec![Vec::new(); count],
            instructions: vec![None; count],
            heap: vec![None; count],
        }
    }

    /// Returns the shortest CPU time of a client.
    pub(crate) fn least(&self, client: usize) -> Option<f64> {
        let times = self
            .cpu
            .get(client)?
            .iter()
            .map(|sample| sample.nanoseconds);
        times.min_by(f64::total_cmp)
    }

    pub(crate) fn ratio(&self, client: usize) -> Option<f64> {
        Some(self.least(client)? / self.least(0)?)
    }

    /// Returns the least and the greatest ratio of a client's time to that of the first, among all
    /// passes.
    pub(crate) fn spread(&self, client: usize) -> Option<(f64, f64)> {
        let pairs = self.cpu[client].iter().zip(&self.cpu[0]);
        let ratios: Vec<f64> = pairs
            .map(|(own, raw)| own.nanoseconds / raw.nanoseconds)
            .collect();
        let least = ratios.iter().copied().min_by(f64::total_cmp)?;
        Some((least, ratios.into_iter().max_by(f64::total_cmp)?))
    }
}

/// Returns a ratio, in bold type if its spread does not include 1.
pub(crate) fn verdict(ratio: f64, (low, high): (f64, f64)) -> String {
    // The range as it is printed, with two digits.
    match low < 1.005 && 0.995 <= high {
        true => format!("{ratio:.2}"),
        false => format!("**{ratio:.2}**"),
    }
}

pub(crate) fn number(value: Option<f64>) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.2}"))
}

pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n => format!("{:.1} ms", n / 1e6),
    }
}

/// Returns which libcurl is linked, as the markers of the tables name it.
pub(crate) fn libcurl() -> &'static str {
    match cfg!(feature = "static-curl") {
        true => "bundled",
        false => "system",
    }
}

/// Returns the path of `BENCHMARKS.md`.
pub(crate) fn page() -> std::result::Result<PathBuf, Box<dyn Error>> {
    let directories = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut files = directories.map(|directory| directory.join("BENCHMARKS.md"));
    let file = files.find(|file| file.is_file());
    Ok(file.ok_or("BENCHMARKS.md is missing")?)
}

/// Replaces the table with this name in `BENCHMARKS.md`, and returns the whole text.
pub(crate) fn replace(name: &str, table: &str) -> std::result::Result<String, Box<dyn Error>> {
    let file = page()?;
    let text = fs::read_to_string(&file)?;
    let begin = format!("<!-- benches/run writes: {name} -->\n");
    let end = format!("<!-- end: {name} -->");
    let (before, rest) = text.split_once(&begin).ok_or("the marker is missing")?;
    let (_, after) = rest.split_once(&end).ok_or("the marker is missing")?;
    let text = format!("{before}{begin}{}\n\n{table}{end}{after}", machine());
    fs::write(&file, &text)?;
    Ok(text)
}

/// Describes the machine and the versions that were measured.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let version = curlback::version();
    let rust = Command::new("rustc").arg("-V").output().ok();
    let rust = rust.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    format!(
        "libcurl {}, {}; {}, {cores} cores; Linux {}; {}.",
        version.text(),
        version.ssl().unwrap_or("no TLS"),
        model.unwrap_or_else(|| "unknown processor".to_owned()),
        read("/proc/sys/kernel/osrelease").trim(),
        rust.unwrap_or_default(),
    )
}
