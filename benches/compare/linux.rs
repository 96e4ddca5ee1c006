//! The processes of a benchmark: one starts the others and writes the tables, and one runs for each
//! measurement, with servers in processes of their own. `benches/agent` and `benches/peers` use this file too, with their own rows.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::measure::{Cpu, Processors, allowed_descriptors};
use crate::report::{Result as Measured, Sample};
use crate::row::{BUSY, Row};
use crate::rows::ROWS;
use crate::servers::{Servers, serve};
use crate::table;

/// The number of processes that measure the CPU time of each client. The clients take turns.
const PASSES: usize = 5;
/// How often each of these processes repeats its measurement, except in the rows of pieces. The run with the
/// least CPU time counts.
const RUNS: usize = 3;
/// How often each process repeats a measurement of one operation.
const RUNS_OF_ONE: usize = 8;

type Outcome<T> = Result<T, Box<dyn Error>>;

pub(crate) fn main() {
    allowed_descriptors();
    let arguments: Vec<String> = (std::env::args().skip(1))
        .filter(|argument| argument != "--bench")
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match &arguments[..] {
        ["serve", busy, idle, directory] => {
            let counts = (busy.parse(), idle.parse());
            serve(counts.0.unwrap(), counts.1.unwrap(), Path::new(directory)).map_err(Into::into)
        }
        ["measure", row, kind, client] => measure(row, kind, client),
        ["write"] => compare(|_| true, table::write),
        [] => compare(|_| true, |_| Ok(())),
        names => compare(|row| names.contains(&row.name), |_| Ok(())),
    };
    if let Err(error) = outcome {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// Returns the number of operations, divided by `CURLBACK_BENCH_DIVISOR` if that is set.
fn divided(operations: usize) -> usize {
    let divisor = std::env::var("CURLBACK_BENCH_DIVISOR").ok();
    let divisor = divisor.and_then(|divisor| divisor.parse().ok());
    (operations / divisor.unwrap_or(1)).max(1)
}

fn divisible(row: &Row, operations: usize) -> usize {
    divided(operations).max(row.least)
}

/// Measures the rows and prints them. After each row, calls `write` with all rows measured so far.
fn compare(
    is_wanted: impl Fn(&Row) -> bool,
    write: impl Fn(&[Measured]) -> Outcome<()>,
) -> Outcome<()> {
    let mut results = Vec::new();
    for row in ROWS.iter().filter(|row| is_wanted(row)) {
        if !row.is_possible() {
            println!("{}: not possible here", row.name);
            continue;
        }
        let clients = row.clients;
        let mut result = Measured::new(row);
        for _ in 0..if row.cpu > 0 { PASSES } else { 0 } {
            for (n, client) in clients.iter().enumerate() {
                let text = ask(row, "cpu", client)?;
                let numbers: Vec<f64> = text.split(' ').filter_map(|n| n.parse().ok()).collect();
                if let [nanoseconds, kernel] = numbers[..] {
                    result.cpu[n].push(Sample {
                        nanoseconds,
                        kernel,
                    });
                }
            }
        }
        for (n, client) in clients.iter().enumerate() {
            if row.heap {
                result.heap[n] = ask(row, "heap", client)?.parse().ok();
            }
            if row.instructions > 0 {
                result.instructions[n] = instructions(row, client)?;
            }
        }
        if result.cpu[0].is_empty() && result.heap[0].is_none() {
            println!("{}: a server is missing", row.name);
            continue;
        }
        println!("{}", table::line(&result));
        results.push(result);
        write(&results)?;
    }
    Ok(())
}

/// Measures in another process, and returns what that process prints.
fn ask(row: &Row, kind: &str, client: &str) -> Outcome<String> {
    let program = std::env::current_exe()?;
    let output = Command::new(program)
        .args(["measure", row.name, kind, client])
        .stderr(Stdio::inherit())
        .output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?.trim().to_owned()),
        false => Err(format!("{} of {client} failed", row.name).into()),
    }
}

/// Counts the instructions of one operation in another process, by callgrind. Returns `None` if
/// valgrind is missing or fails.
fn instructions(row: &Row, client: &str) -> Outcome<Option<f64>> {
    let directory = tempfile::tempdir()?;
    let profile = directory.path().join("profile");
    let valgrind = Command::new("valgrind")
        .args([
            "--quiet",
            "--tool=callgrind",
            "--toggle-collect=*::collected*",
        ])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(std::env::current_exe()?)
        .args(["measure", row.name, "instructions", client])
        .stderr(Stdio::null())
        .output();
    let Ok(output) = valgrind else {
        return Ok(None);
    };
    if !output.status.success() {
        return Ok(None);
    }
    let profile = fs::read_to_string(&profile)?;
    let total = profile.lines().find_map(|line| {
        let line = line
            .strip_prefix("totals: ")
            .or(line.strip_prefix("summary: "))?;
        line.trim().parse::<f64>().ok()
    });
    let operations = divisible(row, row.instructions) as f64;
    Ok(total.map(|total| total / operations))
}

/// callgrind counts the instructions of this function, and of what it calls.
#[inline(never)]
fn collected(job: &mut dyn FnMut(usize), count: usize) {
    job(count);
}

/// The main function of a process that measures one client.
fn measure(name: &str, kind: &str, client: &str) -> Outcome<()> {
    let row = ROWS
        .iter()
        .find(|row| row.name == name)
        .ok_or("no such row")?;
    let processors = Processors::allowed();
    processors.enter_servers();
    let mut servers = Servers::start(BUSY, row.idle)?;
    processors.enter_client();
    if kind == "heap" {
        if let Some(bytes) = row.heap(client, &mut servers) {
            println!("{bytes}");
        }
        return Ok(());
    }
    let Some(mut job) = row.job(client, &mut servers) else {
        return Ok(());
    };
    if kind == "instructions" {
        // A first run, which is not counted, does what happens only once, such as loading symbols.
        let count = divisible(row, row.instructions);
        job(count.min(BUSY));
        collected(&mut job, count);
        return Ok(());
    }
    let count = divisible(row, row.cpu);
    let (runs, operations) = match (row.once, row.cpu) {
        (0, 1) => (RUNS_OF_ONE, count),
        (0, _) => (RUNS, count),
        (once, _) => (1, once),
    };
    let mut best: Option<Cpu> = None;
    for _ in 0..runs {
        let begun = Cpu::now();
        job(count);
        let spent = Cpu::now().since(begun);
        if best.is_none_or(|best| spent.all < best.all) {
            best = Some(spent);
        }
    }
    if let Some(best) = best {
        let all = best.all.as_nanos() as f64;
        println!(
            "{} {}",
            all / operations as f64,
            best.kernel.as_nanos() as f64 / all
        );
    }
    drop(job);
    Ok(())
}
