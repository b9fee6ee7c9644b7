use std::time::Duration;

/// Returns the time since some moment before. It never goes back, whoever sets the time of day.
///
/// On Linux it goes on while the machine is suspended (`CLOCK_BOOTTIME`). Elsewhere that depends on the system.
pub(super) fn uptime() -> Duration {
    #[cfg(target_os = "linux")]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Duration::try_from(now).expect("the time since the start is not negative")
    }
    #[cfg(not(target_os = "linux"))]
    {
        use std::{sync::OnceLock, time::Instant};
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}
