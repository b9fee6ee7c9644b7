//! Types of `eosio.system`.

// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use eos_keys::PublicKey;

use crate::{
    ActionData, Asset, Authority, BinaryExtension, BlockTimestamp, Bytes, Checksum256, KeyWeight,
    Name, PermissionLevel, ProducerSchedule, Symbol, TableRow, TimePoint, TimePointSec, VarUint32,
};

/// The type `Bool`: `bool`.
pub type Bool = bool;

/// The type `block_signing_authority`: `variant_block_signing_authority_v0`.
pub type BlockSigningAuthority = VariantBlockSigningAuthorityV0;

/// The type `double_vector`: `float64[]`.
pub type DoubleVector = Vec<f64>;

/// The type `uint32_vector`: `uint32[]`.
pub type Uint32Vector = Vec<u32>;

/// Row of the table `abihash`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct AbiHash {
    pub owner: Name,
    pub hash: Checksum256,
}

impl TableRow for AbiHash {
    const TABLE: Name = Name::from_static("abihash");
}

/// Arguments of the action `activate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Activate {
    pub feature_digest: Checksum256,
}

impl ActionData for Activate {
    const NAME: Name = Name::from_static("activate");
}

/// Row of the table `bidrefunds`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BidRefund {
    pub bidder: Name,
    pub amount: Asset,
}

impl TableRow for BidRefund {
    const TABLE: Name = Name::from_static("bidrefunds");
}

/// Arguments of the action `bidname`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Bidname {
    pub bidder: Name,
    pub newname: Name,
    pub bid: Asset,
}

impl ActionData for Bidname {
    const NAME: Name = Name::from_static("bidname");
}

/// Arguments of the action `bidrefund`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Bidrefund {
    pub bidder: Name,
    pub newname: Name,
}

impl ActionData for Bidrefund {
    const NAME: Name = Name::from_static("bidrefund");
}

/// The struct `block_header`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BlockHeader {
    pub timestamp: u32,
    pub producer: Name,
    pub confirmed: u16,
    pub previous: Checksum256,
    pub transaction_mroot: Checksum256,
    pub action_mroot: Checksum256,
    pub schedule_version: u32,
    pub new_producers: Option<ProducerSchedule>,
}

/// The struct `block_signing_authority_v0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BlockSigningAuthorityV0 {
    pub threshold: u32,
    pub keys: Vec<KeyWeight>,
}

/// The struct `blockchain_parameters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BlockchainParameters {
    pub max_block_net_usage: u64,
    pub target_block_net_usage_pct: u32,
    pub max_transaction_net_usage: u32,
    pub base_per_transaction_net_usage: u32,
    pub net_usage_leeway: u32,
    pub context_free_discount_net_usage_num: u32,
    pub context_free_discount_net_usage_den: u32,
    pub max_block_cpu_usage: u32,
    pub target_block_cpu_usage_pct: u32,
    pub max_transaction_cpu_usage: u32,
    pub min_transaction_cpu_usage: u32,
    pub max_transaction_lifetime: u32,
    pub deferred_trx_expiration_window: u32,
    pub max_transaction_delay: u32,
    pub max_inline_action_size: u32,
    pub max_inline_action_depth: u16,
    pub max_authority_depth: u16,
}

/// Arguments of the action `buyram`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Buyram {
    pub payer: Name,
    pub receiver: Name,
    pub quant: Asset,
}

impl ActionData for Buyram {
    const NAME: Name = Name::from_static("buyram");
}

/// Arguments of the action `buyrambytes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Buyrambytes {
    pub payer: Name,
    pub receiver: Name,
    pub bytes: u32,
}

impl ActionData for Buyrambytes {
    const NAME: Name = Name::from_static("buyrambytes");
}

/// Arguments of the action `buyrex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Buyrex {
    pub from: Name,
    pub amount: Asset,
}

impl ActionData for Buyrex {
    const NAME: Name = Name::from_static("buyrex");
}

/// Arguments of the action `canceldelay`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Canceldelay {
    pub canceling_auth: PermissionLevel,
    pub trx_id: Checksum256,
}

impl ActionData for Canceldelay {
    const NAME: Name = Name::from_static("canceldelay");
}

/// Arguments of the action `cfgpowerup`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Cfgpowerup {
    pub args: PowerupConfig,
}

impl ActionData for Cfgpowerup {
    const NAME: Name = Name::from_static("cfgpowerup");
}

/// Arguments of the action `cfgsrpool`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Cfgsrpool {
    pub durations: Option<Uint32Vector>,
    pub claim_periods: Option<Uint32Vector>,
    pub vote_weights: Option<DoubleVector>,
    pub begin_transition: Option<BlockTimestamp>,
    pub end_transition: Option<BlockTimestamp>,
    pub prod_rate: Option<f64>,
    pub voter_rate: Option<f64>,
    pub max_num_pay: Option<u8>,
    pub max_vote_ratio: Option<f64>,
    pub min_transfer_create: Option<Asset>,
}

impl ActionData for Cfgsrpool {
    const NAME: Name = Name::from_static("cfgsrpool");
}

/// Arguments of the action `claimrewards`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Claimrewards {
    pub owner: Name,
}

impl ActionData for Claimrewards {
    const NAME: Name = Name::from_static("claimrewards");
}

/// Arguments of the action `claimstake`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Claimstake {
    pub owner: Name,
    pub pool_index: u32,
    pub requested: Asset,
}

impl ActionData for Claimstake {
    const NAME: Name = Name::from_static("claimstake");
}

/// Arguments of the action `claimvotepay`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Claimvotepay {
    pub producer: Name,
}

impl ActionData for Claimvotepay {
    const NAME: Name = Name::from_static("claimvotepay");
}

/// Arguments of the action `closerex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Closerex {
    pub owner: Name,
}

impl ActionData for Closerex {
    const NAME: Name = Name::from_static("closerex");
}

/// Arguments of the action `cnclrexorder`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Cnclrexorder {
    pub owner: Name,
}

impl ActionData for Cnclrexorder {
    const NAME: Name = Name::from_static("cnclrexorder");
}

/// The struct `connector`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Connector {
    pub balance: Asset,
    pub weight: f64,
}

/// Arguments of the action `consolidate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Consolidate {
    pub owner: Name,
}

impl ActionData for Consolidate {
    const NAME: Name = Name::from_static("consolidate");
}

/// Arguments of the action `defcpuloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Defcpuloan {
    pub from: Name,
    pub loan_num: u64,
    pub amount: Asset,
}

impl ActionData for Defcpuloan {
    const NAME: Name = Name::from_static("defcpuloan");
}

/// Arguments of the action `defnetloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Defnetloan {
    pub from: Name,
    pub loan_num: u64,
    pub amount: Asset,
}

impl ActionData for Defnetloan {
    const NAME: Name = Name::from_static("defnetloan");
}

/// Arguments of the action `delegatebw`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Delegatebw {
    pub from: Name,
    pub receiver: Name,
    pub stake_net_quantity: Asset,
    pub stake_cpu_quantity: Asset,
    pub transfer: bool,
}

impl ActionData for Delegatebw {
    const NAME: Name = Name::from_static("delegatebw");
}

/// Row of the table `delband`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct DelegatedBandwidth {
    pub from: Name,
    pub to: Name,
    pub net_weight: Asset,
    pub cpu_weight: Asset,
}

impl TableRow for DelegatedBandwidth {
    const TABLE: Name = Name::from_static("delband");
}

/// Arguments of the action `deleteauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Deleteauth {
    pub account: Name,
    pub permission: Name,
}

impl ActionData for Deleteauth {
    const NAME: Name = Name::from_static("deleteauth");
}

/// Arguments of the action `deposit`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Deposit {
    pub owner: Name,
    pub amount: Asset,
}

impl ActionData for Deposit {
    const NAME: Name = Name::from_static("deposit");
}

/// Row of the table `global`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct EosioGlobalState {
    pub max_block_net_usage: u64,
    pub target_block_net_usage_pct: u32,
    pub max_transaction_net_usage: u32,
    pub base_per_transaction_net_usage: u32,
    pub net_usage_leeway: u32,
    pub context_free_discount_net_usage_num: u32,
    pub context_free_discount_net_usage_den: u32,
    pub max_block_cpu_usage: u32,
    pub target_block_cpu_usage_pct: u32,
    pub max_transaction_cpu_usage: u32,
    pub min_transaction_cpu_usage: u32,
    pub max_transaction_lifetime: u32,
    pub deferred_trx_expiration_window: u32,
    pub max_transaction_delay: u32,
    pub max_inline_action_size: u32,
    pub max_inline_action_depth: u16,
    pub max_authority_depth: u16,
    pub max_ram_size: u64,
    pub total_ram_bytes_reserved: u64,
    pub total_ram_stake: i64,
    pub last_producer_schedule_update: BlockTimestamp,
    pub last_pervote_bucket_fill: TimePoint,
    pub pervote_bucket: i64,
    pub perblock_bucket: i64,
    pub total_unpaid_blocks: u32,
    pub total_activated_stake: i64,
    pub thresh_activated_stake_time: TimePoint,
    pub last_producer_schedule_size: u16,
    pub total_producer_vote_weight: f64,
    pub last_name_close: BlockTimestamp,
}

impl TableRow for EosioGlobalState {
    const TABLE: Name = Name::from_static("global");
}

/// Row of the table `global2`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct EosioGlobalState2 {
    pub new_ram_per_block: u16,
    pub last_ram_increase: BlockTimestamp,
    pub last_block_num: BlockTimestamp,
    pub total_producer_votepay_share: f64,
    pub revision: u8,
}

impl TableRow for EosioGlobalState2 {
    const TABLE: Name = Name::from_static("global2");
}

/// Row of the table `global3`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct EosioGlobalState3 {
    pub last_vpay_state_update: TimePoint,
    pub total_vpay_share_change_rate: f64,
}

impl TableRow for EosioGlobalState3 {
    const TABLE: Name = Name::from_static("global3");
}

/// Row of the table `global4`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct EosioGlobalState4 {
    pub continuous_rate: f64,
    pub inflation_pay_factor: i64,
    pub votepay_factor: i64,
}

impl TableRow for EosioGlobalState4 {
    const TABLE: Name = Name::from_static("global4");
}

/// Row of the table `rammarket`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ExchangeState {
    pub supply: Asset,
    pub base: Connector,
    pub quote: Connector,
}

impl TableRow for ExchangeState {
    const TABLE: Name = Name::from_static("rammarket");
}

/// Arguments of the action `fundcpuloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Fundcpuloan {
    pub from: Name,
    pub loan_num: u64,
    pub payment: Asset,
}

impl ActionData for Fundcpuloan {
    const NAME: Name = Name::from_static("fundcpuloan");
}

/// Arguments of the action `fundnetloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Fundnetloan {
    pub from: Name,
    pub loan_num: u64,
    pub payment: Asset,
}

impl ActionData for Fundnetloan {
    const NAME: Name = Name::from_static("fundnetloan");
}

/// Arguments of the action `init`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Init {
    pub version: VarUint32,
    pub core: Symbol,
}

impl ActionData for Init {
    const NAME: Name = Name::from_static("init");
}

/// The struct `kv_parameters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct KvParameters {
    pub max_key_size: u32,
    pub max_value_size: u32,
    pub max_iterators: u32,
}

/// Arguments of the action `linkauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Linkauth {
    pub account: Name,
    pub code: Name,
    pub r#type: Name,
    pub requirement: Name,
}

impl ActionData for Linkauth {
    const NAME: Name = Name::from_static("linkauth");
}

/// Arguments of the action `mvfrsavings`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Mvfrsavings {
    pub owner: Name,
    pub rex: Asset,
}

impl ActionData for Mvfrsavings {
    const NAME: Name = Name::from_static("mvfrsavings");
}

/// Arguments of the action `mvtosavings`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Mvtosavings {
    pub owner: Name,
    pub rex: Asset,
}

impl ActionData for Mvtosavings {
    const NAME: Name = Name::from_static("mvtosavings");
}

/// Row of the table `namebids`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct NameBid {
    pub newname: Name,
    pub high_bidder: Name,
    pub high_bid: i64,
    pub last_bid_time: TimePoint,
}

impl TableRow for NameBid {
    const TABLE: Name = Name::from_static("namebids");
}

/// Arguments of the action `newaccount`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Newaccount {
    pub creator: Name,
    pub name: Name,
    pub owner: Authority,
    pub active: Authority,
}

impl ActionData for Newaccount {
    const NAME: Name = Name::from_static("newaccount");
}

/// Arguments of the action `onblock`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Onblock {
    pub header: BlockHeader,
}

impl ActionData for Onblock {
    const NAME: Name = Name::from_static("onblock");
}

/// Arguments of the action `onerror`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Onerror {
    pub sender_id: u128,
    pub sent_trx: Bytes,
}

impl ActionData for Onerror {
    const NAME: Name = Name::from_static("onerror");
}

/// The struct `pair_time_point_sec_int64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct PairTimePointSecInt64 {
    pub key: TimePointSec,
    pub value: i64,
}

/// The struct `pool`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Pool {
    pub balance: Asset,
    pub total_shares: f64,
}

/// Row of the table `poolvoter`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PoolVoter {
    pub owner: Name,
    pub next_claim: Vec<BlockTimestamp>,
    pub owned_shares: Vec<f64>,
    pub proxied_shares: Vec<f64>,
    pub last_votes: Vec<f64>,
    pub proxy: Name,
    pub producers: Vec<Name>,
    pub is_proxy: bool,
    pub xfer_out_notif: bool,
    pub xfer_in_notif: bool,
}

impl TableRow for PoolVoter {
    const TABLE: Name = Name::from_static("poolvoter");
}

/// Arguments of the action `powerup`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Powerup {
    pub payer: Name,
    pub receiver: Name,
    pub days: u32,
    pub net_frac: i64,
    pub cpu_frac: i64,
    pub max_payment: Asset,
}

impl ActionData for Powerup {
    const NAME: Name = Name::from_static("powerup");
}

/// The struct `powerup_config`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PowerupConfig {
    pub net: PowerupConfigResource,
    pub cpu: PowerupConfigResource,
    pub powerup_days: Option<u32>,
    pub min_powerup_fee: Option<Asset>,
}

/// The struct `powerup_config_resource`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PowerupConfigResource {
    pub current_weight_ratio: Option<i64>,
    pub target_weight_ratio: Option<i64>,
    pub assumed_stake_weight: Option<i64>,
    pub target_timestamp: Option<TimePointSec>,
    pub exponent: Option<f64>,
    pub decay_secs: Option<u32>,
    pub min_price: Option<Asset>,
    pub max_price: Option<Asset>,
}

/// Row of the table `powup.order`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct PowerupOrder {
    pub version: u8,
    pub id: u64,
    pub owner: Name,
    pub net_weight: i64,
    pub cpu_weight: i64,
    pub expires: TimePointSec,
}

impl TableRow for PowerupOrder {
    const TABLE: Name = Name::from_static("powup.order");
}

/// Row of the table `powup.state`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PowerupState {
    pub version: u8,
    pub net: PowerupStateResource,
    pub cpu: PowerupStateResource,
    pub powerup_days: u32,
    pub min_powerup_fee: Asset,
}

impl TableRow for PowerupState {
    const TABLE: Name = Name::from_static("powup.state");
}

/// The struct `powerup_state_resource`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct PowerupStateResource {
    pub version: u8,
    pub weight: i64,
    pub weight_ratio: i64,
    pub assumed_stake_weight: i64,
    pub initial_weight_ratio: i64,
    pub target_weight_ratio: i64,
    pub initial_timestamp: TimePointSec,
    pub target_timestamp: TimePointSec,
    pub exponent: f64,
    pub decay_secs: u32,
    pub min_price: Asset,
    pub max_price: Asset,
    pub utilization: i64,
    pub adjusted_utilization: i64,
    pub utilization_timestamp: TimePointSec,
}

/// Arguments of the action `powerupexec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Powerupexec {
    pub user: Name,
    pub max: u16,
}

impl ActionData for Powerupexec {
    const NAME: Name = Name::from_static("powerupexec");
}

/// Row of the table `producers`.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProducerInfo {
    pub owner: Name,
    pub total_votes: f64,
    pub producer_key: PublicKey,
    pub is_active: bool,
    pub url: String,
    pub unpaid_blocks: u32,
    pub last_claim_time: TimePoint,
    pub location: u16,
    pub producer_authority: BinaryExtension<BlockSigningAuthority>,
    pub pool_votes: BinaryExtension<Option<DoubleVector>>,
}

impl TableRow for ProducerInfo {
    const TABLE: Name = Name::from_static("producers");
}

/// Row of the table `producers2`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct ProducerInfo2 {
    pub owner: Name,
    pub votepay_share: f64,
    pub last_votepay_share_update: TimePoint,
}

impl TableRow for ProducerInfo2 {
    const TABLE: Name = Name::from_static("producers2");
}

/// Arguments of the action `refund`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Refund {
    pub owner: Name,
}

impl ActionData for Refund {
    const NAME: Name = Name::from_static("refund");
}

/// Row of the table `refunds`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RefundRequest {
    pub owner: Name,
    pub request_time: TimePointSec,
    pub net_amount: Asset,
    pub cpu_amount: Asset,
}

impl TableRow for RefundRequest {
    const TABLE: Name = Name::from_static("refunds");
}

/// Arguments of the action `regpoolproxy`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Regpoolproxy {
    pub proxy: Name,
    pub isproxy: bool,
}

impl ActionData for Regpoolproxy {
    const NAME: Name = Name::from_static("regpoolproxy");
}

/// Arguments of the action `regproducer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Regproducer {
    pub producer: Name,
    pub producer_key: PublicKey,
    pub url: String,
    pub location: u16,
}

impl ActionData for Regproducer {
    const NAME: Name = Name::from_static("regproducer");
}

/// Arguments of the action `regproducer2`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Regproducer2 {
    pub producer: Name,
    pub producer_authority: BlockSigningAuthority,
    pub url: String,
    pub location: u16,
}

impl ActionData for Regproducer2 {
    const NAME: Name = Name::from_static("regproducer2");
}

/// Arguments of the action `regproxy`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Regproxy {
    pub proxy: Name,
    pub isproxy: bool,
}

impl ActionData for Regproxy {
    const NAME: Name = Name::from_static("regproxy");
}

/// Arguments of the action `rentcpu`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Rentcpu {
    pub from: Name,
    pub receiver: Name,
    pub loan_payment: Asset,
    pub loan_fund: Asset,
}

impl ActionData for Rentcpu {
    const NAME: Name = Name::from_static("rentcpu");
}

/// Arguments of the action `rentnet`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Rentnet {
    pub from: Name,
    pub receiver: Name,
    pub loan_payment: Asset,
    pub loan_fund: Asset,
}

impl ActionData for Rentnet {
    const NAME: Name = Name::from_static("rentnet");
}

/// Row of the table `rexbal`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexBalance {
    pub version: u8,
    pub owner: Name,
    pub vote_stake: Asset,
    pub rex_balance: Asset,
    pub matured_rex: i64,
    pub rex_maturities: Vec<PairTimePointSecInt64>,
}

impl TableRow for RexBalance {
    const TABLE: Name = Name::from_static("rexbal");
}

/// Row of the table `rexfund`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexFund {
    pub version: u8,
    pub owner: Name,
    pub balance: Asset,
}

impl TableRow for RexFund {
    const TABLE: Name = Name::from_static("rexfund");
}

/// The struct `rex_loan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexLoan {
    pub version: u8,
    pub from: Name,
    pub receiver: Name,
    pub payment: Asset,
    pub balance: Asset,
    pub total_staked: Asset,
    pub loan_num: u64,
    pub expiration: TimePoint,
}

/// Row of the table `rexqueue`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexOrder {
    pub version: u8,
    pub owner: Name,
    pub rex_requested: Asset,
    pub proceeds: Asset,
    pub stake_change: Asset,
    pub order_time: TimePoint,
    pub is_open: bool,
}

impl TableRow for RexOrder {
    const TABLE: Name = Name::from_static("rexqueue");
}

/// Row of the table `rexpool`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexPool {
    pub version: u8,
    pub total_lent: Asset,
    pub total_unlent: Asset,
    pub total_rent: Asset,
    pub total_lendable: Asset,
    pub total_rex: Asset,
    pub namebid_proceeds: Asset,
    pub loan_num: u64,
}

impl TableRow for RexPool {
    const TABLE: Name = Name::from_static("rexpool");
}

/// Row of the table `retbuckets`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexReturnBuckets {
    pub version: u8,
    pub return_buckets: Vec<PairTimePointSecInt64>,
}

impl TableRow for RexReturnBuckets {
    const TABLE: Name = Name::from_static("retbuckets");
}

/// Row of the table `rexretpool`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct RexReturnPool {
    pub version: u8,
    pub last_dist_time: TimePointSec,
    pub pending_bucket_time: TimePointSec,
    pub oldest_bucket_time: TimePointSec,
    pub pending_bucket_proceeds: i64,
    pub current_rate_of_increase: i64,
    pub proceeds: i64,
}

impl TableRow for RexReturnPool {
    const TABLE: Name = Name::from_static("rexretpool");
}

/// Arguments of the action `rexexec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Rexexec {
    pub user: Name,
    pub max: u16,
}

impl ActionData for Rexexec {
    const NAME: Name = Name::from_static("rexexec");
}

/// Arguments of the action `rmvproducer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Rmvproducer {
    pub producer: Name,
}

impl ActionData for Rmvproducer {
    const NAME: Name = Name::from_static("rmvproducer");
}

/// Arguments of the action `sellram`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Sellram {
    pub account: Name,
    pub bytes: i64,
}

impl ActionData for Sellram {
    const NAME: Name = Name::from_static("sellram");
}

/// Arguments of the action `sellrex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Sellrex {
    pub from: Name,
    pub rex: Asset,
}

impl ActionData for Sellrex {
    const NAME: Name = Name::from_static("sellrex");
}

/// Arguments of the action `setabi`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setabi {
    pub account: Name,
    pub abi: Bytes,
}

impl ActionData for Setabi {
    const NAME: Name = Name::from_static("setabi");
}

/// Arguments of the action `setacctcpu`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setacctcpu {
    pub account: Name,
    pub cpu_weight: Option<i64>,
}

impl ActionData for Setacctcpu {
    const NAME: Name = Name::from_static("setacctcpu");
}

/// Arguments of the action `setacctnet`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setacctnet {
    pub account: Name,
    pub net_weight: Option<i64>,
}

impl ActionData for Setacctnet {
    const NAME: Name = Name::from_static("setacctnet");
}

/// Arguments of the action `setacctram`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setacctram {
    pub account: Name,
    pub ram_bytes: Option<i64>,
}

impl ActionData for Setacctram {
    const NAME: Name = Name::from_static("setacctram");
}

/// Arguments of the action `setalimits`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setalimits {
    pub account: Name,
    pub ram_bytes: i64,
    pub net_weight: i64,
    pub cpu_weight: i64,
}

impl ActionData for Setalimits {
    const NAME: Name = Name::from_static("setalimits");
}

/// Arguments of the action `setcode`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setcode {
    pub account: Name,
    pub vmtype: u8,
    pub vmversion: u8,
    pub code: Bytes,
}

impl ActionData for Setcode {
    const NAME: Name = Name::from_static("setcode");
}

/// Arguments of the action `setinflation`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setinflation {
    pub annual_rate: i64,
    pub inflation_pay_factor: i64,
    pub votepay_factor: i64,
}

impl ActionData for Setinflation {
    const NAME: Name = Name::from_static("setinflation");
}

/// Arguments of the action `setkvparams`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setkvparams {
    pub params: KvParameters,
}

impl ActionData for Setkvparams {
    const NAME: Name = Name::from_static("setkvparams");
}

/// Arguments of the action `setparams`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setparams {
    pub params: BlockchainParameters,
}

impl ActionData for Setparams {
    const NAME: Name = Name::from_static("setparams");
}

/// Arguments of the action `setpoolnotif`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setpoolnotif {
    pub owner: Name,
    pub xfer_out_notif: Option<Bool>,
    pub xfer_in_notif: Option<Bool>,
}

impl ActionData for Setpoolnotif {
    const NAME: Name = Name::from_static("setpoolnotif");
}

/// Arguments of the action `setpriv`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setpriv {
    pub account: Name,
    pub is_priv: u8,
}

impl ActionData for Setpriv {
    const NAME: Name = Name::from_static("setpriv");
}

/// Arguments of the action `setram`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setram {
    pub max_ram_size: u64,
}

impl ActionData for Setram {
    const NAME: Name = Name::from_static("setram");
}

/// Arguments of the action `setramrate`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setramrate {
    pub bytes_per_block: u16,
}

impl ActionData for Setramrate {
    const NAME: Name = Name::from_static("setramrate");
}

/// Arguments of the action `setrex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Setrex {
    pub balance: Asset,
}

impl ActionData for Setrex {
    const NAME: Name = Name::from_static("setrex");
}

/// Arguments of the action `stake2pool`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Stake2pool {
    pub owner: Name,
    pub pool_index: u32,
    pub amount: Asset,
}

impl ActionData for Stake2pool {
    const NAME: Name = Name::from_static("stake2pool");
}

/// The struct `staking_pool`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct StakingPool {
    pub duration: u32,
    pub claim_period: u32,
    pub vote_weight: f64,
    pub token_pool: Pool,
}

/// Row of the table `poolstate`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct StakingPoolState {
    pub begin_transition: BlockTimestamp,
    pub end_transition: BlockTimestamp,
    pub prod_rate: f64,
    pub voter_rate: f64,
    pub max_num_pay: u8,
    pub max_vote_ratio: f64,
    pub min_transfer_create: Asset,
    pub pools: Vec<StakingPool>,
    pub interval_start: BlockTimestamp,
    pub blocks: u32,
    pub unpaid_blocks: u32,
    pub total_votes: Vec<f64>,
    pub namebid_proceeds: Asset,
}

impl TableRow for StakingPoolState {
    const TABLE: Name = Name::from_static("poolstate");
}

/// Row of the table `totpoolvotes`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct TotalPoolVotes {
    pub owner: Name,
    pub active: bool,
    pub votes: f64,
    pub vote_pay: Asset,
}

impl TableRow for TotalPoolVotes {
    const TABLE: Name = Name::from_static("totpoolvotes");
}

/// Arguments of the action `transferstake`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Transferstake {
    pub from: Name,
    pub to: Name,
    pub pool_index: u32,
    pub requested: Asset,
    pub memo: String,
}

impl ActionData for Transferstake {
    const NAME: Name = Name::from_static("transferstake");
}

/// Arguments of the action `undelegatebw`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Undelegatebw {
    pub from: Name,
    pub receiver: Name,
    pub unstake_net_quantity: Asset,
    pub unstake_cpu_quantity: Asset,
}

impl ActionData for Undelegatebw {
    const NAME: Name = Name::from_static("undelegatebw");
}

/// Arguments of the action `unlinkauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Unlinkauth {
    pub account: Name,
    pub code: Name,
    pub r#type: Name,
}

impl ActionData for Unlinkauth {
    const NAME: Name = Name::from_static("unlinkauth");
}

/// Arguments of the action `unregprod`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Unregprod {
    pub producer: Name,
}

impl ActionData for Unregprod {
    const NAME: Name = Name::from_static("unregprod");
}

/// Arguments of the action `unstaketorex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Unstaketorex {
    pub owner: Name,
    pub receiver: Name,
    pub from_net: Asset,
    pub from_cpu: Asset,
}

impl ActionData for Unstaketorex {
    const NAME: Name = Name::from_static("unstaketorex");
}

/// Arguments of the action `updateauth`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updateauth {
    pub account: Name,
    pub permission: Name,
    pub parent: Name,
    pub auth: Authority,
}

impl ActionData for Updateauth {
    const NAME: Name = Name::from_static("updateauth");
}

/// Arguments of the action `updatepay`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updatepay {
    pub user: Name,
}

impl ActionData for Updatepay {
    const NAME: Name = Name::from_static("updatepay");
}

/// Arguments of the action `updaterex`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updaterex {
    pub owner: Name,
}

impl ActionData for Updaterex {
    const NAME: Name = Name::from_static("updaterex");
}

/// Arguments of the action `updatevotes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updatevotes {
    pub user: Name,
    pub producer: Name,
}

impl ActionData for Updatevotes {
    const NAME: Name = Name::from_static("updatevotes");
}

/// Arguments of the action `updtrevision`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Updtrevision {
    pub revision: u8,
}

impl ActionData for Updtrevision {
    const NAME: Name = Name::from_static("updtrevision");
}

/// Arguments of the action `upgradestake`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Upgradestake {
    pub owner: Name,
    pub from_pool_index: u32,
    pub to_pool_index: u32,
    pub requested: Asset,
}

impl ActionData for Upgradestake {
    const NAME: Name = Name::from_static("upgradestake");
}

/// Row of the table `userres`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct UserResources {
    pub owner: Name,
    pub net_weight: Asset,
    pub cpu_weight: Asset,
    pub ram_bytes: i64,
}

impl TableRow for UserResources {
    const TABLE: Name = Name::from_static("userres");
}

/// Arguments of the action `voteproducer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Voteproducer {
    pub voter: Name,
    pub proxy: Name,
    pub producers: Vec<Name>,
}

impl ActionData for Voteproducer {
    const NAME: Name = Name::from_static("voteproducer");
}

/// Row of the table `voters`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct VoterInfo {
    pub owner: Name,
    pub proxy: Name,
    pub producers: Vec<Name>,
    pub staked: i64,
    pub last_vote_weight: f64,
    pub proxied_vote_weight: f64,
    pub is_proxy: bool,
    pub flags1: u32,
    pub reserved2: u32,
    pub reserved3: Asset,
}

impl TableRow for VoterInfo {
    const TABLE: Name = Name::from_static("voters");
}

/// Arguments of the action `votewithpool`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Votewithpool {
    pub voter: Name,
    pub proxy: Name,
    pub producers: Vec<Name>,
}

impl ActionData for Votewithpool {
    const NAME: Name = Name::from_static("votewithpool");
}

/// Arguments of the action `withdraw`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Withdraw {
    pub owner: Name,
    pub amount: Asset,
}

impl ActionData for Withdraw {
    const NAME: Name = Name::from_static("withdraw");
}

/// The variant `variant_block_signing_authority_v0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum VariantBlockSigningAuthorityV0 {
    #[serde(rename = "block_signing_authority_v0")]
    BlockSigningAuthorityV0(BlockSigningAuthorityV0),
}

/// Row of the table `cpuloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CpuloanRow(pub RexLoan);

impl TableRow for CpuloanRow {
    const TABLE: Name = Name::from_static("cpuloan");
}

/// Row of the table `netloan`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct NetloanRow(pub RexLoan);

impl TableRow for NetloanRow {
    const TABLE: Name = Name::from_static("netloan");
}
