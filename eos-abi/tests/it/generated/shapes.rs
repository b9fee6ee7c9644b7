//! ABIs and values that are made, not written: a value in all its forms at once, none of them by way of a schema.

use eos_abi::{
    Asset, Bitset, BlockTimestamp, Bytes, Checksum160, Checksum256, Checksum512, ExtendedAsset,
    Float128, Name, Symbol, SymbolCode, TimePoint, TimePointSec, VarInt32, VarUint32, to_bytes,
};
use eos_keys::{PublicKey, Signature};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;

/// A type, from which an ABI and values are made.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Leaf(usize),
    Optional(Box<Self>),
    Array(Box<Self>),
    Fixed(Box<Self>, usize),
    /// Fields, and behind them binary extensions.
    Struct(Vec<Self>, Vec<Self>),
    Variant(Vec<Self>),
}

/// All types that every ABI has, but for `private_key`, which has no codec.
pub(crate) const LEAVES: [&str; 32] = [
    "bool",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "int128",
    "uint128",
    "varint32",
    "varuint32",
    "float32",
    "float64",
    "float128",
    "time_point",
    "time_point_sec",
    "block_timestamp_type",
    "name",
    "bytes",
    "string",
    "checksum160",
    "checksum256",
    "checksum512",
    "public_key",
    "signature",
    "symbol",
    "symbol_code",
    "asset",
    "bitset",
    "extended_asset",
];

/// Returns types of any kind, within each other.
pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let leaf = (0..LEAVES.len()).prop_map(Shape::Leaf);
    leaf.prop_recursive(5, 24, 4, |inner| {
        let fields = || proptest::collection::vec(inner.clone(), 0..5);
        // Of no bytes, nobody can tell whether it is missing.
        let extension = inner.clone().prop_map(|inner| {
            if inner.may_be_empty() {
                Shape::Array(inner.into())
            } else {
                inner
            }
        });
        let extensions = proptest::collection::vec(extension, 0..3);
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Shape::Optional(inner.into())),
            inner.clone().prop_map(|inner| Shape::Array(inner.into())),
            (inner.clone(), 0..4_usize)
                .prop_map(|(inner, length)| Shape::Fixed(inner.into(), length)),
            fields().prop_map(|fields| Shape::Struct(fields, Vec::new())),
            (fields(), extensions)
                .prop_map(|(fields, extensions)| Shape::Struct(fields, extensions)),
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Shape::Variant),
        ]
    })
}

impl Shape {
    /// Returns whether a type within it, or itself, is of some kind.
    pub(crate) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::Leaf(_) => false,
                Self::Optional(inner) | Self::Array(inner) | Self::Fixed(inner, _) => inner.any(is),
                Self::Struct(fields, extensions) => {
                    fields.iter().chain(extensions).any(|field| field.any(is))
                }
                Self::Variant(types) => types.iter().any(|ty| ty.any(is)),
            }
    }

    /// Returns whether a value may have no bytes.
    fn may_be_empty(&self) -> bool {
        match self {
            Self::Fixed(inner, length) => *length == 0 || inner.may_be_empty(),
            Self::Struct(fields, _) => fields.iter().all(Self::may_be_empty),
            Self::Leaf(_) | Self::Optional(_) | Self::Array(_) | Self::Variant(_) => false,
        }
    }

    /// Returns whether it has fields that may be missing at the end of the bytes.
    pub(crate) fn has_extensions(&self) -> bool {
        self.any(&|shape| matches!(shape, Self::Struct(_, extensions) if !extensions.is_empty()))
    }
}

/// The definitions that shapes need.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    types: Vec<serde_json::Value>,
    structs: Vec<serde_json::Value>,
    variants: Vec<serde_json::Value>,
    count: usize,
}

impl Definitions {
    fn new_name(&mut self) -> String {
        self.count += 1;
        format!("n{}", self.count)
    }

    /// Returns a name that the shape has in the ABI.
    fn alias(&mut self, shape: &Shape) -> String {
        let ty = self.define(shape);
        let name = self.new_name();
        self.types.push(json!({"new_type_name": name, "type": ty}));
        name
    }

    /// Returns the shape's type.
    pub(crate) fn define(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Leaf(leaf) => LEAVES[*leaf].to_owned(),
            // An optional of an optional needs a name between them.
            Shape::Optional(inner) => self.alias(inner) + "?",
            Shape::Array(inner) => self.define(inner) + "[]",
            Shape::Fixed(inner, length) => format!("{}[{length}]", self.define(inner)),
            Shape::Struct(fields, extensions) => {
                let marks = fields
                    .iter()
                    .map(|_| "")
                    .chain(extensions.iter().map(|_| "$"));
                let fields: Vec<_> = (0..)
                    .zip(fields.iter().chain(extensions))
                    .zip(marks)
                    .map(|((at, field), mark)| {
                        json!({"name": format!("f{at}"), "type": self.define(field) + mark})
                    })
                    .collect();
                let name = self.new_name();
                // Half of the fields stand in a base.
                let (base, own) = fields.split_at(fields.len() / 2);
                let base_name = self.new_name();
                self.structs
                    .push(json!({"name": base_name, "base": "", "fields": base}));
                self.structs
                    .push(json!({"name": name, "base": base_name, "fields": own}));
                name
            }
            Shape::Variant(types) => {
                let types: Vec<_> = types.iter().map(|ty| self.alias(ty)).collect();
                let name = self.new_name();
                self.variants.push(json!({"name": name, "types": types}));
                name
            }
        }
    }

    /// Returns the ABI's JSON.
    pub(crate) fn abi(&self) -> String {
        json!({
            "version": "eosio::abi/1.1", "types": self.types, "structs": self.structs, "variants": self.variants,
        })
        .to_string()
    }
}

/// A value in all its forms.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    pub(crate) json: String,
    /// The same with the fields of all structs in reverse, missing where they are null.
    pub(crate) shuffled: String,
    pub(crate) bytes: Vec<u8>,
}

/// Makes values from a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.rotate_left(29) ^ (self.0 >> 7)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end).unwrap()).unwrap()
    }

    /// Makes a value of a built-in type.
    fn leaf(&mut self, leaf: &str) -> Forms {
        let roll = self.roll();
        // Small numbers must occur too: they print in another way.
        let number = if roll.is_multiple_of(2) {
            roll >> 3
        } else {
            roll % 300
        };
        match leaf {
            "float32" | "float64" | "float128" => self.float(leaf, roll, number),
            "time_point" | "time_point_sec" | "block_timestamp_type" => time(leaf, roll, number),
            "checksum160" | "checksum256" | "checksum512" => checksum(leaf, roll),
            "string" | "bytes" | "bitset" | "public_key" | "signature" => self.text(leaf, roll),
            "name" | "symbol" | "symbol_code" | "asset" | "extended_asset" => {
                token(leaf, roll, number)
            }
            integer => integer_value(integer, roll, number),
        }
    }

    fn float(&mut self, leaf: &str, roll: u64, number: u64) -> Forms {
        let [low, high, ..] = roll.to_le_bytes();
        let short = u32::try_from(number & 0xffff_ffff).unwrap();
        match leaf {
            "float32" => {
                // Eighths, whose decimals end, and large ones, which have none.
                let eighths = f32::from(u16::from_le_bytes([low, high])) / -8.0;
                let value = [eighths, eighths * 1e30, f32::NAN, f32::INFINITY][self.below(4)];
                forms(float_text(value.into()), value)
            }
            "float64" => {
                let eighths = f64::from(short) / -8.0;
                let value = [eighths, eighths * 1e290, f64::NAN, f64::NEG_INFINITY][self.below(4)];
                forms(float_text(value), value)
            }
            "float128" => {
                let float = Float128::new((u128::from(roll) * u128::from(number)).to_le_bytes());
                forms(float.to_string(), float)
            }
            other => unreachable!("{other}"),
        }
    }

    fn text(&mut self, leaf: &str, roll: u64) -> Forms {
        let [low, high, ..] = roll.to_le_bytes();
        match leaf {
            "string" => {
                let text: String =
                    ["a", "\"", "\\", "\n", "ä", "👍", "\u{1}"][..self.below(8)].concat();
                forms(&text, &text)
            }
            "bytes" => {
                let bytes = Bytes::from(vec![low; self.below(200)]);
                forms(bytes.to_string(), &bytes)
            }
            "bitset" => {
                let text = format!("{roll:064b}")[..self.below(65)].to_owned();
                let bits: Bitset = text.parse().unwrap();
                forms(text, bits)
            }
            "public_key" => {
                let packed = match self.below(3) {
                    2 => [&[2][..], &[3; 33], &[low % 3], &[1, b'a' + high % 26]].concat(),
                    curve => [&[u8::try_from(curve).unwrap(), 2][..], &[low; 32]].concat(),
                };
                let (key, _) = PublicKey::from_packed(&packed).unwrap();
                forms(key.to_string(), key)
            }
            "signature" => {
                let packed = match self.below(3) {
                    // Of a browser: data of one byte, and JSON of two.
                    2 => [&[2, 31][..], &[high; 64], &[1, low, 2], b"{}"].concat(),
                    curve => [&[u8::try_from(curve).unwrap(), 31][..], &[low; 64]].concat(),
                };
                let (signature, _) = Signature::from_packed(&packed).unwrap();
                forms(signature.to_string(), signature)
            }
            other => unreachable!("{other}"),
        }
    }

    /// Makes a value. Only the last of all may leave extensions out.
    pub(crate) fn value(
        &mut self,
        definitions: &mut Definitions,
        shape: &Shape,
        is_last: bool,
    ) -> Forms {
        match shape {
            Shape::Leaf(leaf) => self.leaf(LEAVES[*leaf]),
            Shape::Optional(inner) => {
                // Definitions are walked in the same order as when they were made, so that names agree.
                let inner = self.value(definitions, inner, is_last);
                definitions.new_name();
                // A null inside would read as an absent value.
                if self.roll().is_multiple_of(2) || inner.json == "null" {
                    Forms {
                        json: "null".into(),
                        shuffled: "null".into(),
                        bytes: vec![0],
                    }
                } else {
                    Forms {
                        bytes: [vec![1], inner.bytes].concat(),
                        ..inner
                    }
                }
            }
            Shape::Array(inner) => {
                let before = definitions.count;
                let mut length = self.below(4);
                if length == 3 && matches!(**inner, Shape::Leaf(_)) {
                    length = 130;
                }
                let prefix = to_bytes(&VarUint32(u32::try_from(length).unwrap())).unwrap();
                self.list(definitions, inner, (length, is_last), before, prefix)
            }
            Shape::Fixed(inner, length) => {
                let before = definitions.count;
                self.list(definitions, inner, (*length, is_last), before, Vec::new())
            }
            Shape::Struct(fields, extensions) => {
                let all = fields.len() + extensions.len();
                let missing = if is_last {
                    self.below(extensions.len() + 1)
                } else {
                    0
                };
                let present = all - missing;
                let mut fields: Vec<_> = (0..)
                    .zip(fields.iter().chain(extensions))
                    .map(|(at, field)| {
                        let is_last = is_last && at + 1 == present;
                        (
                            format!("f{at}"),
                            self.value(definitions, field, is_last),
                            at,
                            field,
                        )
                    })
                    .collect();
                let own = all - extensions.len();
                fields.truncate(present);
                definitions.new_name();
                definitions.new_name();
                let ordered: Vec<_> = fields
                    .iter()
                    .map(|(name, value, ..)| format!("\"{name}\":{}", value.json))
                    .collect();
                let shuffled: Vec<_> = fields
                    .iter()
                    .rev()
                    .filter(|(_, value, at, shape)| {
                        // A missing extension is not one that is null.
                        !(matches!(shape, Shape::Optional(_)) && value.json == "null" && *at < own)
                    })
                    .map(|(name, value, ..)| format!(" \"{name}\" : {} ", value.shuffled))
                    .collect();
                Forms {
                    json: format!("{{{}}}", ordered.join(",")),
                    shuffled: format!("{{{}}}", shuffled.join(",")),
                    bytes: fields
                        .into_iter()
                        .flat_map(|(_, value, ..)| value.bytes)
                        .collect(),
                }
            }
            Shape::Variant(types) => {
                let values: Vec<_> = types
                    .iter()
                    .map(|ty| {
                        let value = self.value(definitions, ty, is_last);
                        (definitions.new_name(), value)
                    })
                    .collect();
                definitions.new_name();
                let index = self.below(values.len());
                let (name, value) = &values[index];
                Forms {
                    json: format!("[\"{name}\",{}]", value.json),
                    shuffled: format!("[\"{name}\",{}]", value.shuffled),
                    bytes: [&[u8::try_from(index).unwrap()], &*value.bytes].concat(),
                }
            }
        }
    }

    fn list(
        &mut self,
        definitions: &mut Definitions,
        inner: &Shape,
        (length, is_last): (usize, bool),
        before: usize,
        prefix: Vec<u8>,
    ) -> Forms {
        // One value is made in any case, so that the names count on.
        let mut elements = Vec::new();
        for at in 0..length.max(1) {
            definitions.count = before;
            let is_last = is_last && at + 1 == length;
            elements.push(self.value(definitions, inner, is_last));
        }
        elements.truncate(length);
        let join = |form: fn(&Forms) -> &str| {
            let texts: Vec<_> = elements.iter().map(form).collect();
            format!("[{}]", texts.join(","))
        };
        Forms {
            json: join(|element| &element.json),
            shuffled: join(|element| &element.shuffled),
            bytes: elements.iter().fold(prefix, |bytes, element| {
                [bytes, element.bytes.clone()].concat()
            }),
        }
    }
}

/// An integer that is a text in JSON when it is wide.
struct Wide(bool, String);

impl Serialize for Wide {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 {
            return serializer.serialize_str(&self.1);
        }
        serializer.serialize_i64(self.1.parse().unwrap())
    }
}

fn forms(json: impl Serialize, value: impl Serialize) -> Forms {
    let json = serde_json::to_string(&json).unwrap();
    Forms {
        shuffled: json.clone(),
        json,
        bytes: to_bytes(&value).unwrap(),
    }
}

/// Returns a float as nodeos prints it.
fn float_text(value: f64) -> String {
    if value.is_finite() {
        return format!("{value:.17}");
    }
    let text = if value.is_nan() { "nan" } else { "inf" };
    let sign = if value.is_sign_negative() { "-" } else { "" };
    format!("{sign}{text}")
}

fn symbol(precision: u8, length: u8) -> Symbol {
    let code: SymbolCode = "SYSTEMS"[..=usize::from(length % 7)].parse().unwrap();
    Symbol::new(precision % 19, code).unwrap()
}

fn integer_value(leaf: &str, roll: u64, number: u64) -> Forms {
    let [low, high, ..] = roll.to_le_bytes();
    let short = u32::try_from(number & 0xffff_ffff).unwrap();
    match leaf {
        "bool" => forms(roll % 2, roll % 2 == 1),
        "int8" => forms(low.cast_signed(), low.cast_signed()),
        "uint8" => forms(low, low),
        "int16" => {
            let value = i16::from_le_bytes([low, high]);
            forms(value, value)
        }
        "uint16" => {
            let value = u16::from_le_bytes([low, high]);
            forms(value, value)
        }
        "int32" => forms(short.cast_signed(), short.cast_signed()),
        "uint32" => forms(short, short),
        "int64" => {
            let value = number.cast_signed().wrapping_neg();
            forms(
                Wide(value.unsigned_abs() > 0xffff_ffff, value.to_string()),
                value,
            )
        }
        "uint64" => forms(Wide(number > 0xffff_ffff, number.to_string()), number),
        "int128" => {
            let value = i128::from(roll) * i128::from(number.cast_signed().wrapping_neg());
            forms(value.to_string(), value)
        }
        "uint128" => {
            let value = u128::from(roll) * u128::from(number);
            forms(value.to_string(), value)
        }
        "varint32" => forms(short.cast_signed(), VarInt32(short.cast_signed())),
        "varuint32" => forms(short, VarUint32(short)),
        other => unreachable!("{other}"),
    }
}

fn token(leaf: &str, roll: u64, number: u64) -> Forms {
    let [low, high, ..] = roll.to_le_bytes();
    let short = u32::try_from(number & 0xffff_ffff).unwrap();
    match leaf {
        "name" => forms(Name::from_u64(roll).to_string(), Name::from_u64(roll)),
        "symbol" => forms(symbol(low, high).to_string(), symbol(low, high)),
        "symbol_code" => {
            let code = symbol(low, high).code();
            forms(code.to_string(), code)
        }
        "asset" => {
            let asset = Asset::new(
                (number >> 2).cast_signed().wrapping_neg(),
                symbol(low, high),
            );
            forms(asset.as_ref().unwrap().to_string(), asset.unwrap())
        }
        "extended_asset" => {
            let asset = ExtendedAsset {
                quantity: Asset::new(short.into(), symbol(low, high)).unwrap(),
                contract: Name::from_u64(roll),
            };
            let json = json!({"contract": asset.contract.to_string(), "quantity": asset.quantity.to_string()});
            Forms {
                // serde_json sorts the members of its own values.
                json: format!(
                    "{{\"quantity\":\"{}\",\"contract\":\"{}\"}}",
                    asset.quantity, asset.contract
                ),
                shuffled: json.to_string(),
                bytes: to_bytes(&asset).unwrap(),
            }
        }
        other => unreachable!("{other}"),
    }
}

fn time(leaf: &str, roll: u64, number: u64) -> Forms {
    let [low, ..] = roll.to_le_bytes();
    let short = u32::try_from(number & 0xffff_ffff).unwrap();
    match leaf {
        "time_point" => {
            // Until the year 2106, to the millisecond.
            let time =
                TimePoint::from_microseconds(i64::from(short) * 1_000_000 + i64::from(low) * 1000);
            forms(time.to_string(), time)
        }
        "time_point_sec" => {
            let time = TimePointSec::from_seconds(short);
            forms(time.to_string(), time)
        }
        "block_timestamp_type" => {
            let time = BlockTimestamp::from_slot(short);
            forms(time.to_string(), time)
        }
        other => unreachable!("{other}"),
    }
}

fn checksum(leaf: &str, roll: u64) -> Forms {
    let [low, ..] = roll.to_le_bytes();
    match leaf {
        "checksum160" => {
            let hash = Checksum160::new([low; 20]);
            forms(hash.to_string(), hash)
        }
        "checksum256" => {
            let hash = Checksum256::hash(&roll.to_le_bytes());
            forms(hash.to_string(), hash)
        }
        "checksum512" => {
            let hash = Checksum512::new([low; 64]);
            forms(hash.to_string(), hash)
        }
        other => unreachable!("{other}"),
    }
}
