use super::digest::BlobDigest;
use super::error::ImageError;
use super::manifest::{
    Descriptor, ImageConfig, Manifest, OCI_CONFIG, OCI_LAYER, OCI_LAYER_GZIP, OCI_MANIFEST,
    Platform, read_json, to_json,
};
use super::reference::Reference;
use super::store::Store;

/// The largest configuration that is read. Real ones have a few kilobytes.
pub(super) const LARGEST_CONFIG: u64 = 8 << 20;

/// An image whose parts are in a [`Store`]: made by an `ImageBuilder`, or pulled.
#[derive(Debug, Clone)]
pub struct Image {
    pub(super) store: Store,
    pub(super) manifest: Vec<u8>,
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
    pub(super) platform: Platform,
    /// Where the layers of the base came from, so that the same registry need not be sent them.
    pub(super) origin: Option<Reference>,
}

impl Image {
    /// Puts an image together from its configuration and layers, which are in the store.
    pub(super) fn assemble(
        store: &Store,
        config: &ImageConfig,
        layers: Vec<Descriptor>,
        origin: Option<Reference>,
    ) -> Result<Self, ImageError> {
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(OCI_MANIFEST.to_owned()),
            config: store.put(OCI_CONFIG, &to_json(config))?,
            layers: layers.into_iter().map(as_oci_layer).collect(),
        };
        Ok(Self {
            store: store.clone(),
            manifest: to_json(&manifest),
            config: manifest.config,
            layers: manifest.layers,
            platform: config.platform.clone(),
            origin,
        })
    }

    /// Returns the digest of its manifest, by which the image is pulled: the same parts give the same digest.
    pub fn digest(&self) -> BlobDigest {
        BlobDigest::of(&self.manifest)
    }

    /// Returns the platform that it is for.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Returns its layers, the lowest first.
    pub fn layers(&self) -> &[Descriptor] {
        &self.layers
    }

    /// Returns its configuration's place in the store.
    pub fn config(&self) -> &Descriptor {
        &self.config
    }

    /// Returns the bytes of its manifest.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// Returns the store that has its parts.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns how many bytes its parts have together, as they are sent.
    pub fn size(&self) -> u64 {
        let parts = self.layers.iter().chain([&self.config]);
        parts.map(|part| part.size).sum()
    }

    pub(super) fn read_config(&self) -> Result<ImageConfig, ImageError> {
        let bytes = self.store.read(&self.config, LARGEST_CONFIG)?;
        read_json(
            || format!("the configuration {}", self.config.digest),
            &bytes,
        )
    }
}

/// The same bytes under the name that the OCI has for them: a manifest must not mix its names with Docker's.
fn as_oci_layer(mut layer: Descriptor) -> Descriptor {
    let oci = match layer.media_type.as_str() {
        "application/vnd.docker.image.rootfs.diff.tar" => Some(OCI_LAYER),
        "application/vnd.docker.image.rootfs.diff.tar.gzip" => Some(OCI_LAYER_GZIP),
        _ => None,
    };
    if let Some(oci) = oci {
        oci.clone_into(&mut layer.media_type);
    }
    layer.platform = None;
    layer
}
