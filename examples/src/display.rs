//! Shows progress: as a tree with bars on a terminal, as plain lines elsewhere, as JSON lines to programs.

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Map, Value, json};

/// Receives what happens and shows it. Shared by the callbacks of several crates, hence the lock inside.
#[derive(Debug)]
pub struct Display {
    mode: Mode,
    started: Instant,
    stage: Mutex<Option<Stage>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Terminal,
    Plain,
    Json,
}

#[derive(Debug)]
struct Stage {
    title: String,
    started: Instant,
    bar: ProgressBar,
}

/// A step that is done.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// What it was.
    pub what: &'a str,
    /// `applied`, `in place`, or what else came of it.
    pub outcome: &'a str,
    /// What there is to see now.
    pub note: Option<&'a str>,
    /// How long it took.
    pub took: Option<Duration>,
}

impl Display {
    /// Returns the display that suits standard output, or JSON lines when they are asked for.
    pub fn new(json: bool) -> Self {
        let mode = match (json, std::io::stdout().is_terminal()) {
            (true, _) => Mode::Json,
            (false, true) => Mode::Terminal,
            (false, false) => Mode::Plain,
        };
        Self {
            mode,
            started: Instant::now(),
            stage: Mutex::new(None),
        }
    }

    /// Returns whether people read this, not a program.
    pub fn is_for_people(&self) -> bool {
        self.mode != Mode::Json
    }

    /// Begins a stage of `steps` steps; a spinner where their number is not known.
    pub fn stage(&self, title: &str, steps: Option<u64>) {
        self.emit("stage_started", json!({ "stage": title, "steps": steps }));
        self.say(title);
        let bar = match steps {
            _ if self.mode != Mode::Terminal => ProgressBar::hidden(),
            // On standard output, where the lines go: standard error may lead elsewhere.
            Some(_) => ProgressBar::with_draw_target(steps, ProgressDrawTarget::stdout()).with_style(
                style_of("  {spinner:.cyan} {bar:24.cyan/dim} {pos}/{len} {elapsed:.dim} {wide_msg:.dim}"),
            ),
            None => ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout())
                .with_style(style_of("  {spinner:.cyan} {elapsed:.dim} {wide_msg:.dim}")),
        };
        if self.mode == Mode::Terminal {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        *self.lock() = Some(Stage {
            title: title.to_owned(),
            started: Instant::now(),
            bar,
        });
    }

    /// Tells how far the stage is, where it is not its steps that tell.
    pub fn position(&self, position: u64, what: &str) {
        if let Some(stage) = &*self.lock() {
            stage.bar.set_position(position);
            stage.bar.set_message(what.to_owned());
        }
        self.emit("working", json!({ "what": what, "position": position }));
    }

    /// Tells what the stage is at.
    pub fn working(&self, what: &str) {
        if let Some(stage) = &*self.lock() {
            stage.bar.set_message(what.to_owned());
        }
        self.emit("working", json!({ "what": what }));
    }

    /// Tells that a step of the stage is done.
    pub fn done(&self, step: &Step<'_>) {
        let Step {
            what,
            outcome,
            note,
            took,
        } = *step;
        self.emit(
            "done",
            json!({ "what": what, "outcome": outcome, "note": note, "took_ms": took.map(millis) }),
        );
        let note = note.map_or(String::new(), |note| format!(" — {note}"));
        let outcome = if outcome == "in place" {
            " (in place)"
        } else {
            ""
        };
        let took = took.map_or(String::new(), |took| format!("  {}", seconds(took)));
        self.print(&format!("  ├ {what}{outcome}{note}{took}"), true);
    }

    /// Tells something that is neither a step nor a warning.
    pub fn note(&self, text: &str) {
        self.emit("note", json!({ "text": text }));
        self.print(&format!("  │ {text}"), false);
    }

    /// Tells something that people should know before they rely on the chain.
    pub fn warning(&self, text: &str) {
        self.emit("warning", json!({ "text": text }));
        self.print(&format!("  ! warning: {text}"), false);
    }

    /// Ends the stage and tells how long it took.
    pub fn stage_done(&self) {
        let Some(stage) = self.lock().take() else {
            return;
        };
        let took = stage.started.elapsed();
        stage.bar.finish_and_clear();
        self.emit(
            "stage_done",
            json!({ "stage": stage.title, "took_ms": millis(took) }),
        );
        let since_start = seconds(self.started.elapsed());
        self.say(&format!(
            "  └ {} ({since_start} since the start)",
            seconds(took)
        ));
    }

    /// Ends whatever is shown without claiming that it succeeded.
    pub fn abandon(&self) {
        if let Some(stage) = self.lock().take() {
            stage.bar.abandon();
        }
    }

    /// Tells people what programs learn otherwise.
    pub fn say(&self, text: &str) {
        if self.is_for_people() {
            self.line(text);
        }
    }

    /// Tells programs a fact that people learn otherwise.
    pub fn fact(&self, kind: &str, facts: Value) {
        self.emit(kind, facts);
    }

    /// Shows a text to people, or its facts to programs.
    pub fn result(&self, kind: &str, facts: Value, text: &str) {
        self.emit(kind, facts);
        self.say(text);
    }

    fn print(&self, line: &str, is_step: bool) {
        if !self.is_for_people() {
            return;
        }
        let stage = self.lock();
        match &*stage {
            Some(stage) if self.mode == Mode::Terminal => {
                stage.bar.println(line);
                if is_step {
                    // A node that is started twice is ready twice.
                    if stage
                        .bar
                        .length()
                        .is_some_and(|length| stage.bar.position() >= length)
                    {
                        stage.bar.inc_length(1);
                    }
                    stage.bar.inc(1);
                    stage.bar.set_message("");
                }
            }
            _ => self.line(line),
        }
    }

    fn emit(&self, event: &str, facts: Value) {
        if self.mode != Mode::Json {
            return;
        }
        let mut line = Map::new();
        line.insert("event".to_owned(), event.into());
        line.insert("at_ms".to_owned(), millis(self.started.elapsed()));
        if let Value::Object(facts) = facts {
            line.extend(facts);
        }
        self.line(&Value::Object(line).to_string());
    }

    /// A reader that has gone away (`| head`) must not end a network in disorder.
    fn line(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Stage>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn style_of(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the templates in this file are valid")
        .progress_chars("━━─")
}

fn millis(duration: Duration) -> Value {
    u64::try_from(duration.as_millis())
        .unwrap_or(u64::MAX)
        .into()
}

/// Returns a duration as people read it: `1.2 s`.
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
