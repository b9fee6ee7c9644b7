// Made of an ABI by eos_abi::codegen. Make it anew instead of changing it.

use eos_abi::{
    ActionData, ActionReturn, Asset, BinaryExtension, FixedArray, PermissionLevel, TableRow,
};

/// The type `names`: `name[]`.
pub type Names = std::vec::Vec<eos_abi::Name>;

/// The type `list_of_names`: `names[]`.
pub type ListOfNames = std::vec::Vec<Names>;

/// The type `shape_alias`: `shape`.
pub type ShapeAlias = Shape;

/// The type `base_alias`: `base`.
pub type BaseAlias = Base;

/// The type `maybe_link`: `link?`.
pub type MaybeLink = std::option::Option<std::boxed::Box<Link>>;

/// The type `u16_pair`: `uint16[2]`.
pub type U16Pair = [u16; 2];

/// The type `hello_alias`: `hello`.
pub type HelloAlias = Hello;

/// The struct `base`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Base {
    pub id: u64,
    pub r#type: eos_abi::Name,
}

/// The struct `middle`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Middle {
    pub id: u64,
    pub r#type: eos_abi::Name,
    #[serde(rename = "selfName")]
    pub self_name: std::string::String,
}

/// Arguments of the action `derive`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Derived {
    pub id: u64,
    pub r#type: eos_abi::Name,
    #[serde(rename = "selfName")]
    pub self_name: std::string::String,
    #[serde(rename = "ownerID")]
    pub owner_id: u8,
    pub extra: BinaryExtension<std::string::String>,
    pub more: BinaryExtension<std::option::Option<u32>>,
    pub last: BinaryExtension<Shape>,
}

impl ActionData for Derived {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("derive");
}

/// Arguments of the action `keywords`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Keywords {
    #[serde(rename = "self")]
    pub self_: u8,
    #[serde(rename = "crate")]
    pub crate_: u8,
    #[serde(rename = "super")]
    pub super_: u8,
    pub r#async: u8,
    pub r#gen: u8,
    pub r#match: u8,
    #[serde(rename = "camelCase")]
    pub camel_case: u8,
    #[serde(rename = "HTTPPort")]
    pub http_port: u8,
    #[serde(rename = "_hidden")]
    pub hidden: u8,
    #[serde(rename = "a__b")]
    pub a_b: u8,
    #[serde(rename = "with.dot")]
    pub with_dot: u8,
}

impl ActionData for Keywords {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("keywords");
}

/// The struct `pair_uint64_string`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct PairUint64String {
    pub first: u64,
    pub second: std::string::String,
}

/// The struct `pair<name,asset>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct PairNameAsset {
    pub key: eos_abi::Name,
    pub value: Asset,
}

/// The struct `B_vector_E`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct BVectorE {
    pub v: std::vec::Vec<PairUint64String>,
}

/// The struct `std::map.entry`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct StdMapEntry {
    pub k: std::string::String,
}

/// Arguments of the action `templates`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Templates {
    pub a: PairUint64String,
    pub b: std::vec::Vec<PairNameAsset>,
    pub c: std::option::Option<BVectorE>,
    pub d: StdMapEntry,
}

impl ActionData for Templates {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("templates");
}

/// The struct `String`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct String {
    pub text: std::string::String,
}

/// The struct `Option`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Option {
    pub some: std::option::Option<u8>,
}

/// The struct `Vec`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Vec {
    pub list: std::vec::Vec<u8>,
}

/// The struct `Box`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Box {
    pub inner: std::option::Option<std::boxed::Box<Box>>,
}

/// The struct `Name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Name {
    pub name: eos_abi::Name,
}

/// The struct `Public_key`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct PublicKey {
    pub key: eos_keys::PublicKey,
}

/// Arguments of the action `prelude`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Prelude {
    pub string: String,
    pub option: std::option::Option<Option>,
    pub vec: std::vec::Vec<Vec>,
    pub r#box: Box,
    pub name: Name,
    pub key: std::option::Option<PublicKey>,
}

impl ActionData for Prelude {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("prelude");
}

/// Arguments of the action `nothing`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Empty {}

impl ActionData for Empty {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("nothing");
}

/// Arguments of the action `arrays`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Arrays {
    pub small: [u8; 3],
    pub large: FixedArray<u16, 40>,
    pub none: FixedArray<u8, 0>,
    pub nested: std::vec::Vec<std::vec::Vec<eos_abi::Name>>,
    pub fixed_of_lists: [std::vec::Vec<u8>; 2],
    pub lists_of_fixed: std::vec::Vec<U16Pair>,
    pub fixed_of_fixed: FixedArray<[std::option::Option<std::string::String>; 2], 33>,
    pub optional_list: std::option::Option<std::vec::Vec<Empty>>,
}

impl ActionData for Arrays {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("arrays");
}

/// Arguments of the action `floats`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Floats {
    pub single: f32,
    pub inside: std::vec::Vec<FloatHolder>,
}

impl ActionData for Floats {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("floats");
}

/// The struct `float_holder`.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct FloatHolder {
    pub double: std::option::Option<f64>,
}

/// Arguments of the action `grow`, and row of the table `nodes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Node {
    pub value: u8,
    pub next: std::option::Option<std::boxed::Box<Node>>,
    pub children: std::vec::Vec<Node>,
}

impl ActionData for Node {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("grow");
}

impl ActionReturn for Node {
    type Value = std::vec::Vec<Node>;
}

impl TableRow for Node {
    const TABLE: eos_abi::Name = eos_abi::Name::from_static("nodes");
}

/// The struct `branch`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Branch {
    pub left: Tree,
    pub right: Tree,
}

/// Row of the table `trees`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct TreeRow {
    pub id: u64,
    pub tree: Tree,
}

impl TableRow for TreeRow {
    const TABLE: eos_abi::Name = eos_abi::Name::from_static("trees");
}

/// Arguments of the action `longer`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Longer {
    pub head: u8,
    pub tail: BinaryExtension<std::boxed::Box<Longer>>,
}

impl ActionData for Longer {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("longer");
}

/// Arguments of the action `link`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Link {
    pub to: MaybeLink,
    pub label: std::string::String,
}

impl ActionData for Link {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("link");
}

/// Arguments of the action `order`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Order {
    pub from: eos_abi::Name,
    pub quantity: Asset,
}

impl ActionData for Order {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("order");
}

/// The struct `hello`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Hello {
    pub to: eos_abi::Name,
}

/// Arguments of the action `args`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Args {
    pub shape: ShapeAlias,
    pub shapes: std::vec::Vec<Shape>,
    pub maybe: std::option::Option<Shape>,
}

impl ActionData for Args {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("args");
}

/// Arguments of the action `sign`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Action {
    pub what: std::string::String,
    pub by: PermissionLevel,
}

impl ActionData for Action {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("sign");
}

/// Arguments of the action `longnameshere`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct AStructWithQuiteALongNameThatSaysWhatItIsGoodForInGeneral {
    pub a_field_with_quite_a_long_name_that_says_it_all: std::option::Option<
        std::boxed::Box<AStructWithQuiteALongNameThatSaysWhatItIsGoodForInGeneral>,
    >,
    #[serde(rename = "anotherFieldWithQuiteALongNameThatIsNotInSnakeCase")]
    pub another_field_with_quite_a_long_name_that_is_not_in_snake_case: u8,
}

impl ActionData for AStructWithQuiteALongNameThatSaysWhatItIsGoodForInGeneral {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("longnameshere");
}

/// Arguments of the action `choose`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Shape {
    #[serde(rename = "uint8")]
    Uint8(u8),
    #[serde(rename = "string")]
    String(std::string::String),
    #[serde(rename = "empty")]
    Empty(Empty),
    #[serde(rename = "names")]
    Names(Names),
    #[serde(rename = "uint8[]")]
    Uint8Array(std::vec::Vec<u8>),
    #[serde(rename = "node?")]
    OptionalNode(std::option::Option<Node>),
    #[serde(rename = "pair<name,asset>")]
    PairNameAsset(PairNameAsset),
    #[serde(rename = "Name")]
    Name(Name),
    #[serde(rename = "u16_pair[2]")]
    U16PairArray2([U16Pair; 2]),
}

impl ActionData for Shape {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("choose");
}

/// The variant `tree`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Tree {
    #[serde(rename = "uint64")]
    Uint64(u64),
    #[serde(rename = "branch")]
    Branch(std::boxed::Box<Branch>),
    #[serde(rename = "tree")]
    Tree(std::boxed::Box<Tree>),
}

/// Row of the table `versions`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum RowsV {
    #[serde(rename = "order")]
    Order(Order),
    #[serde(rename = "hello")]
    Hello(Hello),
}

impl TableRow for RowsV {
    const TABLE: eos_abi::Name = eos_abi::Name::from_static("versions");
}

/// Arguments of the action `buy`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BuyAction(pub Order);

impl ActionData for BuyAction {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("buy");
}

impl ActionReturn for BuyAction {
    type Value = u64;
}

/// Arguments of the action `sell`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SellAction(pub Order);

impl ActionData for SellAction {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("sell");
}

/// Arguments of the action `greet`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct GreetAction(pub HelloAlias);

impl ActionData for GreetAction {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("greet");
}

/// Arguments of the action `shout`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ShoutAction(pub Hello);

impl ActionData for ShoutAction {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("shout");
}

/// Arguments of the action `say`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct SayAction(pub std::string::String);

impl ActionData for SayAction {
    const NAME: eos_abi::Name = eos_abi::Name::from_static("say");
}

/// Row of the table `orders`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OrdersRow(pub Order);

impl TableRow for OrdersRow {
    const TABLE: eos_abi::Name = eos_abi::Name::from_static("orders");
}

/// Row of the table `oldorders`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OldordersRow(pub Order);

impl TableRow for OldordersRow {
    const TABLE: eos_abi::Name = eos_abi::Name::from_static("oldorders");
}
