//! ABIs and values that nobody thought of.

use eos_abi::{
    Abi, Asset, Bytes, Checksum256, Name, Schema, Symbol, TimePointSec, VarUint32, to_bytes,
};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;

/// A type, from which an ABI and values are made.
#[derive(Debug, Clone)]
enum Shape {
    Leaf(usize),
    Optional(Box<Self>),
    Array(Box<Self>),
    Fixed(Box<Self>, usize),
    Struct(Vec<Self>),
    Variant(Vec<Self>),
}

const LEAVES: [&str; 13] = [
    "bool",
    "uint8",
    "int64",
    "uint64",
    "uint128",
    "float64",
    "name",
    "string",
    "bytes",
    "asset",
    "checksum256",
    "varuint32",
    "time_point_sec",
];

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = (0..LEAVES.len()).prop_map(Shape::Leaf);
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Shape::Optional(inner.into())),
            inner.clone().prop_map(|inner| Shape::Array(inner.into())),
            (inner.clone(), 0..4_usize)
                .prop_map(|(inner, length)| Shape::Fixed(inner.into(), length)),
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Shape::Struct),
            proptest::collection::vec(inner, 1..4).prop_map(Shape::Variant),
        ]
    })
}

/// The definitions that shapes need.
#[derive(Debug, Default)]
struct Definitions {
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
    fn define(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Leaf(leaf) => LEAVES[*leaf].to_owned(),
            // An optional of an optional needs a name between them.
            Shape::Optional(inner) => self.alias(inner) + "?",
            Shape::Array(inner) => self.define(inner) + "[]",
            Shape::Fixed(inner, length) => format!("{}[{length}]", self.define(inner)),
            Shape::Struct(fields) => {
                let fields: Vec<_> = (0..)
                    .zip(fields)
                    .map(
                        |(at, field)| json!({"name": format!("f{at}"), "type": self.define(field)}),
                    )
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

    fn schema(self) -> Schema {
        let abi = json!({
            "version": "eosio::abi/1.1", "types": self.types, "structs": self.structs, "variants": self.variants,
        });
        Schema::compile(&Abi::from_json(&abi.to_string()).unwrap()).unwrap()
    }
}

/// A value in all its forms.
#[derive(Debug, Default)]
struct Forms {
    json: String,
    /// The same with the fields of all structs in reverse, missing where they are null.
    shuffled: String,
    bytes: Vec<u8>,
}

/// Makes values from a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.rotate_left(29) ^ (self.0 >> 7)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end).unwrap()).unwrap()
    }

    fn leaf(&mut self, leaf: &str) -> Forms {
        let roll = self.roll();
        // Small numbers must occur too: they print in another way.
        let number = if roll.is_multiple_of(2) {
            roll >> 3
        } else {
            roll % 300
        };
        match leaf {
            "bool" => forms(roll % 2, roll % 2 == 1),
            "uint8" => forms(roll.to_le_bytes()[0], roll.to_le_bytes()[0]),
            "int64" => {
                let value = number.cast_signed().wrapping_neg();
                forms(
                    Wide(value.unsigned_abs() > 0xffff_ffff, value.to_string()),
                    value,
                )
            }
            "uint64" => forms(Wide(number > 0xffff_ffff, number.to_string()), number),
            "uint128" => {
                let value = u128::from(roll) * u128::from(number);
                forms(value.to_string(), value)
            }
            "float64" => {
                // Eighths, whose decimals end.
                let value = f64::from(u32::try_from(number % 1_000_000).unwrap()) / -8.0;
                forms(format!("{value:.17}"), value)
            }
            "name" => forms(Name::from_u64(roll).to_string(), Name::from_u64(roll)),
            "string" => {
                let text: String =
                    ["a", "\"", "\\", "\n", "ä", "👍", "\u{1}"][..self.below(8)].concat();
                forms(&text, &text)
            }
            "bytes" => {
                let bytes = Bytes::from(vec![roll.to_le_bytes()[0]; self.below(200)]);
                forms(bytes.to_string(), &bytes)
            }
            "asset" => {
                let symbol =
                    Symbol::new(roll.to_le_bytes()[1] % 19, "SYS".parse().unwrap()).unwrap();
                let asset = Asset::new((number >> 2).cast_signed().wrapping_neg(), symbol).unwrap();
                forms(asset.to_string(), asset)
            }
            "checksum256" => {
                let hash = Checksum256::hash(&roll.to_le_bytes());
                forms(hash.to_string(), hash)
            }
            "varuint32" => {
                let value = u32::try_from(number & 0xffff_ffff).unwrap();
                forms(value, VarUint32(value))
            }
            "time_point_sec" => {
                let time = TimePointSec::from_seconds(u32::try_from(number & 0xffff_ffff).unwrap());
                forms(time.to_string(), time)
            }
            other => unreachable!("{other}"),
        }
    }

    fn value(&mut self, definitions: &mut Definitions, shape: &Shape) -> Forms {
        match shape {
            Shape::Leaf(leaf) => self.leaf(LEAVES[*leaf]),
            Shape::Optional(inner) => {
                // Definitions are walked in the same order as when they were made, so that names agree.
                let inner = self.value(definitions, inner);
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
                self.list(definitions, inner, length, before, prefix)
            }
            Shape::Fixed(inner, length) => {
                let before = definitions.count;
                self.list(definitions, inner, *length, before, Vec::new())
            }
            Shape::Struct(fields) => {
                let fields: Vec<_> = (0..)
                    .zip(fields)
                    .map(|(at, field)| (format!("f{at}"), self.value(definitions, field), field))
                    .collect();
                definitions.new_name();
                definitions.new_name();
                let ordered: Vec<_> = fields
                    .iter()
                    .map(|(name, value, _)| format!("\"{name}\":{}", value.json))
                    .collect();
                let shuffled: Vec<_> = fields
                    .iter()
                    .rev()
                    .filter(|(_, value, shape)| {
                        !(matches!(shape, Shape::Optional(_)) && value.json == "null")
                    })
                    .map(|(name, value, _)| format!(" \"{name}\" : {} ", value.shuffled))
                    .collect();
                Forms {
                    json: format!("{{{}}}", ordered.join(",")),
                    shuffled: format!("{{{}}}", shuffled.join(",")),
                    bytes: fields
                        .into_iter()
                        .flat_map(|(_, value, _)| value.bytes)
                        .collect(),
                }
            }
            Shape::Variant(types) => {
                let values: Vec<_> = types
                    .iter()
                    .map(|ty| {
                        let value = self.value(definitions, ty);
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
        length: usize,
        before: usize,
        prefix: Vec<u8>,
    ) -> Forms {
        // One value is made in any case, so that the names count on.
        let mut elements = Vec::new();
        for _ in 0..length.max(1) {
            definitions.count = before;
            elements.push(self.value(definitions, inner));
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

proptest! {
    #[test]
    fn values_of_any_type_go_both_ways(shape in shape(), seed: u64, cut: prop::sample::Index) {
        let mut definitions = Definitions::default();
        let ty = definitions.define(&shape);
        let schema = definitions.schema();
        let value = Dice(seed).value(&mut Definitions::default(), &shape);

        prop_assert_eq!(schema.type_to_bin(&ty, &value.json).unwrap(), &*value.bytes);
        prop_assert_eq!(schema.type_to_bin(&ty, &value.shuffled).unwrap(), &*value.bytes);
        prop_assert_eq!(schema.type_to_json(&ty, &value.bytes).unwrap(), &*value.json);
        if !value.bytes.is_empty() {
            let cut = &value.bytes[..cut.index(value.bytes.len())];
            prop_assert!(schema.type_to_json(&ty, cut).is_err());
        }
        let longer = [&*value.bytes, &[0]].concat();
        prop_assert!(schema.type_to_json(&ty, &longer).is_err());
    }

    #[test]
    fn bytes_of_any_type_never_panic(shape in shape(), bytes in proptest::collection::vec(any::<u8>(), 0..100), json in "[\\[\\]{}\",:0-9a-f]{0,40}") {
        let mut definitions = Definitions::default();
        let ty = definitions.define(&shape);
        let schema = definitions.schema();
        if let Ok(json) = schema.type_to_json(&ty, &bytes) {
            // Decimals of small floats and bytes that are not UTF-8 are lost, nothing else: what is printed can be read.
            prop_assert!(schema.type_to_bin(&ty, &json).is_ok(), "{}", json);
        }
        let _ = schema.type_to_bin(&ty, &json);
    }
}
