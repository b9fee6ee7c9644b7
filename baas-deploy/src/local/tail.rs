//! The end of what a program printed, to stand below the first line of an error.

use std::fmt::Write as _;

const LINES: usize = 6;
/// nodeos prints whole transactions into one line.
const WIDTH: usize = 300;

/// Returns the last lines that say something, each on a line of its own and indented.
pub(crate) fn of_text(text: &str) -> String {
    of_lines(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .collect(),
    )
}

/// Returns the last lines of nodeos' log that tell of trouble, or just the last ones: nodeos says
/// why it ends, and then logs at length how it does.
pub(crate) fn of_log(log: &str) -> String {
    let trouble = |line: &&str| !line.trim().is_empty() && !line.starts_with("info ");
    let lines: Vec<&str> = log.lines().filter(trouble).collect();
    if lines.is_empty() {
        of_text(log)
    } else {
        of_lines(lines)
    }
}

fn of_lines(mut lines: Vec<&str>) -> String {
    lines.drain(..lines.len().saturating_sub(LINES));
    lines.iter().fold(String::new(), |mut text, line| {
        let line: String = line.chars().take(WIDTH).collect();
        write!(text, "\n  {line}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_log_is_what_tells_of_trouble() {
        assert_eq!(of_log("info 1\nerror 2\ninfo 3\ninfo 4\n"), "\n  error 2");
        assert_eq!(of_log("info 1\ninfo 2\n"), "\n  info 1\n  info 2");
        assert_eq!(of_log(""), "");
        assert_eq!(of_text("1\n2\n3\n\n4\n5\n6\n7\n").lines().count(), 7);
    }
}
