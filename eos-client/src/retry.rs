use std::time::Duration;

/// How often a request is repeated, and how long is waited in between.
///
/// Only failures that may pass by themselves are repeated (see [`Error::is_retryable`](crate::Error::is_retryable)).
/// The wait doubles from `first_wait` up to `longest_wait`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many repetitions follow the first attempt.
    pub repetitions: u32,
    /// The wait before the first repetition.
    pub first_wait: Duration,
    /// The longest wait before any repetition.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            repetitions: 4,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(2),
        }
    }
}

impl RetryPolicy {
    /// Returns the policy that never repeats a request.
    pub fn never() -> Self {
        Self {
            repetitions: 0,
            ..Self::default()
        }
    }

    /// Returns the wait after the failed attempt number `attempt` (counted from 0), or `None` when it was the last.
    pub fn wait_after(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.repetitions {
            return None;
        }
        let doubled = self
            .first_wait
            .saturating_mul(2_u32.saturating_pow(attempt));
        Some(doubled.min(self.longest_wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let policy = RetryPolicy {
            repetitions: 4,
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_millis(350),
        };
        let waits: Vec<_> = (0..5)
            .map(|attempt| policy.wait_after(attempt).map(|wait| wait.as_millis()))
            .collect();
        assert_eq!(waits, [Some(100), Some(200), Some(350), Some(350), None]);
        assert_eq!(RetryPolicy::never().wait_after(0), None);
    }

    #[test]
    fn a_huge_attempt_number_does_not_overflow() {
        let policy = RetryPolicy {
            repetitions: u32::MAX,
            ..RetryPolicy::default()
        };
        assert_eq!(policy.wait_after(u32::MAX - 1), Some(policy.longest_wait));
    }
}
