//! The tables of `BENCHMARKS.md` that compare this crate with `curl-sys` and the `curl` crate, and the
//! picture.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use crate::report::{self, Result, number, time, verdict};

/// Returns the share of the kernel in this crate's CPU time, in percent.
fn kernel(result: &Result) -> f64 {
    let samples = &result.cpu[1];
    let sum: f64 = samples.iter().map(|sample| sample.kernel).sum();
    100.0 * sum / samples.len().max(1) as f64
}

/// Returns the ratio of this crate's count to that of `curl-sys`.
fn counted(of: &[Option<f64>]) -> Option<f64> {
    Some(of[1]? / of[0]?)
}

/// Returns the line of a row in the table.
pub(crate) fn line(result: &Result) -> String {
    let row = result.row;
    let time = result.least(0).map(time).unwrap_or_default();
    let (low, high) = result.spread(1).unwrap_or_default();
    let ratio = result.ratio(1).map(|ratio| verdict(ratio, (low, high)));
    let heap = match (result.heap[0], counted(&result.heap)) {
        (Some(raw), Some(ratio)) => format!("; heap {ratio:.2} of {:.1} kB", raw / 1e3),
        _ => String::new(),
    };
    format!(
        "| {} | {time} | {} | {low:.2}–{high:.2} | {} | {} | {:.0} % | {}{heap} |",
        row.what,
        ratio.as_deref().unwrap_or("–"),
        number(counted(&result.instructions)),
        number(result.ratio(2)),
        kernel(result),
        row.bound,
    )
}

const HEAD: &str = "| | `curl-sys` | curlback | spread | instructions | `curl` crate | kernel | bound by |\n\
    | --- | --- | --- | --- | --- | --- | --- | --- |\n";

/// Writes the table for the linked libcurl into `BENCHMARKS.md`, and draws the picture anew.
pub(crate) fn write(results: &[Result]) -> std::result::Result<(), Box<dyn Error>> {
    let mut table = HEAD.to_owned();
    for result in results {
        writeln!(table, "{}", line(result))?;
    }
    let text = report::replace(report::libcurl(), &table)?;
    let picture = report::page()?.with_file_name("benches").join("ratios.svg");
    fs::write(picture, draw(&text))?;
    Ok(())
}

/// The greatest ratio that the picture shows. A bar of a greater one ends there.
const MOST: f64 = 1.5;

/// The rows of the picture: the name of each in the tables, and its name in the picture.
const DRAWN: &[(&str, &str)] = &[
    ("1 GiB down, equal buffers", "1 GiB down"),
    ("1 GiB up, equal buffers", "1 GiB up"),
    ("20,000 GETs on a kept connection", "GET, kept connection"),
    ("new handle, connection and GET", "GET, new handle"),
    ("a million chunks of 16 bytes", "a million tiny chunks"),
    ("GET with 500 headers", "GET with 500 headers"),
    ("1,000 GETs at once, connecting", "1,000 GETs at once"),
    (
        "10,000 GETs, 1,000 at a time",
        "10,000 GETs, 1,000 at a time",
    ),
    (
        "piece of a body, 1,000 busy beside 10,000 idle",
        "1,000 busy beside 10,000 idle",
    ),
    ("new handle, TLS handshake and GET", "TLS handshake and GET"),
    (
        "10,000 GETs over one HTTP/2 connection, 100 at a time",
        "HTTP/2, 100 streams",
    ),
];

/// Draws the ratios of the tables as an SVG. `text` is the text of `BENCHMARKS.md`.
fn draw(text: &str) -> String {
    let mut tables = Vec::new();
    for kind in ["system", "bundled"] {
        let (_, rest) = text
            .split_once(&format!("<!-- benches/run writes: {kind} -->"))
            .unwrap_or_default();
        let (table, _) = rest.split_once("<!-- end").unwrap_or_default();
        let label = table
            .trim()
            .split([',', '/', '-'])
            .next()
            .unwrap_or_default();
        tables.push((label.to_owned(), table));
    }
    // A bar of the ratio 1 is `unit` wide.
    let (left, unit, step) = (230, 240.0, 40);
    let height = 60 + step * DRAWN.len();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"10\" y=\"18\" font-weight=\"bold\">CPU time as a multiple of that of curl-sys by hand, and its spread (less is better)</text>\n"
    );
    for (n, ((label, _), colour)) in tables.iter().zip(["#4878a8", "#e0a030"]).enumerate() {
        let x = left + 160 * n as i32;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"27\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"36\">{label}</text>",
            x + 16
        );
    }
    for (n, (name, label)) in DRAWN.iter().enumerate() {
        let y = 50 + step * n;
        let _ = writeln!(svg, "<text x=\"10\" y=\"{}\">{label}</text>", y + 20);
        for (n, ((_, table), colour)) in tables.iter().zip(["#4878a8", "#e0a030"]).enumerate() {
            let line = table
                .lines()
                .find(|line| line.starts_with(&format!("| {name} |")));
            let cells: Vec<&str> = line.map_or(Vec::new(), |line| line.split('|').collect());
            let number = |text: &str| text.trim_matches([' ', '*']).parse::<f64>().ok();
            let ratio = cells.get(3).and_then(|cell| number(cell));
            let spread = cells.get(4).and_then(|cell| cell.split_once('–'));
            let spread = spread.and_then(|(low, high)| Some((number(low)?, number(high)?)));
            let (Some(ratio), Some((low, high))) = (ratio, spread) else {
                continue;
            };
            let at = |ratio: f64| f64::from(left) + ratio.min(MOST) * unit;
            let (y, width) = (y + 4 + 15 * n, at(ratio) - f64::from(left));
            let _ = writeln!(
                svg,
                "<rect x=\"{left}\" y=\"{y}\" width=\"{width:.0}\" height=\"13\" fill=\"{colour}\"/>\
                 <line x1=\"{:.0}\" x2=\"{:.0}\" y1=\"{line}\" y2=\"{line}\" stroke=\"#333\"/>\
                 <text x=\"{:.0}\" y=\"{}\">{ratio:.2}</text>",
                at(low),
                at(high),
                at(ratio.max(high)) + 4.0,
                y + 11,
                line = y + 6,
            );
        }
    }
    let x = f64::from(left) + unit;
    let _ = writeln!(
        svg,
        "<line x1=\"{x}\" x2=\"{x}\" y1=\"46\" y2=\"{}\" stroke=\"#333\" stroke-dasharray=\"3 3\"/>\n</svg>",
        height - 8
    );
    svg
}
