//! What the operating system says of a process.

use std::time::Duration;

/// Clock ticks in a second, which Linux fixes for programs whatever the kernel's own are.
const TICKS: f64 = 100.0;

/// The resident memory of a process in MB.
#[must_use]
pub fn memory(process: u32) -> f64 {
    status(process, "VmRSS:")
}

/// The most memory that a process had resident so far, in MB.
#[must_use]
pub fn peak_memory(process: u32) -> f64 {
    status(process, "VmHWM:")
}

/// The time that a process spent on processors so far.
#[must_use]
pub fn cpu(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name of the program may hold spaces; the fields after it are counted from the closing bracket.
    let fields = stat.rsplit_once(") ").unwrap().1;
    let ticks: f64 = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|field| field.parse::<f64>().unwrap())
        .sum();
    Duration::from_secs_f64(ticks / TICKS)
}

fn status(process: u32, field: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes / 1024.0
}
