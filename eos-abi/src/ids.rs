//! What identifies chains, blocks and transactions.

use crate::checksum::fixed_bytes;

fixed_bytes! {
    /// A chain's id: the hash of its genesis. Signatures are for one chain.
    ChainId, 32, "a chain id"
}

fixed_bytes! {
    /// A block's id: the hash of its header with the block's number in the first four bytes.
    BlockId, 32, "a block id"
}

fixed_bytes! {
    /// A transaction's id: the hash of its packed form without signatures.
    TransactionId, 32, "a transaction id"
}

impl BlockId {
    /// Returns the block's number.
    pub const fn block_num(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// Returns the lower half of the block's number, as a transaction's `ref_block_num` has it.
    pub const fn ref_block_num(&self) -> u16 {
        let [_, _, c, d, ..] = self.0;
        u16::from_be_bytes([c, d])
    }

    /// Returns the four bytes of the hash that a transaction's `ref_block_prefix` has.
    pub const fn ref_block_prefix(&self) -> u32 {
        let [_, _, _, _, _, _, _, _, a, b, c, d, ..] = self.0;
        u32::from_le_bytes([a, b, c, d])
    }
}
