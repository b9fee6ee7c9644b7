//! Writes the committed corpus anew, from the test vectors and by hand: `cargo run --example seeds`.

use std::{fs, path::Path};

use eos_keys::{Digest, KeyType, PrivateKey, PublicKey, Signature, mnemonic::Mnemonic};
use eos_keys_fuzz::{wallets, webauthn, webauthn::ASSERTION};
use serde_json::Value;

const KEYS: &str = include_str!("../../tests/vectors/keys.jsonl");
const BAD_KEYS: &str = include_str!("../../tests/vectors/keys_bad.jsonl");
const SIGNATURES: &str = include_str!("../../tests/vectors/sigs.jsonl");
const MNEMONICS: &str = include_str!("../../tests/vectors/mnemonics/bip39.jsonl");
const PATHS: &str = include_str!("../../tests/vectors/mnemonics/bip32.jsonl");

/// The WIF of zero, which is no key.
const ZERO_WIF: &str = "5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAbuatmU";

fn main() {
    keys();
    signatures();
    webauthn();
    digests();
    mnemonics();
    wallets();
}

fn keys() {
    let web_authn = web_authn_keys();
    let mut public = [
        texts(KEYS, "pub_new"),
        texts(KEYS, "pub_legacy"),
        texts(BAD_KEYS, "text"),
    ]
    .concat();
    public.extend(web_authn.iter().map(PublicKey::to_string));
    let fio = "FIO5oBUYbtGTxMS66pPkjC2p8pbA3zCtc8XD4dq9fMut867GRdh82";
    public.extend(["EOS", "PUB_K1_", "PUB_WA_", "PUB_WA_1111", fio].map(str::to_owned));
    write("public_key_text", &bytes(&public));

    let mut packed: Vec<Vec<u8>> = public
        .iter()
        .filter_map(|text| text.parse::<PublicKey>().ok())
        .map(|key| key.to_packed())
        .collect();
    packed.extend(damaged_packed(&packed));
    // The length of the site's name, 1, in two bytes.
    packed.push([&[2; 34][..], &[1, 0x81, 0, b'a']].concat());
    write("public_key_packed", &packed);

    let mut private = [texts(KEYS, "pvt_new"), texts(KEYS, "wif")].concat();
    private.extend(["5", "PVT_K1_", "PVT_R1_1111", ZERO_WIF].map(str::to_owned));
    private.extend(private.clone().iter().take(3).map(|text| damaged(text)));
    write("private_key_text", &bytes(&private));
}

fn signatures() {
    let web_authn_signatures = web_authn_signatures();
    let mut signatures = texts(SIGNATURES, "signature");
    signatures.extend(web_authn_signatures.iter().map(Signature::to_string));
    signatures.extend(signatures.clone().iter().take(3).map(|text| damaged(text)));
    signatures.extend(["SIG_K1_", "SIG_WA_", "SIG_R1_1111"].map(str::to_owned));
    write("signature_text", &bytes(&signatures));

    let mut packed: Vec<Vec<u8>> = signatures
        .iter()
        .filter_map(|text| text.parse::<Signature>().ok())
        .map(|signature| signature.to_packed())
        .collect();
    packed.extend(damaged_packed(&packed));
    packed.push([&[2; 66][..], &[0x81, 0, 7, 0x80, 0]].concat());
    write("signature_packed", &packed);
}

fn webauthn() {
    let (_, compact) = &*ASSERTION;
    let der = webauthn::der(compact);
    let (last, head) = der.split_last().expect("it has two numbers");
    let ders = [
        der.clone(),
        head.to_vec(),
        [&der[..], &[0]].concat(),
        [head, &[last ^ 1]].concat(),
        [&[0x30, 0x81], &der[1..]].concat(), // a length in two bytes
        [&[0x31], &der[1..]].concat(),
        vec![0x30, 6, 2, 1, 1, 2, 1, 1],
        vec![0x30, 8, 2, 2, 0, 1, 2, 2, 0, 1], // zero bytes too many
        vec![0x30, 6, 2, 1, 0x80, 2, 1, 1],    // below zero
        vec![0x30, 4, 2, 0, 2, 0],
        vec![0x30, 0],
        vec![],
    ];
    write("webauthn_der", &ders);

    let json = webauthn::CLIENT_JSON;
    let mut jsons = vec![
        json.to_owned(),
        json.replace('}', ",\"crossOrigin\":false,\"more\":[{\"a\":null},1.5e3]}"),
        json.replace("jmg", "jmg="),
        json.replace("example\"", "example:8080\""),
        json.replace("get", "create"),
        json.replace("https", "http"),
        json.replace("wallet.example", ""),
        json.replace("wallet.example", "wallet\\u002eexample"),
        json.replace("k4U", "k4V"),
        json.replace("k4U", "k4\u{e9}"),
        json.replace('{', "{\"type\":\"webauthn.create\","),
        format!("{json}\0 and more"),
        json.replace("wallet", "wallet\\u0000"),
        format!("{}{}", "[".repeat(200), "]".repeat(200)),
    ];
    jsons.extend(["{}", "[]", "", "null", "{\"type\":1}"].map(str::to_owned));
    write("webauthn_client_json", &bytes(&jsons));
}

fn digests() {
    let mut digests = texts(SIGNATURES, "digest");
    digests.extend(
        digests
            .clone()
            .iter()
            .take(3)
            .map(|text| text.to_uppercase()),
    );
    digests.extend([
        "0".repeat(64),
        "f".repeat(63),
        "g".repeat(64),
        String::new(),
    ]);
    write("digest_text", &bytes(&digests));
}

fn mnemonics() {
    let mut phrases = texts(MNEMONICS, "phrase");
    phrases.extend([
        phrases[0].to_uppercase(),
        phrases[1].replace(' ', " \t\u{3000}"),
        phrases[2].replace("letter", "ｌｅｔｔｅｒ"),
        phrases[3].replace("wrong", "zoo"),
        phrases[4].replace("agent", ""),
        phrases[5].replace("thank", "thanks"),
    ]);
    let mut inputs = bytes(&phrases);
    for phrase in phrases.iter().take(12) {
        let mnemonic: Mnemonic = phrase.parse().expect("a vector");
        inputs.push(mnemonic.expose_entropy().to_vec());
    }
    write("mnemonic_phrase", &inputs);

    let mut paths = texts(PATHS, "path");
    paths.extend(["m/44'/194'/0'/0/0", "m/44h/194'/007'/1/2147483647"].map(str::to_owned));
    paths.extend(["", "m/", "44'/194'", "m/2147483648", "m/+1", "m/0''"].map(str::to_owned));
    paths.push(format!("m{}", "/1'".repeat(255)));
    paths.push(format!("m{}", "/1".repeat(256)));
    paths.sort();
    paths.dedup();
    write("derivation_path", &bytes(&paths));
}

fn wallets() {
    let keys = private_keys();
    let mut pairs: Vec<_> = keys.iter().map(|key| (key.public_key(), key)).collect();
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    let pairs: Vec<_> = pairs.iter().map(|(public, key)| (public, *key)).collect();
    let mut contents: Vec<Vec<u8>> = [0, 1, 2, 5]
        .map(|count| wallets::pack_keosd(&pairs[..count]))
        .into();
    contents.push(wallets::pack_keosd(&[pairs[1], pairs[0]])); // not in order
    contents.push(wallets::pack_keosd(&[pairs[0], pairs[0]])); // twice the same
    contents.push(wallets::pack_keosd(&[(pairs[0].0, pairs[1].1)])); // another's public key
    contents.extend(damaged_packed(&contents));
    contents.extend([vec![], vec![0x81, 0], vec![0xff; 5]]);
    write("keosd_wallet_content", &contents);
    let mut files: Vec<_> = contents.iter().map(|it| wallets::seal_keosd(it)).collect();
    files.extend(damaged_files(&files[1]));
    write("keosd_wallet_file", &files);

    let labels = [
        "",
        "bp1",
        "bp2",
        "prüfer",
        "a label that is longer than most",
    ];
    let entries: Vec<_> = labels.into_iter().zip(&keys).collect();
    let mut contents: Vec<Vec<u8>> = [0, 1, 2, 5]
        .map(|count| wallets::pack_keystore(&entries[..count]))
        .into();
    contents.push(wallets::pack_keystore(&[entries[1], entries[0]]));
    contents.push(wallets::pack_keystore(&[entries[1], entries[1]]));
    let long = "x".repeat(300); // a length prefix of two bytes
    contents.push(wallets::pack_keystore(&[(&long, entries[0].1)]));
    contents.extend(damaged_packed(&contents));
    write("keystore_content", &contents);
    let mut files: Vec<_> = contents
        .iter()
        .map(|it| wallets::seal_keystore(it))
        .collect();
    files.extend(damaged_files(&files[1]));
    write("keystore_file", &files);
}

fn write(target: &str, inputs: &[Vec<u8>]) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    drop(fs::remove_dir_all(&directory));
    fs::create_dir_all(&directory).expect("the corpus can be written");
    for (at, input) in inputs.iter().enumerate() {
        fs::write(directory.join(format!("{at:02}")), input).expect("the corpus can be written");
    }
}

/// Returns a field of all lines that have it.
fn texts(lines: &str, field: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"))
        .filter_map(|row| row[field].as_str().map(str::to_owned))
        .collect()
}

fn bytes(texts: &[String]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Returns the text with its last letter changed, which breaks the checksum.
fn damaged(text: &str) -> String {
    let last = if text.ends_with('2') { "3" } else { "2" };
    format!("{}{last}", &text[..text.len() - 1])
}

/// Returns one with a byte less, one with a byte more, and one of a kind that there is not.
fn damaged_packed(packed: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let [first, .., last] = packed else {
        panic!("there are some");
    };
    vec![
        last[..last.len() - 1].to_vec(),
        [last.as_slice(), &[0]].concat(),
        [&[3], first.as_slice()].concat(),
    ]
}

/// Returns one that ends early, one of another password, and some that are not even the right JSON.
fn damaged_files(file: &[u8]) -> Vec<Vec<u8>> {
    let mut flipped = file.to_vec();
    let at = flipped.len() - 40;
    flipped[at] ^= 1;
    let extra = [&file[..1], b"\"more\":1,", &file[1..]].concat();
    vec![
        file[..file.len() / 2].to_vec(),
        flipped,
        extra,
        b"{}".to_vec(),
        br#"{"cipher_keys":""}"#.to_vec(),
        vec![],
    ]
}

fn private_keys() -> Vec<PrivateKey> {
    [
        KeyType::K1,
        KeyType::R1,
        KeyType::K1,
        KeyType::R1,
        KeyType::K1,
    ]
    .into_iter()
    .zip(1..)
    .map(|(key_type, byte)| PrivateKey::from_bytes(key_type, &[byte; 32]).expect("in range"))
    .collect()
}

fn web_authn_keys() -> Vec<PublicKey> {
    ["a", "wallet.example", &"é".repeat(100)]
        .map(|site| {
            let length = postcard::to_allocvec(site).expect("a string is packed");
            let packed = [&[2][..], &[3; 33], &[1], &length].concat();
            PublicKey::from_packed(&packed).expect("a key").0
        })
        .into()
}

fn web_authn_signatures() -> Vec<Signature> {
    ["{}", r#"{"type":"webauthn.get","challenge":"AAAA"}"#, ""]
        .map(|json| {
            let data = Digest::of(json);
            let fields = postcard::to_allocvec(&(data.as_bytes().as_slice(), json));
            let packed = [&[2][..], &[31; 65], &fields.expect("they are packed")].concat();
            Signature::from_packed(&packed).expect("a signature").0
        })
        .into()
}
