//! The whole rollout in one command: a real network on this machine, its chain, and the proof that it works.
//!
//! ```sh
//! cargo run --release -p examples --bin rollout
//! cargo run --release -p examples --bin rollout -- --help
//! ```

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use baas_bootstrap::progress::Event as ChainEvent;
use baas_bootstrap::{
    AccountKeys, Contracts, LiveChain, Outcome, Plan, Proof, Report, converge, prove,
};
use baas_deploy::NetworkKeys;
use baas_deploy::local::{self, Environment, LocalNetwork, Nodeos, Wheel};
use baas_deploy::progress::Event as NodeEvent;
use clap::{Parser, Subcommand};
use eos_abi::Name;
use eos_client::Client;
use eos_keys::PrivateKey;
use eos_keys::wallet::Password;
use examples::display::{Display, Step};
use examples::input_text;
use examples::rollout_spec::RolloutSpec;
use examples::secret_input;
use examples::summary::Summary;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long a producer's turn takes. The proof needs two rounds of turns; a machine with other work to do gets more.
const TURN: Duration = Duration::from_secs(6);

/// What the shell reports for a program that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Start a private EOSIO chain on this machine, with the whole of the tutorial carried out on it.
///
/// Starts a boot node and the producers of the spec as processes on loopback, sets the system's contracts, creates the
/// token, the accounts and the producers, votes, and proves that every elected producer signs and that what they sign
/// becomes irreversible. Takes about a minute, most of it the protocol's own rounds. The network then runs until Ctrl-C.
///
/// Run it again to go on where the chain is: what is in place is left alone. It survives being killed at any moment.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    /// The network and the chain, in YAML; unless given, the tutorial's (examples/rollout.yaml).
    #[arg(long, value_name = "FILE", global = true)]
    spec: Option<PathBuf>,

    /// Where keys, chain data and logs lie; unless given, `baas-data/` and the network's name.
    #[arg(long, value_name = "DIR", global = true)]
    dir: Option<PathBuf>,

    /// The nodeos to run; unless given, the spec's, `$NODEOS`, one on `$PATH`, or one that is downloaded with pip.
    #[arg(long, value_name = "FILE", global = true)]
    nodeos: Option<PathBuf>,

    /// Read the wallet's password from this file descriptor; unless given, one is generated into a file (0600) in DIR.
    #[arg(long, value_name = "FD")]
    password_fd: Option<u32>,

    /// Prove, stop all nodes and exit with 0, instead of running until Ctrl-C.
    #[arg(long)]
    once: bool,

    /// Show progress and results as JSON, one object a line.
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Show what would be done, and start nothing (a nodeos and contracts are downloaded where there are none yet).
    Plan,
    /// Show which nodes of the network run.
    Status,
    /// Stop nodes that were left running; data and keys stay.
    Down,
}

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments = Arguments::parse();
    let display = Display::new(arguments.json);
    let done = tokio::runtime::Runtime::new()
        .context("the async runtime could not start")
        .and_then(|runtime| {
            let done = runtime.block_on(run(&arguments, &display, started));
            // A download that was interrupted is not waited for.
            runtime.shutdown_background();
            done
        });
    match done {
        Ok(code) => code,
        Err(error) => {
            display.abandon();
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            display.fact("error", json!({ "causes": causes }));
            // The terminal may be gone, and with it standard error.
            let _ = writeln!(std::io::stderr(), "error: {}", causes.join("\n  because: "));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, display: &Display, started: Instant) -> Result<ExitCode> {
    let spec = read_spec(arguments)?;
    let dir = match &arguments.dir {
        Some(dir) => dir.clone(),
        None => Path::new("baas-data").join(spec.network.name.as_str()),
    };
    match arguments.command {
        Some(Command::Plan) => plan(arguments, display, &spec, &dir).await,
        Some(Command::Status) => status(display, &dir),
        Some(Command::Down) => down(display, &dir).await,
        None => up(arguments, display, spec, &dir, started).await,
    }
}

fn read_spec(arguments: &Arguments) -> Result<RolloutSpec> {
    let Some(file) = &arguments.spec else {
        return RolloutSpec::tutorial().context("the built-in spec cannot be carried out");
    };
    RolloutSpec::from_yaml(&input_text::read(file)?)
        .with_context(|| format!("{} cannot be carried out", input_text::shown(file)))
}

/// What is there before anything is started: the program to run and the contracts to set.
struct Parts {
    nodeos: Nodeos,
    contracts: Contracts,
}

async fn find_parts(arguments: &Arguments, display: &Display, spec: &RolloutSpec) -> Result<Parts> {
    let environment = Environment::from_process();
    let tell = |event: NodeEvent| display.note(&event.to_string());
    let path = arguments
        .nodeos
        .as_deref()
        .or(spec.network.nodeos.as_deref());
    let nodeos = Nodeos::find(path, &environment, &tell).await?;
    let dir = match &spec.contracts.dir {
        Some(dir) => dir.clone(),
        None => Wheel::provide(&environment, &tell)
            .await
            .context("the contracts come with the downloaded node; name a directory of your own as `contracts.dir`")?
            .contracts_dir(),
    };
    let pins: Vec<_> = spec.contracts.sha256.clone().into_iter().collect();
    let contracts = Contracts::load(&dir, &pins)?;
    Ok(Parts { nodeos, contracts })
}

/// Makes or finds the key of each account that needs one.
fn find_keys(holders: &[Name], dir: &Path, password: Option<Password>) -> Result<NetworkKeys> {
    let labels: Vec<String> = holders.iter().map(ToString::to_string).collect();
    Ok(NetworkKeys::open(
        dir,
        password,
        labels.iter().map(String::as_str),
    )?)
}

fn key_of(keys: &NetworkKeys, account: Name) -> Result<&PrivateKey> {
    keys.get(&account.to_string())
        .with_context(|| format!("the wallet has no key for {account}"))
}

fn account_keys(spec: &RolloutSpec, keys: &NetworkKeys) -> Result<AccountKeys> {
    let mut public = Vec::new();
    for account in spec.key_holders() {
        public.push((account, key_of(keys, account)?.public_key()));
    }
    Ok(AccountKeys::new(public)?)
}

async fn up(
    arguments: &Arguments,
    display: &Display,
    spec: RolloutSpec,
    dir: &Path,
    started: Instant,
) -> Result<ExitCode> {
    // Before Ctrl-C is caught: whoever gives the password may take its time.
    let password = arguments
        .password_fd
        .map(|descriptor| secret_input::from_descriptor("the wallet's password", descriptor))
        .transpose()?
        .map(secret_input::into_password);
    let mut interrupt = Interrupt::new()?;

    let prepared = async {
        display.stage("preparation", None);
        show_warnings(display, &spec);
        let parts = find_parts(arguments, display, &spec).await?;
        // Deriving the wallet's key takes a moment, and another run may hold the wallet: Ctrl-C must work meanwhile.
        let holders = spec.key_holders();
        let keys_dir = dir.to_owned();
        let keys =
            tokio::task::spawn_blocking(move || find_keys(&holders, &keys_dir, password)).await??;
        let plan = Plan::new(&spec.chain, &parts.contracts, &account_keys(&spec, &keys)?)?;
        display.stage_done();
        let network = start_nodes(display, &spec, dir, &keys, parts.nodeos).await?;
        anyhow::Ok((network, plan, keys))
    };
    // Interrupted here, the nodes that have been started are stopped as the unfinished network is dropped.
    let (mut network, plan, keys) = tokio::select! {
        prepared = prepared => prepared?,
        () = interrupt.received() => return Ok(interrupted(display)),
    };

    let mut summary = Summary::of_network(&network, &keys);
    let chain = async {
        let (report, proof) = bring_up_chain(display, &plan, &summary, &keys).await?;
        let balances = summary.balances(&spec).await?;
        anyhow::Ok((report, proof, balances))
    };
    let ended = tokio::select! {
        done = chain => done,
        () = interrupt.received() => {
            stop(display, network, &mut interrupt).await;
            return Ok(interrupted(display));
        }
        (node, exit) = network.any_ended() => Err(node_lost(&summary, node.as_str(), &exit.to_string())),
    };
    match ended {
        Ok((report, proof, balances)) => {
            summary.add_chain(&report, proof, balances, started.elapsed())
        }
        Err(error) => {
            stop(display, network, &mut interrupt).await;
            return Err(error);
        }
    }
    display.result("summary", summary.to_json(), &summary.to_string());
    if arguments.once {
        stop(display, network, &mut interrupt).await;
        return Ok(ExitCode::SUCCESS);
    }
    stay_up(display, &mut network, &mut interrupt).await;
    stop(display, network, &mut interrupt).await;
    Ok(ExitCode::SUCCESS)
}

async fn start_nodes(
    display: &Display,
    spec: &RolloutSpec,
    dir: &Path,
    keys: &NetworkKeys,
    nodeos: Nodeos,
) -> Result<LocalNetwork> {
    display.stage("nodes", u64::try_from(spec.network.all_nodes().len()).ok());
    let mut node_keys = BTreeMap::new();
    for account in spec
        .network
        .all_nodes()
        .iter()
        .filter_map(baas_deploy::spec::NodeSpec::account)
    {
        node_keys.insert(account, key_of(keys, account)?.clone());
    }
    let network = LocalNetwork::builder(dir, spec.network.clone(), node_keys)
        .nodeos(nodeos)
        .open(&|event| show_node_event(display, &event))
        .await?;
    display.stage_done();
    Ok(network)
}

async fn bring_up_chain(
    display: &Display,
    plan: &Plan,
    summary: &Summary,
    keys: &NetworkKeys,
) -> Result<(Report, Proof)> {
    let producer_nodes: Result<Vec<Client>, _> = summary.producer_urls().map(Client::new).collect();
    let live = LiveChain::new(
        Client::new(summary.boot_url())?,
        Arc::new(keys.keystore().to_signer()),
    )
    .with_producer_nodes(producer_nodes?);
    let report = converge(plan, &live, &|event| show_chain_event(display, &event)).await?;
    let facts =
        json!({ "transactions": report.transactions.len(), "unchanged": report.is_unchanged() });
    let text = if report.is_unchanged() {
        "  everything is in place: no transaction was sent".to_owned()
    } else {
        format!("  {} transactions were sent", report.transactions.len())
    };
    display.result("bootstrapped", facts, &text);

    let elected = plan.elected();
    // Each signs twelve blocks of half a second; the first turn may be partly over.
    let about = 6 * elected.len();
    display.stage(
        &format!("every elected producer signs (about {about} s)"),
        u64::try_from(elected.len()).ok(),
    );
    let turns = u32::try_from(elected.len()).unwrap_or(u32::MAX);
    let within = Duration::from_mins(2) + TURN * turns * 6;
    let proof = prove(live.client(), elected, within, &|event| {
        show_chain_event(display, &event);
    })
    .await?;
    display.stage_done();
    Ok((report, proof))
}

fn show_node_event(display: &Display, event: &NodeEvent) {
    match event {
        NodeEvent::NodeReady { .. } => {
            display.done(&Step {
                what: &event.to_string(),
                outcome: "ready",
                note: None,
                took: None,
            });
        }
        NodeEvent::NodeAdopted { .. } => {
            display.done(&Step {
                what: &event.to_string(),
                outcome: "adopted",
                note: None,
                took: None,
            });
        }
        NodeEvent::NodeStopped { .. } => {
            display.done(&Step {
                what: &event.to_string(),
                outcome: "stopped",
                note: None,
                took: None,
            });
        }
        NodeEvent::NodeStarted { .. } | NodeEvent::NodeStopping { .. } => {
            display.working(&event.to_string());
        }
        _ => display.note(&event.to_string()),
    }
}

fn show_chain_event(display: &Display, event: &ChainEvent) {
    match event {
        ChainEvent::StageStarted { stage, operations } => {
            display.stage(stage, u64::try_from(*operations).ok());
        }
        ChainEvent::StageDone { .. } => display.stage_done(),
        ChainEvent::OperationStarted { operation } => display.working(operation),
        ChainEvent::Waiting { reason } => display.note(&format!("waiting {reason}")),
        ChainEvent::OperationDone {
            operation,
            outcome,
            note,
            took,
            ..
        } => {
            let outcome = match outcome {
                Outcome::InPlace => "in place",
                _ => "applied",
            };
            display.done(&Step {
                what: operation,
                outcome,
                note: note.as_deref(),
                took: Some(*took),
            });
        }
        ChainEvent::ProducerSigned {
            producer,
            block_num,
            signed,
            elected,
        } => {
            display.done(&Step {
                what: &format!("{producer} signed block {block_num}"),
                outcome: "signed",
                note: None,
                took: None,
            });
            if signed == elected {
                display.stage_done();
                let title = format!(
                    "one block of each becomes irreversible (about {} s)",
                    6 * elected
                );
                display.stage(&title, Some(u64::from(*block_num)));
            }
        }
        ChainEvent::Irreversible {
            last_irreversible_block_num: last,
            target,
        } => {
            let what = format!("irreversible up to block {last}, waiting for {target}");
            display.position(u64::from(*last), &what);
        }
        _ => {}
    }
}

/// Watches the nodes until Ctrl-C; one that ends by itself is started again.
async fn stay_up(display: &Display, network: &mut LocalNetwork, interrupt: &mut Interrupt) {
    display.say("The network runs until Ctrl-C; the same command goes on from there.");
    loop {
        let (node, exit) = tokio::select! {
            ended = network.any_ended() => ended,
            () = interrupt.received() => return,
        };
        display.warning(&format!(
            "node {node} ended by itself ({exit}) and is started again"
        ));
        let show = |event: NodeEvent| show_node_event(display, &event);
        let restarted = tokio::select! {
            restarted = network.restart(&node, &show) => restarted,
            () = interrupt.received() => return,
        };
        if let Err(error) = restarted {
            let error = anyhow::Error::new(error);
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            display.warning(&format!("{node} does not come back: {}", causes.join(": ")));
            // The others go on without it; trying again at once would not help.
            tokio::select! {
                () = tokio::time::sleep(Duration::from_mins(1)) => {}
                () = interrupt.received() => return,
            }
        }
    }
}

/// Stops all nodes; interrupted once more, the network is dropped, which leaves the nodes less time.
async fn stop(display: &Display, network: LocalNetwork, interrupt: &mut Interrupt) {
    display.stage(
        "stopping the nodes",
        u64::try_from(network.nodes().len()).ok(),
    );
    let show = |event: NodeEvent| show_node_event(display, &event);
    tokio::select! {
        _ = network.stop(&show) => display.stage_done(),
        () = interrupt.received() => {
            display.warning("interrupted again: nodes that do not stop within seconds are killed, and repaired at their next start");
            display.abandon();
        }
    }
}

fn interrupted(display: &Display) -> ExitCode {
    display.abandon();
    display.result(
        "interrupted",
        json!({}),
        "interrupted; all nodes are stopped, the same command goes on from here",
    );
    ExitCode::from(INTERRUPTED)
}

fn node_lost(summary: &Summary, node: &str, exit: &str) -> anyhow::Error {
    let log = summary
        .log_of(node)
        .map_or(String::new(), |log| format!(", see {}", log.display()));
    anyhow::anyhow!("node {node} ended by itself ({exit}){log}")
}

async fn plan(
    arguments: &Arguments,
    display: &Display,
    spec: &RolloutSpec,
    dir: &Path,
) -> Result<ExitCode> {
    show_warnings(display, spec);
    let parts = find_parts(arguments, display, spec).await?;
    // Keys are made when the network is; any key serves to say what would be done.
    let mut keys = Vec::new();
    for account in spec.key_holders() {
        keys.push((account, PrivateKey::generate()?.public_key()));
    }
    let plan = Plan::new(&spec.chain, &parts.contracts, &AccountKeys::new(keys)?)?;
    let mut lines = vec![format!(
        "In {}, the keys of {} accounts and:",
        dir.display(),
        spec.key_holders().len()
    )];
    let mut stages = vec![json!({
        "stage": "nodes",
        "operations": spec.network.node_names().iter().map(|name| format!("run {name}")).collect::<Vec<_>>(),
    })];
    stages.extend(plan.stages().iter().map(|stage| {
        let operations: Vec<String> = stage
            .operations
            .iter()
            .map(|operation| operation.describe())
            .collect();
        json!({ "stage": stage.title, "operations": operations })
    }));
    for stage in &stages {
        lines.push(stage["stage"].as_str().unwrap_or_default().to_owned());
        for operation in stage["operations"].as_array().into_iter().flatten() {
            lines.push(format!("  ├ {}", operation.as_str().unwrap_or_default()));
        }
    }
    lines.push(format!(
        "and the proof that {} elected producers sign, and that it is final.",
        plan.elected().len()
    ));
    lines.push("What is in place already is left alone.".to_owned());
    display.result(
        "plan",
        json!({ "dir": dir, "stages": stages }),
        &lines.join("\n"),
    );
    Ok(ExitCode::SUCCESS)
}

fn show_warnings(display: &Display, spec: &RolloutSpec) {
    for warning in spec.network.warnings() {
        display.warning(&format!("network.{warning}"));
    }
    for warning in spec.chain.warnings() {
        display.warning(&warning);
    }
}

fn status(display: &Display, dir: &Path) -> Result<ExitCode> {
    let status = local::status(dir)?;
    let mut lines = vec![match status.owner {
        Some(pid) => format!("{} is run by process {pid}", status.dir.display()),
        None => format!("{} is run by nobody", status.dir.display()),
    }];
    if let Some(chain_id) = status.chain_id {
        lines.push(format!("chain {chain_id}"));
    }
    let mut nodes = Vec::new();
    for node in &status.nodes {
        let http = node.http.map(|address| format!("http://{address}"));
        lines.push(match (node.pid, &http) {
            (Some(pid), Some(http)) => {
                format!("  {} runs as process {pid}, RPC on {http}", node.name)
            }
            (Some(pid), None) => format!("  {} runs as process {pid}", node.name),
            (None, _) => format!("  {} is stopped", node.name),
        });
        nodes.push(json!({ "name": node.name.as_str(), "pid": node.pid, "rpc": http, "log": node.log_file }));
    }
    let facts = json!({
        "dir": status.dir,
        "owner": status.owner,
        "chain_id": status.chain_id.map(|id| id.to_string()),
        "nodes": nodes,
    });
    display.result("status", facts, &lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

async fn down(display: &Display, dir: &Path) -> Result<ExitCode> {
    display.stage("stopping nodes that were left running", None);
    let report = local::stop_all(dir, Duration::from_secs(30), &|event| {
        show_node_event(display, &event)
    })
    .await?;
    display.stage_done();
    let text = format!(
        "{} nodes were stopped; data and keys stay in {}",
        report.nodes.len(),
        dir.display()
    );
    display.result("down", json!({ "stopped": report.nodes.len() }), &text);
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, and the signals with which a system or a closed terminal ends programs.
struct Interrupt {
    signals: [Signal; 3],
}

impl Interrupt {
    fn new() -> Result<Self> {
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let [first, second, third] = kinds.map(signal);
        let cannot = "signals cannot be received";
        Ok(Self {
            signals: [
                first.context(cannot)?,
                second.context(cannot)?,
                third.context(cannot)?,
            ],
        })
    }

    async fn received(&mut self) {
        let [first, second, third] = &mut self.signals;
        tokio::select! {
            _ = first.recv() => {}
            _ = second.recv() => {}
            _ = third.recv() => {}
        }
    }
}
