//! The command line of the launcher.

use std::ffi::OsString;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::peers;
use super::refusal::Refusal;
use crate::container::layout;
use crate::node::Endpoint;

/// What `baas-launch --help` prints.
pub const HELP: &str = include_str!("help.txt");

/// The first argument by which the launcher becomes nodeos; see [`super::process`].
pub(super) const BECOME_NODE: &str = "--become-node";

/// Options of nodeos that the launcher decides about.
const OURS: [&str; 17] = [
    "--config",
    "-c",
    "--config-dir",
    "--data-dir",
    "-d",
    "--blocks-dir",
    "--state-dir",
    "--genesis-json",
    "--genesis-timestamp",
    "--snapshot",
    "--enable-stale-production",
    "-e",
    "--replay-blockchain",
    "--hard-replay-blockchain",
    "--delete-all-blocks",
    "--signature-provider",
    "--private-key",
];

/// What the launcher is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub(super) enum Task {
    Launch(Options),
    Probe {
        probe: Probe,
        listen: Option<SocketAddr>,
    },
    /// The second half of a start: the process that becomes nodeos.
    BecomeNode {
        parent: u32,
        command: Vec<OsString>,
    },
    Help,
    Version,
}

/// A question that Kubernetes asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    Startup,
    Readiness,
    Liveness,
}

/// How nodeos shall be launched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(super) struct Options {
    pub(super) command: Vec<OsString>,
    pub(super) config: PathBuf,
    pub(super) secret: PathBuf,
    pub(super) data: PathBuf,
    pub(super) run: PathBuf,
    pub(super) run_on_disk: bool,
    pub(super) termination_log: PathBuf,
    pub(super) genesis: Option<PathBuf>,
    pub(super) snapshot: Option<PathBuf>,
    pub(super) peers: Vec<Endpoint>,
    pub(super) resume_only: bool,
    pub(super) boot: bool,
    pub(super) cold_start: bool,
    pub(super) repair_attempts: u32,
    pub(super) probe_listen: Option<SocketAddr>,
    pub(super) rpc: Option<SocketAddr>,
    pub(super) criteria: Criteria,
    pub(super) stalled_after: Duration,
}

/// When a node counts as ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Criteria {
    pub(super) max_head_age: Option<Duration>,
    pub(super) max_lib_lag: Option<u32>,
    pub(super) min_peers: usize,
    pub(super) producer: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            command: vec![layout::NODEOS.into()],
            config: Path::new(layout::CONFIG).join("config.ini"),
            secret: layout::SECRET.into(),
            data: layout::DATA.into(),
            run: layout::RUN.into(),
            run_on_disk: false,
            termination_log: "/dev/termination-log".into(),
            genesis: None,
            snapshot: None,
            peers: Vec::new(),
            resume_only: false,
            boot: false,
            cold_start: false,
            repair_attempts: 3,
            probe_listen: None,
            rpc: None,
            criteria: Criteria {
                max_head_age: Some(Duration::from_secs(30)),
                max_lib_lag: Some(1200),
                min_peers: 0,
                producer: false,
            },
            stalled_after: Duration::from_mins(10),
        }
    }
}

impl Probe {
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Startup => "/startup",
            Self::Readiness => "/readiness",
            Self::Liveness => "/liveness",
        }
    }
}

impl FromStr for Probe {
    type Err = Refusal;

    fn from_str(name: &str) -> Result<Self, Refusal> {
        [Self::Startup, Self::Readiness, Self::Liveness]
            .into_iter()
            .find(|probe| probe.path()[1..] == *name)
            .ok_or_else(|| {
                usage(format!(
                    "`{name}` is not a probe: startup, readiness or liveness"
                ))
            })
    }
}

/// Returns where the probes are served when nobody says.
pub(super) fn default_probe_listen() -> SocketAddr {
    (Ipv6Addr::UNSPECIFIED, layout::PROBE_PORT).into()
}

/// Reads the arguments, without the program's own name.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Task, Refusal> {
    let mut arguments = Arguments(arguments.into_iter().collect::<Vec<_>>().into_iter());
    let mut options = Options::default();
    let mut is_first = true;
    while let Some(argument) = arguments.0.next() {
        let argument = argument.to_str().ok_or_else(|| {
            usage(format!(
                "`{}` is not text in UTF-8",
                argument.to_string_lossy()
            ))
        })?;
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ => (argument, None),
        };
        let mut value = Value {
            name,
            inline: value,
            arguments: &mut arguments,
        };
        match name {
            BECOME_NODE if is_first => {
                let parent = value.parsed("the number of a process")?;
                let command = arguments.0.collect();
                return Ok(Task::BecomeNode { parent, command });
            }
            "probe" if is_first => {
                let probe = value.text()?.parse()?;
                let listen = parse_probe_options(arguments)?;
                return Ok(Task::Probe { probe, listen });
            }
            "--help" | "-h" => return Ok(Task::Help),
            "--version" | "-V" => return Ok(Task::Version),
            "--" => {
                options.command = arguments.0.collect();
                break;
            }
            "--config" => options.config = value.path()?,
            "--secret" => options.secret = value.path()?,
            "--data" => options.data = value.path()?,
            "--run" => options.run = value.path()?,
            "--termination-log" => options.termination_log = value.path()?,
            "--genesis" => options.genesis = Some(value.path()?),
            "--snapshot" => options.snapshot = Some(value.path()?),
            "--peers" => options.peers = value.peers()?,
            "--run-on-disk" => options.run_on_disk = value.flag()?,
            "--resume-only" => options.resume_only = value.flag()?,
            "--boot" => options.boot = value.flag()?,
            "--cold-start" => options.cold_start = value.flag()?,
            "--producer" => options.criteria.producer = value.flag()?,
            "--repair-attempts" => options.repair_attempts = value.parsed("a number")?,
            "--probe-listen" => options.probe_listen = Some(value.parsed(ADDRESS)?),
            "--rpc" => options.rpc = Some(value.parsed(ADDRESS)?),
            "--max-head-age" => options.criteria.max_head_age = value.seconds()?,
            "--max-lib-lag" => {
                let blocks = value.parsed("a number of blocks")?;
                options.criteria.max_lib_lag = (blocks > 0).then_some(blocks);
            }
            "--min-peers" => options.criteria.min_peers = value.parsed("a number")?,
            "--stalled-after" => {
                options.stalled_after = value
                    .seconds()?
                    .ok_or_else(|| usage("`--stalled-after` must be more than 0"))?;
            }
            _ => return Err(unknown(name)),
        }
        is_first = false;
    }
    check(&options)?;
    Ok(Task::Launch(options))
}

const ADDRESS: &str = "an IP address with a port, as in 0.0.0.0:8890";

fn parse_probe_options(mut arguments: Arguments) -> Result<Option<SocketAddr>, Refusal> {
    let mut listen = None;
    while let Some(argument) = arguments.0.next() {
        let argument = argument.to_string_lossy().into_owned();
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument.as_str(), None),
        };
        let mut value = Value {
            name,
            inline,
            arguments: &mut arguments,
        };
        match name {
            "--probe-listen" => listen = Some(value.parsed(ADDRESS)?),
            _ => return Err(unknown(name)),
        }
    }
    Ok(listen)
}

/// Rules between the options.
fn check(options: &Options) -> Result<(), Refusal> {
    let Some(program) = options.command.first() else {
        return Err(usage("there is no program after `--`"));
    };
    if !PathBuf::from(program).is_absolute() {
        return Err(usage(format!(
            "`{}` is not an absolute path: no search path is looked at",
            program.to_string_lossy()
        )));
    }
    for argument in &options.command[1..] {
        // What stands behind `=` may be a key.
        let text = argument.to_string_lossy();
        let name = text.split_once('=').map_or(&*text, |(name, _)| name);
        if OURS.contains(&name) {
            return Err(usage(format!(
                "nodeos is not to be given `{name}`: that is decided here; see --help"
            )));
        }
    }
    if options.boot && options.resume_only {
        return Err(usage(
            "`--boot` begins a chain, `--resume-only` forbids it: leave out one of them",
        ));
    }
    if options.boot && options.genesis.is_none() {
        return Err(usage("`--boot` needs the `--genesis` of the chain"));
    }
    for (name, path) in [("--data", &options.data), ("--run", &options.run)] {
        if !path.is_absolute() {
            return Err(usage(format!("`{name}` must be an absolute path")));
        }
    }
    if options.data == options.run {
        return Err(usage("`--data` and `--run` must be two directories"));
    }
    Ok(())
}

struct Arguments(std::vec::IntoIter<OsString>);

/// The value of an option, behind `=` or the next argument.
struct Value<'a> {
    name: &'a str,
    inline: Option<&'a str>,
    arguments: &'a mut Arguments,
}

impl Value<'_> {
    fn flag(&mut self) -> Result<bool, Refusal> {
        match self.inline {
            None => Ok(true),
            Some(_) => Err(usage(format!("`{}` takes no value", self.name))),
        }
    }

    fn os(&mut self) -> Result<OsString, Refusal> {
        match self.inline {
            Some(value) => Some(OsString::from(value)),
            None => self.arguments.0.next(),
        }
        .filter(|value| !value.is_empty())
        .ok_or_else(|| usage(format!("`{}` lacks its value", self.name)))
    }

    /// A list that may be empty: as a form is filled in, so it is passed on.
    fn peers(&mut self) -> Result<Vec<Endpoint>, Refusal> {
        let list = match self.inline {
            Some("") => String::new(),
            _ => self.text()?,
        };
        peers::parse(&list).map_err(|peer| {
            usage(format!(
                "`{}` has `{peer}`, which is not a host, or a host and a port, as in bp1:9876",
                self.name
            ))
        })
    }

    fn path(&mut self) -> Result<PathBuf, Refusal> {
        self.os().map(PathBuf::from)
    }

    fn text(&mut self) -> Result<String, Refusal> {
        self.os().map(|value| value.to_string_lossy().into_owned())
    }

    fn parsed<T: FromStr>(&mut self, what: &str) -> Result<T, Refusal> {
        let text = self.text()?;
        text.parse()
            .map_err(|_| usage(format!("`{}` is `{text}`, which is not {what}", self.name)))
    }

    /// None for 0.
    fn seconds(&mut self) -> Result<Option<Duration>, Refusal> {
        let seconds: u32 = self.parsed("a number of seconds")?;
        Ok((seconds > 0).then(|| Duration::from_secs(seconds.into())))
    }
}

fn unknown(name: &str) -> Refusal {
    usage(format!("`{name}` is not known; see --help"))
}

fn usage(message: impl Into<String>) -> Refusal {
    Refusal::Usage {
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_are_those_that_the_help_names() {
        assert_eq!(read(""), Ok(Task::Launch(Options::default())));
        let defaults = Options::default();
        for path in [
            defaults.config,
            defaults.secret,
            defaults.data,
            defaults.run,
            defaults.termination_log,
        ] {
            assert!(HELP.contains(&format!("[{}]", path.display())));
        }
        assert!(HELP.contains(&format!("[{}]", default_probe_listen())));
        assert!(HELP.contains(layout::NODEOS));
    }

    #[test]
    fn every_option_that_the_help_names_is_known() {
        let words = HELP.split(|c: char| c.is_whitespace() || c == '|');
        let mut count = 0;
        for name in words.filter(|word| word.starts_with("--") && word.len() > 2) {
            let name = name.trim_end_matches(['.', ',', ';', ':', ']']);
            let answer = read(name);
            assert!(
                !matches!(&answer, Err(error) if error.contains("not known")),
                "{name}: {answer:?}"
            );
            count += 1;
        }
        assert!(count >= 19, "{count}");
    }

    #[test]
    fn options_are_read_in_both_forms() {
        let line = "--genesis=/g.json --boot --min-peers 2 --max-head-age=0 --max-lib-lag 0 --rpc 10.0.0.1:8888 -- /bin/nodeos --x=1";
        let Ok(Task::Launch(options)) = read(line) else {
            panic!("{:?}", read(line));
        };
        assert_eq!(options.genesis, Some("/g.json".into()));
        assert!(options.boot && !options.cold_start);
        assert_eq!(options.criteria.max_head_age, None);
        assert_eq!(options.criteria.max_lib_lag, None);
        assert_eq!(options.criteria.min_peers, 2);
        let peers = |line| match read(line) {
            Ok(Task::Launch(options)) => options.peers.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            ["--peers=", "--peers=a,b:1", "--peers a,b"].map(peers),
            [0, 2, 2]
        );
        assert_eq!(options.command, ["/bin/nodeos", "--x=1"]);
        assert_eq!(
            read("probe readiness --probe-listen 127.0.0.1:1"),
            Ok(Task::Probe {
                probe: Probe::Readiness,
                listen: Some(([127, 0, 0, 1], 1).into())
            })
        );
        assert_eq!(
            read("--become-node 7 /bin/x -e"),
            Ok(Task::BecomeNode {
                parent: 7,
                command: vec!["/bin/x".into(), "-e".into()]
            })
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, message) in [
            ("--genessis x", "`--genessis` is not known; see --help"),
            ("nodeos", "`nodeos` is not known; see --help"),
            ("--data", "`--data` lacks its value"),
            ("--data=", "`--data` lacks its value"),
            ("--boot=1", "`--boot` takes no value"),
            ("--data x", "`--data` must be an absolute path"),
            (
                "--data /run/baas",
                "`--data` and `--run` must be two directories",
            ),
            (
                "--peers=bp1,bp2:x",
                "`--peers` has `bp2:x`, which is not a host, or a host and a port, as in bp1:9876",
            ),
            ("--peers", "`--peers` lacks its value"),
            (
                "--min-peers -1",
                "`--min-peers` is `-1`, which is not a number",
            ),
            (
                "--probe-listen 8890",
                "`--probe-listen` is `8890`, which is not an IP address with a port, as in 0.0.0.0:8890",
            ),
            ("--stalled-after 0", "`--stalled-after` must be more than 0"),
            ("--boot", "`--boot` needs the `--genesis` of the chain"),
            (
                "--boot --genesis /g --resume-only",
                "`--boot` begins a chain, `--resume-only` forbids it: leave out one of them",
            ),
            ("--", "there is no program after `--`"),
            (
                "-- nodeos",
                "`nodeos` is not an absolute path: no search path is looked at",
            ),
            (
                "-- /n --signature-provider=EOS1=KEY:5K1",
                "nodeos is not to be given `--signature-provider`: that is decided here; see --help",
            ),
            (
                "-- /n -e",
                "nodeos is not to be given `-e`: that is decided here; see --help",
            ),
            ("probe", "`probe` lacks its value"),
            (
                "probe ready",
                "`ready` is not a probe: startup, readiness or liveness",
            ),
            ("probe readiness --x", "`--x` is not known; see --help"),
        ] {
            assert_eq!(read(line), Err(message.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_help() {
        insta::assert_snapshot!(HELP);
    }
}
