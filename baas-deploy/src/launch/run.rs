//! The launcher's work, from the mounted files to the end of nodeos.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};

use super::arguments::Options;
use super::block_log::Blocks;
use super::config::{self, MergedConfig};
use super::data_dir::DataDir;
use super::decide::{Allowed, Clear, Plan, Start, boot_note, decide};
use super::diagnosis::{Cause, is_block_log_damaged, is_state_void};
use super::disk::{Disk, State, inspect};
use super::merge::{keeps_no_blocks, parts_of_blocks, rpc_address};
use super::output::{Copier, SharedTail};
use super::probes::{self, Probes};
use super::process::{Incident, Node, Signals};
use super::readiness::Rpc;
use super::refusal::Refusal;
use super::termination::Message;
use super::watch::Watch;
use crate::local::NodeExit;

/// What the launcher is given by its surroundings.
pub(super) struct Surroundings<'a> {
    /// Tells what happens.
    pub(super) note: &'a dyn Fn(&str),
    pub(super) now: fn() -> SystemTime,
}

/// How one run of nodeos ended.
struct Ended {
    exit: NodeExit,
    cause: Cause,
    log: String,
    told: Vec<String>,
    was_asked: bool,
    had_answered: bool,
}

/// Which remedies were tried in this run of the launcher: each is tried once.
#[derive(Default)]
struct Tried {
    anew: bool,
    replay: bool,
    salvage: bool,
}

/// Runs nodeos to its end. Returns why the launcher ends.
pub(super) fn run(options: &Options, around: &Surroundings<'_>) -> Message {
    let mut repairs = Vec::new();
    match launch(options, around, &mut repairs) {
        Ok(message) => Message { repairs, ..message },
        Err(refusal) => Message {
            exit_code: refusal.exit_code(),
            meaning: refusal.report(),
            remedy: String::new(),
            started_as: None,
            repairs,
            log: Vec::new(),
        },
    }
}

fn launch(
    options: &Options,
    around: &Surroundings<'_>,
    repairs: &mut Vec<&'static str>,
) -> Result<Message, Refusal> {
    let signals = Signals::catch()?;
    keep_memory_private();
    // Another uid of group 0 may go on with the data; nobody else has to do with it.
    rustix::process::umask(Mode::from_raw_mode(0o007));
    let text = config::read(options)?;
    let genesis = options
        .genesis
        .as_deref()
        .map(config::read_genesis)
        .transpose()?;
    let listener = probes::listen(options.probe_listen)?;
    config::prepare(options)?;
    if !config::is_in_memory(&options.run)? {
        if !options.run_on_disk {
            return Err(Refusal::NotInMemory {
                dir: options.run.clone(),
            });
        }
        (around.note)(
            "the directory of the merged configuration is not memory-backed: keys are on a disk",
        );
    }
    let data = DataDir::take(&options.data)?;
    let allowed = Allowed {
        genesis: genesis.map(|genesis| genesis.chain_id()),
        snapshot: options.snapshot.as_deref().is_some_and(Path::is_file),
        resume_only: options.resume_only,
        boot: options.boot,
        cold_start: options.cold_start,
        keeps_no_blocks: keeps_no_blocks(&text),
    };
    let rpc = |category| options.rpc.unwrap_or_else(|| rpc_address(&text, category));
    let rpc = Rpc {
        chain: rpc("chain_ro"),
        net: rpc("net_ro"),
        producer: rpc("producer_ro"),
    };
    let parts = parts_of_blocks(&text);
    let look = || inspect(&options.data, parts.as_deref());
    let disk = look()?;
    if let Some(path) = options.snapshot.as_ref().filter(|_| !allowed.snapshot) {
        if disk.is_empty() {
            let path = path.clone();
            let there = path.metadata().map(|_| std::io::ErrorKind::IsADirectory);
            let source = there.map_or_else(|error| error, Into::into);
            return Err(Refusal::Unreadable { path, source });
        }
        (around.note)("the snapshot is not there; it is not needed for a chain that is");
    }
    let watch = Watch::new(options.stalled_after, data.counter());
    serve(listener, &watch, rpc, options, around)?;
    let mut plan = decide(disk, allowed, &options.data)?;
    if let Some(note) = boot_note(disk, allowed) {
        (around.note)(note);
    }
    let mut tried = Tried::default();
    let merged = MergedConfig::write(&options.run, &text)?;
    drop(text);
    loop {
        if let Some(note) = plan.note {
            (around.note)(note);
        }
        if plan.start.is_repair() {
            data.count_repair(options.repair_attempts)?;
            repairs.push(plan.start.name());
        }
        tried.anew |= plan.clear == Clear::StateAndBlocks;
        tried.replay |= matches!(plan.start, Start::Replay { .. });
        tried.salvage |= plan.start == Start::Salvage;
        data.clear(plan.clear)?;
        if signals.is_stop_wanted() {
            return Ok(stopped_early());
        }
        (around.note)(&format!("nodeos starts: {}", plan.start.name()));
        let ended = run_once(options, &data, plan.start, &signals, &watch, rpc)?;
        let Some(next) = after(&ended, &tried, &look, options, allowed)? else {
            drop(merged);
            return Ok(message(ended, plan.start));
        };
        plan = next;
    }
}

fn serve(
    listener: TcpListener,
    watch: &Arc<Watch>,
    rpc: Rpc,
    options: &Options,
    around: &Surroundings<'_>,
) -> Result<(), Refusal> {
    let probes = Probes {
        watch: Arc::clone(watch),
        rpc,
        criteria: options.criteria,
        now: around.now,
    };
    probes::serve(listener, probes)
}

/// Sees that no key gets into a core dump, ours or nodeos'.
fn keep_memory_private() {
    // Where the kernel refuses, the container was set up so; nodeos runs all the same.
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let allowed = rustix::process::getrlimit(Resource::Core).maximum;
    // 1 byte: unlike 0 it also keeps the kernel from piping the memory to a program.
    let most = Some(allowed.map_or(1, |allowed| allowed.min(1)));
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    let _ = rustix::process::setrlimit(Resource::Core, limit);
}

/// Runs nodeos once.
fn run_once(
    options: &Options,
    data: &DataDir,
    start: Start,
    signals: &Signals,
    watch: &Arc<Watch>,
    rpc: Rpc,
) -> Result<Ended, Refusal> {
    let (program, first) = options
        .command
        .split_first()
        .expect("the command line was checked: there is a program");
    let mut arguments = first.to_vec();
    arguments.extend(node_arguments(options, start));
    check_program(program)?;
    let (node, log) = Node::spawn(program, &arguments, &options.run, data.lock())?;
    let tail = SharedTail::default();
    let copier = Copier::start(log, tail.clone())?;
    watch.begin(node.pid(), tail.clone(), rpc.chain)?;
    let mut was_asked = false;
    let exit = loop {
        match signals.next(&node)? {
            // While nodeos shuts down, a second one would kill it.
            Incident::Stop(_) if was_asked => {}
            Incident::Stop(signal) => {
                was_asked = true;
                watch.stopping();
                node.signal(signal);
            }
            Incident::Hup => node.signal(Signal::HUP),
            Incident::Ended(exit) => break exit,
        }
    };
    copier.finish();
    let (log, told) = tail.with(|tail| (tail.text(), tail.told()));
    Ok(Ended {
        exit,
        cause: Cause::of(exit, &log, was_asked),
        log,
        told,
        was_asked,
        had_answered: watch.has_answered(),
    })
}

/// Returns what nodeos is told beside what the caller adds.
fn node_arguments(options: &Options, start: Start) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = vec![
        "--config-dir".into(),
        options.run.clone().into(),
        "--data-dir".into(),
        options.data.clone().into(),
    ];
    match (start, &options.genesis, &options.snapshot) {
        (Start::Genesis { .. }, Some(genesis), _) => {
            arguments.extend(["--genesis-json".into(), genesis.clone().into()]);
        }
        (Start::Snapshot, _, Some(snapshot)) => {
            arguments.extend(["--snapshot".into(), snapshot.clone().into()]);
        }
        (Start::Salvage, ..) => arguments.push("--hard-replay-blockchain".into()),
        _ => {}
    }
    let (Start::Genesis { produce } | Start::Resume { produce } | Start::Replay { produce }) =
        start
    else {
        return arguments;
    };
    if produce {
        arguments.push("--enable-stale-production".into());
    }
    arguments
}

/// Finds out what is wrong with a program before it is run, for a message that says so.
fn check_program(program: &OsString) -> Result<(), Refusal> {
    let path = Path::new(program);
    let access = rustix::fs::access(path, rustix::fs::Access::EXEC_OK);
    let is_file = path.metadata().map(|program| program.is_file());
    match (is_file, access) {
        (Ok(true), Ok(())) => Ok(()),
        (Err(source), _) => Err(not_run(path, source)),
        (_, Err(error)) => Err(not_run(path, error.into())),
        (Ok(false), _) => Err(not_run(path, std::io::ErrorKind::PermissionDenied.into())),
    }
}

fn not_run(program: &Path, source: std::io::Error) -> Refusal {
    Refusal::NotRun {
        program: program.to_owned(),
        source,
    }
}

/// Returns what is tried next; nothing when nodeos' end is the launcher's.
fn after(
    ended: &Ended,
    tried: &Tried,
    look: &dyn Fn() -> Result<Disk, Refusal>,
    options: &Options,
    allowed: Allowed,
) -> Result<Option<Plan>, Refusal> {
    // One that has answered is started again by Kubernetes, which counts and waits longer each time.
    if ended.was_asked || ended.had_answered {
        return Ok(None);
    }
    let disk = look()?;
    // A state that was removed is computed from the blocks: if that fails, they are to blame.
    let are_blocks_damaged =
        is_block_log_damaged(&ended.log) || tried.replay && ended.cause.may_be_the_data();
    if are_blocks_damaged && !tried.salvage && can_be_salvaged(disk.blocks) {
        return Ok(Some(Plan::salvage()));
    }
    // An earlier nodeos made the file and then refused to start, so that it is clean and holds nothing.
    let is_void = is_state_void(&ended.log) && disk.blocks == Blocks::None;
    let is_dirty = ended.cause == Cause::DatabaseDirty || is_void;
    if is_dirty && !tried.anew && !tried.replay && !tried.salvage {
        let mut dirty = disk;
        dirty.state = State::Dirty;
        return decide(dirty, allowed, &options.data).map(Some);
    }
    Ok(None)
}

/// Says whether nodeos could keep what is whole of these blocks, and compute its state from it.
fn can_be_salvaged(blocks: Blocks) -> bool {
    match blocks {
        Blocks::None => false,
        Blocks::Log(log) => log.first_block_num == 1 && !log.is_pruned,
        Blocks::Unknown => true,
    }
}

fn message(ended: Ended, start: Start) -> Message {
    let (meaning, remedy) = ended.cause.explain();
    let exit_code = match ended.exit {
        NodeExit::Code(code) => u8::try_from(code).unwrap_or(u8::MAX),
        NodeExit::Signal(signal) => 128_u8.saturating_add(u8::try_from(signal).unwrap_or(127)),
        NodeExit::Unknown => u8::MAX,
    };
    let is_asked = ended.cause == Cause::StoppedOnRequest;
    Message {
        exit_code,
        meaning: meaning.to_owned(),
        remedy: remedy.to_owned(),
        started_as: Some(start.name()),
        repairs: Vec::new(),
        log: if is_asked { Vec::new() } else { ended.told },
    }
}

fn stopped_early() -> Message {
    Message {
        exit_code: 0,
        meaning: "stopped on request, before nodeos was started".to_owned(),
        remedy: String::new(),
        started_as: None,
        repairs: Vec::new(),
        log: Vec::new(),
    }
}
