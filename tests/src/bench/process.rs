//! What the system says of this process.

use rustix::time::{ClockId, clock_gettime};

/// The monotonic clock of the machine, in nanoseconds: the same in every process.
pub fn now_ns() -> u64 {
    nanoseconds(ClockId::Monotonic)
}

/// User and system time that this process has used, in microseconds.
pub fn cpu_us() -> u64 {
    nanoseconds(ClockId::ProcessCPUTime) / 1_000
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}

/// Lets the peak of the memory in use begin anew.
pub fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A figure of this process in kB, by its name in `/proc/self/status`: `VmHWM`, `VmRSS`.
pub fn memory_kb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
