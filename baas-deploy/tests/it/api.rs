//! The shape of the public interface.

use std::fmt::Debug;

use baas_deploy::lint::{Finding, Report};
use baas_deploy::local::{
    Environment, LocalNetwork, LocalNetworkBuilder, LocalStatus, Nodeos, StopReport, Wheel,
};
use baas_deploy::migrate::Migration;
use baas_deploy::node::{ChainParameters, ConfigIni, Genesis, NodeConfig};
use baas_deploy::progress::Event;
use baas_deploy::reader::{Problem, SpecErrors};
use baas_deploy::spec::{NetworkSpec, NodeSpec};
use baas_deploy::template::{
    ParameterFileError, Parameters, ParseTemplateError, Processed, Template, TemplateErrors,
};
use baas_deploy::testing::{Keosd, KeosdBuilder, Node, NodeBuilder, NodeError, StartKeosdError};
use baas_deploy::{Error, NetworkKeys, NetworkName, NodeName, ParseNameError, ProvisionError};

fn is_plain<T: Send + Sync + Debug + 'static>() {}
fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
fn is_send<T: Send>(_: &T) {}

#[test]
fn types_are_send_sync_and_debug() {
    is_plain::<Environment>();
    is_plain::<LocalNetwork>();
    is_plain::<LocalNetworkBuilder>();
    is_plain::<LocalStatus>();
    is_plain::<Nodeos>();
    is_plain::<StopReport>();
    is_plain::<Wheel>();
    is_plain::<ChainParameters>();
    is_plain::<ConfigIni>();
    is_plain::<Genesis>();
    is_plain::<NodeConfig<'static>>();
    is_plain::<Event>();
    is_plain::<Problem>();
    is_plain::<NetworkSpec>();
    is_plain::<NodeSpec>();
    is_plain::<Node>();
    is_plain::<NodeBuilder>();
    is_plain::<Keosd>();
    is_plain::<KeosdBuilder>();
    is_plain::<NetworkKeys>();
    is_plain::<NetworkName>();
    is_plain::<NodeName>();
    is_plain::<Finding>();
    is_plain::<Migration>();
    is_plain::<Parameters>();
    is_plain::<Report>();
    is_plain::<Processed>();
    is_plain::<Template>();
    is_error::<Error>();
    is_error::<ParameterFileError>();
    is_error::<ParseTemplateError>();
    is_error::<TemplateErrors>();
    is_error::<NodeError>();
    is_error::<StartKeosdError>();
    is_error::<ParseNameError>();
    is_error::<ProvisionError>();
    is_error::<SpecErrors>();
}

#[test]
fn work_can_be_spawned() {
    let scene = crate::support::Scene::new();
    let builder = scene.builder(crate::support::SPEC);
    is_send(&builder.open(&|_| {}));
    is_send(&Node::start());
    is_send(&Keosd::start());
    let build = async |_, _| Ok::<_, std::io::Error>(());
    is_send(&Node::start_cached("key", build));
}

#[test]
fn secrets_do_not_appear_in_debug() {
    let scene = crate::support::Scene::new();
    let text = format!("{:?}", scene.builder(crate::support::SPEC));
    for key in scene.keys.values() {
        assert!(!text.contains(key.expose_text().expose()));
    }
}
