//! Points in time: UTC, written without a zone, as the chain does.
//!
//! Nothing here reads a clock. Fractions that a type cannot hold are cut off, as nodeos does when it reads them.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::error::InvalidValue;
use crate::text_form::impl_serde;

/// Seconds since 1970 (`time_point_sec`): `2026-11-22T17:00:57`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimePointSec(u32);

/// Microseconds since 1970 (`time_point`): `2026-11-22T17:00:57.500`.
///
/// It prints milliseconds, as nodeos does, and six digits when there is more to tell (which nodeos cuts off). Points
/// before 1970 and after 9999 are dates as well, with a minus before the year or more than four digits in it; nodeos
/// prints negative durations (`-000000.500000`) or fails, and what it reads has 32 bits of seconds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimePoint(i64);

/// Half seconds since 2000 (`block_timestamp_type`): `2026-11-22T17:00:57.500`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockTimestamp(u32);

/// 2000-01-01 in seconds since 1970.
const BLOCK_EPOCH: i64 = 946_684_800;
const DAY: i64 = 86_400;

impl TimePointSec {
    /// Returns the point that lies this many seconds after 1970.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since 1970.
    pub const fn to_seconds(self) -> u32 {
        self.0
    }

    /// Returns the point that lies `seconds` later, unless it is beyond the type's range (2106).
    pub fn checked_add_seconds(self, seconds: u32) -> Option<Self> {
        self.0.checked_add(seconds).map(Self)
    }
}

impl TimePoint {
    /// Returns the point that lies this many microseconds after 1970.
    pub const fn from_microseconds(microseconds: i64) -> Self {
        Self(microseconds)
    }

    /// Returns the microseconds since 1970.
    pub const fn to_microseconds(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds, unless they are outside the other type's range.
    pub fn to_time_point_sec(self) -> Option<TimePointSec> {
        u32::try_from(self.0.div_euclid(1_000_000))
            .ok()
            .map(TimePointSec)
    }
}

impl BlockTimestamp {
    /// Returns the slot's time: `slot` half seconds after 2000.
    pub const fn from_slot(slot: u32) -> Self {
        Self(slot)
    }

    /// Returns the number of the half second since 2000.
    pub const fn to_slot(self) -> u32 {
        self.0
    }

    /// Returns the same point as a [`TimePoint`].
    pub fn to_time_point(self) -> TimePoint {
        let half_seconds = BLOCK_EPOCH.wrapping_mul(2).wrapping_add(i64::from(self.0));
        TimePoint(half_seconds.wrapping_mul(500_000))
    }
}

impl From<TimePointSec> for TimePoint {
    fn from(time: TimePointSec) -> Self {
        Self(i64::from(time.0).wrapping_mul(1_000_000))
    }
}

impl From<BlockTimestamp> for TimePoint {
    fn from(time: BlockTimestamp) -> Self {
        time.to_time_point()
    }
}

impl FromStr for TimePointSec {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let (seconds, _) =
            parse(text).map_err(|reason| InvalidValue::new("a time_point_sec", text, reason))?;
        u32::try_from(seconds)
            .map(Self)
            .map_err(|_| InvalidValue::new("a time_point_sec", text, "it is outside 1970 to 2106"))
    }
}

impl FromStr for TimePoint {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |reason| InvalidValue::new("a time_point", text, reason);
        let (seconds, microseconds) = parse(text).map_err(invalid)?;
        // In 128 bits, because the seconds of the first instants alone lie below the range.
        let total = i128::from(seconds)
            .wrapping_mul(1_000_000)
            .wrapping_add(i128::from(microseconds));
        i64::try_from(total)
            .map(Self)
            .map_err(|_| invalid("it is outside the type's range"))
    }
}

impl FromStr for BlockTimestamp {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let invalid = |reason| InvalidValue::new("a block timestamp", text, reason);
        let (seconds, microseconds) = parse(text).map_err(invalid)?;
        let slot = seconds
            .wrapping_sub(BLOCK_EPOCH)
            .checked_mul(2)
            .and_then(|slot| slot.checked_add(i64::from(microseconds / 500_000)));
        slot.and_then(|slot| u32::try_from(slot).ok())
            .map(Self)
            .ok_or_else(|| invalid("it is outside 2000 to 2068"))
    }
}

impl fmt::Display for TimePointSec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format_seconds(i64::from(self.0), f)
    }
}

impl fmt::Display for TimePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        format_seconds(self.0.div_euclid(1_000_000), f)?;
        let microseconds = self.0.rem_euclid(1_000_000);
        if microseconds % 1000 == 0 {
            write!(f, ".{:03}", microseconds / 1000)
        } else {
            write!(f, ".{microseconds:06}")
        }
    }
}

impl fmt::Display for BlockTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_time_point().fmt(f)
    }
}

macro_rules! debug_as_text {
    ($($type:ident),*) => {
        $(impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        })*
    };
}

debug_as_text!(TimePointSec, TimePoint, BlockTimestamp);

impl_serde!(
    TimePointSec,
    "a time such as 2026-11-22T17:00:57",
    u32,
    |time| time.0,
    |value| Ok::<_, Infallible>(Self(value))
);
impl_serde!(
    TimePoint,
    "a time such as 2026-11-22T17:00:57.500",
    i64,
    |time| time.0,
    |value| Ok::<_, Infallible>(Self(value))
);
impl_serde!(
    BlockTimestamp,
    "a time such as 2026-11-22T17:00:57.500",
    u32,
    |time| time.0,
    |value| Ok::<_, Infallible>(Self(value))
);

/// Writes `YYYY-MM-DDThh:mm:ss`.
fn format_seconds(seconds: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (year, month, day) = date_of(seconds.div_euclid(DAY));
    let second = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let sign = if year < 0 { "-" } else { "" };
    let year = year.unsigned_abs();
    write!(
        f,
        "{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    )
}

/// Reads `YYYY-MM-DDThh:mm:ss`, with up to six digits after a point, into seconds since 1970 and microseconds.
fn parse(text: &str) -> Result<(i64, u32), &'static str> {
    const SHAPE: &str = "it must look like 2026-11-22T17:00:57 or 2026-11-22T17:00:57.500";
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    // Years have four digits, or more (no leading zero then) where a time_point is far away.
    let (year, rest) = rest.split_once('-').ok_or(SHAPE)?;
    let long_year = year.len() > 4;
    if !(4..=6).contains(&year.len()) || (long_year && year.starts_with('0')) {
        return Err(SHAPE);
    }
    let year = number(year.as_bytes()).ok_or(SHAPE)?;
    if negative && year == 0 {
        return Err(SHAPE);
    }
    let year = if negative { year.wrapping_neg() } else { year };
    let (clock, fraction) = match rest.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (rest, None),
    };
    let &[
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = clock.as_bytes()
    else {
        return Err(SHAPE);
    };
    let two = |digits: [u8; 2]| number(&digits).ok_or(SHAPE);
    let (month, day) = (two([m1, m2])?, two([d1, d2])?);
    let (hour, minute, second) = (two([h1, h2])?, two([n1, n2])?, two([s1, s2])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return Err("there is no such day");
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err("there is no such time of day");
    }
    let microseconds = fraction.map_or(Some(0), parse_fraction).ok_or(SHAPE)?;
    let clock = hour
        .wrapping_mul(3600)
        .wrapping_add(minute.wrapping_mul(60))
        .wrapping_add(second);
    Ok((
        day_number(year, month, day)
            .wrapping_mul(DAY)
            .wrapping_add(clock),
        microseconds,
    ))
}

fn parse_fraction(digits: &str) -> Option<u32> {
    let missing = 6_u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
    let value = u32::try_from(number(digits.as_bytes())?).ok()?;
    value.checked_mul(10_u32.checked_pow(missing)?)
}

/// Returns the value of one to six decimal digits.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_i64, |value, digit| {
        let digit = digit.is_ascii_digit().then_some(digit & 0x0f)?;
        value.checked_mul(10)?.checked_add(i64::from(digit))
    })
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year.rem_euclid(4) == 0
            && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) =>
        {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the number of days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last one; 400 years are 146,097 days.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "years have at most six digits"
)]
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Returns year, month and day of the day that lies `days` after 1970-01-01.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the days of 2^63 microseconds are far below 2^63"
)]
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
