//! Tables with a column for each client, for agents and for other HTTP clients.

use std::error::Error;
use std::fmt::Write as _;

use crate::report::{self, Result, time, verdict};
use crate::rows::{COLUMNS, TABLE};

/// Returns the line of a row. The first client has its time or its heap, the others have their ratio to
/// the first, and the spread of this ratio.
pub(crate) fn line(result: &Result) -> String {
    let row = result.row;
    let mut line = format!("| {} |", row.what);
    for (client, _) in COLUMNS {
        let cell = row.clients.iter().position(|name| name == client);
        let cell = cell.and_then(|place| cell_of(result, place));
        let _ = write!(line, " {} |", cell.as_deref().unwrap_or("–"));
    }
    let _ = write!(line, " {} |", row.bound);
    line
}

fn cell_of(result: &Result, place: usize) -> Option<String> {
    if result.row.heap {
        let (own, first) = (result.heap[place]?, result.heap[0]?);
        return Some(match place {
            0 => format!("1: {:.1} kB", first / 1e3),
            _ => format!("{:.2}", own / first),
        });
    }
    if place == 0 {
        return Some(format!("1: {}", time(result.least(0)?)));
    }
    let (low, high) = result.spread(place)?;
    let ratio = verdict(result.ratio(place)?, (low, high));
    Some(format!("{ratio} ({low:.2}–{high:.2})"))
}

/// Writes the table for the linked libcurl into `BENCHMARKS.md`.
pub(crate) fn write(results: &[Result]) -> std::result::Result<(), Box<dyn Error>> {
    let mut table = String::from("| |");
    for (_, title) in COLUMNS {
        write!(table, " {title} |")?;
    }
    table += " bound by |\n| --- |";
    table += &" --- |".repeat(COLUMNS.len());
    table += " --- |\n";
    for result in results {
        writeln!(table, "{}", line(result))?;
    }
    let name = format!("{TABLE}, {}", report::libcurl());
    report::replace(&name, &table).map(drop)
}
