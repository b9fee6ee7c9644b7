//! Everything that the tutorial makes by hand, made from one spec: files of nodes, images, objects of a cluster. And the other way: what is
//! wrong with files that were written by hand, and the spec that does what they were meant to do.
//!
//! ```sh
//! cargo run --release -p examples --bin render -- --target kubernetes --out manifests
//! cargo run --release -p examples --bin render -- --help
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use baas_deploy::image::{Credentials, Image};
use baas_deploy::image::{
    ImageBuilder, ImageEvent, NodeosEntry, NodeosParts, Platform, Reference, RegistryClient, Store,
    nodeos_image,
};
use baas_deploy::lint::{Severity, lint_files_for};
use baas_deploy::local::{Environment, Nodeos};
use baas_deploy::migrate::migrate;
use baas_deploy::node::{Genesis, MENDS, NodeVersion};
use baas_deploy::spec::{NetworkSpec, Target};
use baas_deploy::template::{Mode, OsRandom, Parameters, Template};
use clap::{Args, Parser, Subcommand, ValueEnum};
use eos_keys::PrivateKey;
use examples::input_text;
use examples::output_dir::{self, Change, OutputFile};
use examples::rendering::{self, Layout, What};
use examples::secret_input;
use indicatif::{ProgressBar, ProgressStyle};

/// Render a network spec: the files of its nodes, or the objects that run it on a cluster.
///
/// The same spec, keys and time give the same bytes, whenever and wherever. Files that did not change are not touched; those with
/// private keys are readable for their owner only, and lie apart (`secrets/`, or in a node's own directory).
#[derive(Debug, Parser)]
#[command(
    disable_version_flag = true,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(flatten)]
    render: Render,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Render {
    /// What the files are for; unless given, the spec's target.
    #[arg(long, value_enum)]
    target: Option<TargetName>,

    /// The nodeos that they are for, such as `leap-4` or `spring-1`; unless given, the spec's version (for the tutorial, `dawn-4.1`).
    #[arg(long, value_name = "VERSION", value_parser = version)]
    version: Option<NodeVersion>,

    /// The directory to write.
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,

    /// The network in YAML, alone or in a rollout's document; unless given, the tutorial's (examples/rollout.yaml).
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,

    /// Where the nodes' keys lie, as for `rollout --dir`; they are made where there are none. Unless given, `baas-data/` and the network's
    /// name.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Read the wallet's password from this file descriptor; unless given, one is generated into a file (0600) beside the keys.
    #[arg(long, value_name = "FD")]
    password_fd: Option<u32>,

    /// The image that runs the nodes; unless given, the spec's.
    #[arg(long, value_name = "REFERENCE")]
    image: Option<String>,

    /// The namespace that the objects name.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,

    /// What the tutorial's image is built on.
    #[arg(
        long,
        value_name = "REFERENCE",
        default_value = "docker.io/library/debian:12.8-slim"
    )]
    base: Reference,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// What the tutorial has people write: Containerfile, start script, config.ini, genesis.json, templates, and the steps that are left.
    Tutorial,
    /// Objects for `kubectl apply`.
    Kubernetes,
    /// Objects for `oc apply`, and a template for the console's catalogue.
    Openshift,
    /// A directory for each node on this machine, with what starts it.
    Local,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what is wrong with files that were written by hand: config.ini, genesis.json, start script, Dockerfile, template.
    ///
    /// Ends with 1 when something is refused by what reads it.
    Lint {
        /// The files, which belong together.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The nodeos that shall read them.
        #[arg(long, value_name = "VERSION", value_parser = version, default_value = "leap-4")]
        version: NodeVersion,
    },
    /// Write the spec that does what files written by hand were meant to do.
    Migrate {
        /// The files, which belong together.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The file to write, instead of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Process an OpenShift template to the objects that a cluster would get, without a cluster.
    Process {
        /// The template, in YAML or JSON; `-` reads it from standard input.
        template: PathBuf,
        /// A parameter's value. Private keys belong into a parameter file.
        #[arg(short = 'p', long = "param", value_name = "NAME=VALUE")]
        parameters: Vec<String>,
        /// A file of parameters, as `oc process` takes it; `-` reads it from standard input.
        #[arg(long = "param-file", value_name = "FILE")]
        parameter_files: Vec<PathBuf>,
        /// Refuse what OpenShift does in ways that surprise.
        #[arg(long)]
        strict: bool,
        /// The form of the result.
        #[arg(long, value_enum, default_value_t = Form::Yaml)]
        form: Form,
    },
    /// Make the image that runs the nodes, without Docker.
    Image {
        #[command(subcommand)]
        command: Box<ImageCommand>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Yaml,
    Json,
}

#[derive(Debug, Subcommand)]
enum ImageCommand {
    /// Write the image into a file, as `podman load` and `skopeo` read it.
    Build {
        /// The image's name.
        name: Reference,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        from: ImageParts,
    },
    /// Make the image and send it to a registry. What the registry has already is not sent again.
    ///
    /// Credentials are those of docker and podman.
    Push {
        /// The image's name: registry, repository and tag.
        name: Reference,
        #[command(flatten)]
        from: ImageParts,
    },
}

#[derive(Debug, Args)]
struct ImageParts {
    /// Build on an image of a registry. Without a base there is no shell in the image, and nothing else that nodes do not need.
    #[arg(long, value_name = "REFERENCE")]
    base: Option<Reference>,

    /// Build on a root filesystem in a tar.
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    rootfs: Option<PathBuf>,

    /// The nodeos; unless given, `$NODEOS`, one on `$PATH`, or one that is downloaded with pip.
    #[arg(long, value_name = "FILE")]
    nodeos: Option<PathBuf>,

    /// The program baas-launch that starts nodeos; unless given, the one beside this program.
    #[arg(long, value_name = "FILE")]
    launcher: Option<PathBuf>,

    /// Start nodeos with the shell script instead, which needs a base with a shell.
    #[arg(long, conflicts_with = "launcher")]
    script: bool,

    /// Where the image's parts are kept.
    #[arg(long, value_name = "DIR", default_value = "baas-data/images")]
    store: PathBuf,

    /// Talk to this registry without encryption (one on a loopback address always is).
    #[arg(long, value_name = "HOST")]
    danger_plain_http: Option<String>,
}

fn version(text: &str) -> Result<NodeVersion, String> {
    let known = NodeVersion::ALL.into_iter();
    known
        .clone()
        .find(|version| version.as_str() == text)
        .ok_or_else(|| {
            let known: Vec<_> = known.map(NodeVersion::as_str).collect();
            format!("it is one of {}", known.join(", "))
        })
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => render(&arguments.render).map(|()| ExitCode::SUCCESS),
        Some(Command::Lint { files, version }) => lint(&files, version),
        Some(Command::Migrate { files, out }) => {
            write_migration(&files, out.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Some(Command::Process {
            template,
            parameters,
            parameter_files,
            strict,
            form,
        }) => process(&template, &parameters, &parameter_files, strict, form)
            .map(|()| ExitCode::SUCCESS),
        Some(Command::Image { command }) => image(&command).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        tell(&format!("error: {}", causes.join("\n  because: ")));
        ExitCode::FAILURE
    })
}

/// Writes a line to standard error, which may be gone.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("cannot write to standard output")
}

fn render(arguments: &Render) -> Result<()> {
    let out = arguments.out.as_deref().context("--out is missing")?;
    let spec = effective_spec(arguments)?;
    if spec.target != Target::Local
        && spec.image.is_none()
        && arguments.target != Some(TargetName::Tutorial)
    {
        bail!(
            "a cluster runs an image: name it with --image, or under `image.reference` of the spec"
        );
    }
    for warning in spec.warnings() {
        tell(&format!("warning: {warning}"));
    }
    let dir = match &arguments.dir {
        Some(dir) => dir.clone(),
        None => Path::new("baas-data").join(spec.name.as_str()),
    };
    let keystore = dir.join("wallet.keystore");
    let rendered = rendered_before(out)?;
    if let Some((path, _)) = &rendered
        && !keystore.exists()
    {
        // Other keys would make another chain of it, under the same name.
        bail!(
            "{} was rendered before, with keys that are not in {}: name their directory with --dir (unless given, it is looked for below \
             the working directory), or remove {} to begin another chain",
            out.display(),
            dir.display(),
            path.display()
        );
    }
    let password = arguments
        .password_fd
        .map(|descriptor| secret_input::from_descriptor("the wallet's password", descriptor))
        .transpose()?
        .map(secret_input::into_password);
    let had_keys = keystore.exists();
    let keys = rendering::find_keys(&spec, &dir, password)?;
    if !had_keys {
        tell(&format!(
            "note: the chain's private keys were made, in {}: keep {}, or nobody can produce on the chain again",
            keystore.display(),
            dir.display()
        ));
    }
    if let Some((path, genesis)) = &rendered {
        let boot = spec.boot_node().and_then(|node| node.account());
        let key = boot.and_then(|account| keys.get(&account));
        if key.is_some_and(|key| key.public_key() != genesis.initial_key) {
            bail!(
                "{} was rendered before, for a chain that begins with the key {}, which is not the boot node's in {}: name the \
                 directory of its keys with --dir, or remove {} to begin another chain",
                out.display(),
                genesis.initial_key,
                dir.display(),
                path.display()
            );
        }
    }
    let layout = match arguments.target {
        Some(TargetName::Tutorial) => Layout::ByHand {
            base: &arguments.base,
        },
        _ if spec.target == Target::Local => Layout::Local,
        _ => Layout::Cluster,
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "a program's edge: from here on the time is an argument"
    )]
    let now = SystemTime::now();
    let what = What {
        keys: &keys,
        time: rendering::initial_timestamp(&spec, out, now)?,
        namespace: arguments.namespace.as_deref(),
        layout,
    };
    let files = rendering::files(&spec, &what)?;
    let changes = output_dir::write(out, &files)?;
    let mut lines = String::new();
    for (file, change) in files.iter().zip(&changes) {
        if *change != Change::Same {
            lines += &format!("{:8} {}\n", change.as_str(), out.join(&file.path).display());
        }
    }
    let same = changes
        .iter()
        .filter(|change| **change == Change::Same)
        .count();
    lines += &format!("{} files, {same} of them unchanged\n", files.len());
    print(&lines)?;
    for other in output_dir::others(out, &files, &rendering::at_work(&spec, layout))? {
        let path = out.join(other);
        tell(&format!(
            "note: {} is not of this rendering, and was left alone",
            path.display()
        ));
    }
    if matches!(layout, Layout::ByHand { .. }) && spec.version == NodeVersion::Dawn4_1 {
        for mend in MENDS {
            tell(&match mend.option {
                Some(option) => format!("mended in config.ini: {option}: {}", mend.what),
                None => format!("mended in config.ini: {}", mend.what),
            });
        }
    }
    tell(&next_step(layout, spec.target, out));
    Ok(())
}

/// Returns the genesis of an earlier rendering into a directory, and where it is.
fn rendered_before(out: &Path) -> Result<Option<(PathBuf, Genesis)>> {
    let path = out.join("genesis.json");
    if !path.exists() {
        return Ok(None);
    }
    let genesis = serde_json::from_str(&input_text::read(&path)?).with_context(|| {
        format!(
            "{} is no genesis; remove it to begin another chain",
            path.display()
        )
    })?;
    Ok(Some((path, genesis)))
}

/// Returns the spec with what the command line says instead of it.
fn effective_spec(arguments: &Render) -> Result<NetworkSpec> {
    let mut spec = rendering::read_spec(arguments.spec.as_deref())?;
    match arguments.target {
        None => {}
        Some(TargetName::Tutorial) => {
            spec.target = Target::OpenShift;
            spec.version = NodeVersion::Dawn4_1;
        }
        Some(TargetName::Kubernetes) => spec.target = Target::Kubernetes,
        Some(TargetName::Openshift) => spec.target = Target::OpenShift,
        Some(TargetName::Local) => spec.target = Target::Local,
    }
    if let Some(version) = arguments.version {
        spec.version = version;
    }
    if let Some(image) = &arguments.image {
        let reference = image.parse().context("--image is not a reference")?;
        spec.image = Some(baas_deploy::spec::ImageSpec::new(reference));
    }
    spec.checked()
        .context("with these options the spec cannot be used")
}

fn next_step(layout: Layout<'_>, target: Target, out: &Path) -> String {
    let out = out.display();
    match (layout, target) {
        (Layout::ByHand { .. }, _) => format!(
            "next: the steps in {out}/README.md, which begin with the programs nodeos and baas-launch beside {out}/Containerfile"
        ),
        (Layout::Local, _) => format!(
            "next: run {out}/nodes/NAME/start.sh for each node, with NODEOS=PROGRAM unless nodeos is on PATH; `rollout` does all of it by \
             itself"
        ),
        (Layout::Cluster, Target::OpenShift) => {
            format!("next: oc apply -f {out}/secrets -f {out}/manifests")
        }
        (Layout::Cluster, _) => {
            format!("next: kubectl apply -f {out}/secrets -f {out}/manifests")
        }
    }
}

/// Reads files with the names under which messages show them.
fn read_files(paths: &[PathBuf]) -> Result<Vec<(String, String)>> {
    paths
        .iter()
        .map(|path| Ok((path.display().to_string(), input_text::read(path)?)))
        .collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect()
}

fn lint(paths: &[PathBuf], version: NodeVersion) -> Result<ExitCode> {
    let files = read_files(paths)?;
    let report = lint_files_for(&borrowed(&files), version);
    print(&report.to_string())?;
    let count = |severity| {
        let found = report.findings().iter();
        found
            .filter(|found| found.finding.severity == severity)
            .count()
    };
    tell(&format!(
        "{} errors, {} warnings, {} hints in {} files",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Hint),
        files.len()
    ));
    Ok(if report.worst() == Some(Severity::Error) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn write_migration(paths: &[PathBuf], out: Option<&Path>) -> Result<()> {
    let files = read_files(paths)?;
    let migration = migrate(&borrowed(&files));
    for note in migration.notes() {
        tell(&format!("note: {note}"));
    }
    let found = migration.report().findings().len();
    if found > 0 {
        tell(&format!(
            "note: {found} findings in these files, which `lint` names"
        ));
    }
    let Some(path) = out else {
        return print(migration.to_yaml());
    };
    // What is there may have been worked on since.
    if path.exists() {
        bail!("{} is there already: move it away first", path.display());
    }
    let file = OutputFile::public(path, migration.to_yaml());
    output_dir::write(Path::new(""), &[file])?;
    Ok(())
}

fn process(
    template: &Path,
    given: &[String],
    files: &[PathBuf],
    strict: bool,
    form: Form,
) -> Result<()> {
    let from_input = files.iter().map(PathBuf::as_path).chain([template]);
    if from_input.filter(|path| *path == Path::new("-")).count() > 1 {
        bail!("standard input can be read once: name only one of the files `-`");
    }
    let text = input_text::read(template)?;
    let parsed = Template::from_yaml(&text)
        .with_context(|| format!("{} cannot be processed", input_text::shown(template)))?;
    let mut parameters = Parameters::new();
    for parameter in given {
        let Some((name, value)) = parameter.split_once('=') else {
            bail!("-p takes NAME=VALUE"); // it may be a secret: not shown
        };
        if value.parse::<PrivateKey>().is_ok() {
            bail!(
                "{name} is a private key, and everybody on this machine can read a command line: put it into a --param-file"
            );
        }
        if parameters.get(name).is_some() {
            bail!("{name} is given more than once with -p"); // as `oc process` refuses it
        }
        parameters.set(name, value);
    }
    for file in files {
        let kept = parameters
            .add_file(&input_text::read(file)?)
            .with_context(|| format!("{} is no file of parameters", input_text::shown(file)))?;
        for name in kept {
            tell(&format!(
                "note: {name} was given before {}, and stays",
                input_text::shown(file)
            ));
        }
    }
    let mode = if strict {
        Mode::Strict
    } else {
        Mode::OpenShift
    };
    let processed = parsed.process(&parameters, &mut OsRandom, mode);
    let unused = match &processed {
        Ok(processed) => processed.unused(),
        Err(_) if strict => &[], // it is among the errors
        Err(errors) => errors.unused(),
    };
    for name in unused {
        tell(&format!("note: nothing uses the parameter {name}"));
    }
    let processed = processed?;
    if !processed.message().is_empty() {
        tell(processed.message());
    }
    print(&match form {
        Form::Yaml => processed.to_yaml(),
        Form::Json => processed.to_json(),
    })
}

fn image(command: &ImageCommand) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("the async runtime could not start")?;
    runtime.block_on(async {
        let (ImageCommand::Build { from, .. } | ImageCommand::Push { from, .. }) = command;
        let mut client =
            RegistryClient::builder(Credentials::from_files(Environment::from_process()));
        if let Some(host) = &from.danger_plain_http {
            client = client.danger_plain_http(host);
        }
        let client = client.build()?;
        let bar = ProgressBar::no_length().with_style(
            ProgressStyle::with_template("{msg} {bytes}/{total_bytes} {bytes_per_sec}")
                .context("the progress bar is wrong")?,
        );
        if let ImageCommand::Build { out, .. } = command {
            // Told before all is packed.
            let dir = out.parent().filter(|dir| !dir.as_os_str().is_empty());
            if let Some(dir) = dir.filter(|dir| !dir.is_dir()) {
                bail!(
                    "cannot write {}: there is no directory {}",
                    out.display(),
                    dir.display()
                );
            }
        }
        let image = build_image(from, &client, &bar).await?;
        match command {
            ImageCommand::Build { name, out, .. } => {
                image.write_archive(out, name)?;
                bar.finish_and_clear();
                print(&format!("{} {}\n", image.digest(), out.display()))
            }
            ImageCommand::Push { name, .. } => {
                client
                    .push(&image, name, &|event| show(&bar, &event))
                    .await?;
                bar.finish_and_clear();
                print(&format!("{}\n", name.with_digest(image.digest())))
            }
        }
    })
}

async fn build_image(
    from: &ImageParts,
    client: &RegistryClient,
    bar: &ProgressBar,
) -> Result<Image> {
    // Before nodeos, which may have to be downloaded.
    let entry = if from.script {
        NodeosEntry::Script
    } else {
        NodeosEntry::Launcher(find_launcher(from.launcher.as_deref())?)
    };
    let environment = Environment::from_process();
    let nodeos = Nodeos::find(from.nodeos.as_deref(), &environment, &|event| {
        tell(&event.to_string());
    })
    .await?;
    let store = Store::open(&from.store)?;
    let platform = Platform::linux_amd64();
    let base = match (&from.base, &from.rootfs) {
        (Some(base), _) => {
            let base = client
                .pull(base, &platform, &store, &|event| show(bar, &event))
                .await?;
            ImageBuilder::from_image(base)
        }
        (None, Some(rootfs)) => ImageBuilder::from_rootfs(rootfs, platform),
        (None, None) => ImageBuilder::from_nothing(platform),
    };
    bar.set_message("packing");
    Ok(nodeos_image(base, &NodeosParts::new(nodeos, entry))?.build(&store)?)
}

/// Returns the launcher that was given, or the one that was built beside this program.
fn find_launcher(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    let beside = std::env::current_exe()
        .context("cannot tell where this program is")?
        .with_file_name("baas-launch");
    if !beside.is_file() {
        bail!(
            "there is no {}: build it (see baas-deploy's README), name one with --launcher, or use --script on a base with a shell",
            beside.display()
        );
    }
    Ok(beside)
}

fn show(bar: &ProgressBar, event: &ImageEvent) {
    match event {
        ImageEvent::Downloading {
            received, total, ..
        } => {
            bar.set_message("downloading");
            bar.set_length(*total);
            bar.set_position(*received);
        }
        ImageEvent::Uploading { sent, total, .. } => {
            bar.set_message("uploading");
            bar.set_length(*total);
            bar.set_position(*sent);
        }
        event => bar.suspend(|| tell(&event.to_string())),
    }
}
