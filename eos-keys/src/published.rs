use crate::{private_key::PrivateKey, public_key::PublicKey};

/// K1 keys whose private keys are printed in documents that everybody can read. Only the public halves are kept here.
const PUBLISHED: [&str; 3] = [
    "EOS6MRyAjQq8ud7hVNYcfnVPJqcVpscN5So8BhtHuGYqET5GDW5CV", // the development key of EOSIO, eosio's in every quick start
    "EOS6CYWY1q4AAsVV3rzcT1GGQmZcg7yDnA6jZx2KUjHvmZWPv8DQg", // printed with its private key in the tutorial that this workspace carries out
    "EOS7FNpU6P3yhT7bkf3fs7aNUxb3yNbMXPbn4nsYgh3ZkEhtchEAH", // likewise
];

impl PublicKey {
    /// Tells whether the private key is printed in a well-known document, so that everybody can sign with it: the development key of
    /// EOSIO and the keys of the tutorial.
    pub fn is_published(&self) -> bool {
        let text = self.to_string();
        PUBLISHED.contains(&text.as_str())
    }
}

impl PrivateKey {
    /// Tells whether this key is printed in a well-known document, so that everybody can sign with it; see
    /// [`PublicKey::is_published`].
    pub fn is_published(&self) -> bool {
        self.public_key().is_published()
    }
}
