use std::ffi::OsString;
use std::path::PathBuf;

/// The parts of a process environment that this crate reads.
///
/// They arrive as a value, so that a test or an embedding program decides what is seen.
/// Programs that pip and nodeos start inherit the real environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// `NODEOS`: the nodeos to use.
    pub nodeos: Option<PathBuf>,
    /// `PATH`: where nodeos and python3 are looked for.
    pub path: Option<OsString>,
    /// `HOME`: holds `.cache` when `XDG_CACHE_HOME` is not set.
    pub home: Option<PathBuf>,
    /// `XDG_CACHE_HOME`: the user's cache directory.
    pub xdg_cache_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`: the user's configuration, instead of `.config` in `HOME`.
    pub xdg_config_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`: holds podman's `containers/auth.json`.
    pub xdg_runtime_dir: Option<PathBuf>,
    /// The number of the user: where there is no `XDG_RUNTIME_DIR`, podman's `auth.json` is below `/run/containers/` and this number.
    pub user: Option<u32>,
    /// `REGISTRY_AUTH_FILE`: the credentials of registries, instead of all other files.
    pub registry_auth_file: Option<PathBuf>,
    /// `DOCKER_CONFIG`: the directory of docker's `config.json`, instead of `.docker` in `HOME`.
    pub docker_config: Option<PathBuf>,
}

impl Environment {
    /// Returns what the environment of this process says. The one place of this crate that reads it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: everything else takes the environment as an argument"
    )]
    pub fn from_process() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            nodeos: set("NODEOS").map(PathBuf::from),
            path: set("PATH"),
            home: set("HOME").map(PathBuf::from),
            xdg_cache_home: set("XDG_CACHE_HOME").map(PathBuf::from),
            xdg_config_home: set("XDG_CONFIG_HOME").map(PathBuf::from),
            user: Some(rustix::process::getuid().as_raw()),
            xdg_runtime_dir: set("XDG_RUNTIME_DIR").map(PathBuf::from),
            registry_auth_file: set("REGISTRY_AUTH_FILE").map(PathBuf::from),
            docker_config: set("DOCKER_CONFIG").map(PathBuf::from),
        }
    }

    /// Returns our directory in the user's cache directory, or `None` when neither
    /// `XDG_CACHE_HOME` nor `HOME` names an absolute path.
    pub fn cache_dir(&self) -> Option<PathBuf> {
        let absolute = |path: &Option<PathBuf>| path.clone().filter(|path| path.is_absolute());
        absolute(&self.xdg_cache_home)
            .or_else(|| absolute(&self.home).map(|home| home.join(".cache")))
            .map(|cache| cache.join("baas-deploy"))
    }

    /// Returns the executable file of that name which `PATH` finds first.
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        std::env::split_paths(self.path.as_ref()?)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join(name))
            .find(|file| super::nodeos::is_executable(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_where_xdg_says_and_else_in_home() {
        let mut environment = Environment {
            home: Some("/home/a".into()),
            ..Environment::default()
        };
        assert_eq!(
            environment.cache_dir(),
            Some("/home/a/.cache/baas-deploy".into())
        );
        environment.xdg_cache_home = Some("relative".into());
        assert_eq!(
            environment.cache_dir(),
            Some("/home/a/.cache/baas-deploy".into())
        );
        environment.xdg_cache_home = Some("/c".into());
        assert_eq!(environment.cache_dir(), Some("/c/baas-deploy".into()));
        assert_eq!(Environment::default().cache_dir(), None);
    }
}
