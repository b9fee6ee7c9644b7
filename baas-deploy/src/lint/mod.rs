//! What is wrong with files that were written by hand, line by line: [`Finding`]s.
//!
//! [`lint_files`] takes all files of a deployment; [`migrate`](crate::migrate) makes a spec of them. Both read the files of the
//! tutorial of 2018, as their author meant them and as its web page prints them.
//!
//! # The tutorial's defects
//!
//! Those that a file can show, by the numbers and letters of our list, and the codes of their findings. Each is asserted by the test
//! `each_defect_that_a_file_shows_is_named_in_both_forms`.
//!
//! | defect | code |
//! | --- | --- |
//! | 1 comments and options without values that lost their `#` | `prose`, `prose-line`, `empty-value`, `no-break-space` |
//! | 2 lost nesting, bullets, a `cat` line, a missing brace | `lost-nesting`, `bullet`, `transcript`, `unclosed` |
//! | 3 one thing under two names | `file-name-differs`, `image-differs` |
//! | 4 a token replaced three times | `replaced-again` |
//! | 5 tokens replaced everywhere, values without quotes | `token-replaced-everywhere`, `unquoted-value`, `placeholder` |
//! | 6 a list of peers in one line, a port added to a port | `one-peer-for-a-list`, `words-as-value`, `port-twice` |
//! | 7 explanations of addresses exchanged, no port | `addresses-shifted`, `no-port`, `quoted-value` |
//! | 8 the hostname of a pod as an address | `pod-hostname` |
//! | 9 `-e` for each node, everybody `eosio` | `always-stale`, `stale-contradiction`, `default-eosio` |
//! | 10 what is copied or needed and not in the image | `copied-but-not-added`, `cleos-without-keosd` |
//! | 11 config copied on each start, errors passed over | `config-overwritten`, `goes-on-after-errors`, `no-volume` |
//! | 12 base without a tag and ended, ADD, root, baked files | `floating-base`, `ended-base`, `add-for-copy`, `root-user`, `baked-config`, `floating-image` |
//! | 13 a source that is archived | `archived-source` |
//! | 14 `v1` for templates and kinds of OpenShift | `legacy-template`, `legacy-group` |
//! | 15 annotations beside the annotations | `annotation-at-metadata` |
//! | 16 a list for a map, uid 0 | `list-for-map`, `root-user` |
//! | 17 fixed names and hosts of the Route | `fixed-route-name`, `fixed-route-host`, `single-label-host` |
//! | 18 hosts that nodeos refuses | `validate-host` |
//! | 19 the peers' port called admin | `p2p-port-named-admin` |
//! | 20 an account as the name of an object | `account-as-object-name` |
//! | 21 two pods with one key | `rolling-producer` |
//! | 22 a `DeploymentConfig` | `deployment-config` |
//! | 23 no volume, probes, grace period, limits | `no-volume`, `no-probes`, `no-grace-period`, `no-limits` |
//! | 24 nothing but a label `name` | `few-labels` |
//! | 25 a private key in a parameter, in the environment or in a script, a published one at that | `key-in-parameter`, `key-in-env`, `key-in-script`, `published-key`, `not-required` |
//! | 26 a wallet that everybody reaches | `wallet-exposed` |
//! | table e, config.ini: options gone, moved, or too low | `gone-option`, `command-line-option`, `max-transaction-time` |
//! | table e, genesis.json: fields that it has not, limits too low | `not-in-genesis`, `cpu-too-low` |
//! | g, not mentioned and needed: TLS | `no-tls` |
//! | 27 the first key is a placeholder, and not the producer's | `placeholder-key`, `genesis-key-differs` |
//!
//! Beside them, of a start script: `carriage-return` and `byte-order-mark`, with which no kernel finds its shell; and of any file that
//! there is nothing in it: `empty-file`.
//!
//! What no file shows: that the shell goes on after such lines (1) and that nobody grants `anyuid` (16) are what happens later; that there
//! is no official image (13) is told with the source; `p2p-max-nodes-per-host` (table e) is not in the tutorial, and its default counts
//! on one machine only. Defects from 28 on are of commands on a running chain.

mod commands;
mod containerfile;
mod cross;
mod files;
mod finding;
mod genesis_json;
mod lines;
mod outline;
mod report;
mod shell;
mod start_script;
mod template;

pub use crate::node::lint_config_ini;
pub use containerfile::lint_containerfile;
pub use files::{lint_files, lint_files_for};
pub use finding::{Finding, Severity};
pub use genesis_json::{lint_genesis_json, lint_genesis_json_for};
pub use report::{FileFinding, Report};
pub use start_script::lint_start_script;
pub use template::lint_template;

pub(crate) use cross::Files;
pub(crate) use files::FileKind;
pub(crate) use outline::Outline;
