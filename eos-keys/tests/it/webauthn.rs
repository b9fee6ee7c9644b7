//! WebAuthn signatures: each rule of nodes, kept and broken. That nodes have these rules is what `baas-bootstrap`'s tests show.

use eos_keys::{
    Digest, KeyType, ParseError, PrivateKey, PublicKey, Signature, UserPresence, VerifyError,
    WebAuthnKey, WebAuthnSignature,
};

const HOST: &str = "example.com";

/// The flags of a user who is there and was verified, as phones send them.
const FLAGS: u8 = 0b101;

fn token() -> PrivateKey {
    PrivateKey::from_bytes(KeyType::R1, &[7; 32]).unwrap()
}

fn digest() -> Digest {
    Digest::of(b"a transaction")
}

/// SHA-256 of `a transaction`, in base64url; `python3 -c` with `hashlib` and `base64` made it.
const CHALLENGE: &str = "a8npHtFwouLZeIPr7ohJx6WrDeSO9ih84XRwIF6i5v8";

fn key() -> WebAuthnKey {
    let point = *token().public_key().point();
    WebAuthnKey::new(point, UserPresence::Verified, HOST).unwrap()
}

fn authenticator_data(host: &str, flags: u8) -> Vec<u8> {
    [Digest::of(host).as_ref(), &[flags], &[0, 0, 0, 9]].concat()
}

fn client_json(origin: &str) -> String {
    format!(r#"{{"type":"webauthn.get","challenge":"{CHALLENGE}","origin":"{origin}"}}"#)
}

/// Signs as a token does.
fn sign(authenticator_data: Vec<u8>, client_json: impl AsRef<[u8]>) -> Signature {
    let client_json = client_json.as_ref();
    let hash = Digest::of(client_json);
    let signed = Digest::of([&authenticator_data[..], hash.as_ref()].concat());
    let compact = *token().sign_digest(&signed).compact();
    WebAuthnSignature::new(compact, authenticator_data, client_json)
        .unwrap()
        .into()
}

fn with_json(client_json: impl AsRef<[u8]>) -> Signature {
    sign(authenticator_data(HOST, FLAGS), client_json)
}

fn with_origin(origin: &str, host: &str) -> Signature {
    sign(authenticator_data(host, FLAGS), client_json(origin))
}

/// Asserts that the signature is right, and is that of the key.
fn assert_good(signature: &Signature, key: &WebAuthnKey) {
    let public = PublicKey::from(key.clone());
    assert_eq!(signature.recover(&digest()).as_ref(), Ok(&public));
    assert_eq!(signature.verify(&digest(), &public), Ok(()));
}

/// Asserts that the signature is nobody's.
fn assert_bad(signature: &Signature, error: &VerifyError) {
    assert_eq!(signature.recover(&digest()).as_ref(), Err(error));
    assert_eq!(
        signature.verify(&digest(), &key().into()).as_ref(),
        Err(error)
    );
}

#[test]
fn a_signature_is_its_keys() {
    let signature = with_json(client_json("https://example.com"));
    assert_good(&signature, &key());
    assert_eq!(
        signature.to_string().parse::<Signature>().unwrap(),
        signature
    );
}

#[test]
fn a_key_and_a_signature_have_their_parts() {
    let key = key();
    let public = PublicKey::from(key.clone());
    assert_eq!(public.key_type(), KeyType::WebAuthn);
    assert_eq!(public.as_webauthn(), Some(&key));
    assert_eq!(public.point(), key.point());
    assert_eq!(key.presence(), Some(UserPresence::Verified));
    assert_eq!(key.relying_party(), Some(HOST));
    assert_eq!(key.relying_party_bytes(), HOST.as_bytes());
    assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
    assert_eq!(token().public_key().as_webauthn(), None);

    let json = client_json("https://example.com");
    let signature = with_json(&json);
    assert_eq!(signature.key_type(), KeyType::WebAuthn);
    let parts = signature.as_webauthn().unwrap();
    assert_eq!(parts.compact(), signature.compact());
    assert_eq!(parts.authenticator_data(), authenticator_data(HOST, FLAGS));
    assert_eq!(parts.client_json(), Some(&json[..]));
    assert_eq!(parts.client_json_bytes(), json.as_bytes());
    assert_eq!(token().sign_digest(&digest()).as_webauthn(), None);
}

/// Asserts that a value has all its forms.
fn assert_forms(signature: &Signature) {
    let packed = signature.to_packed();
    let whole = (signature.clone(), &[][..]);
    assert_eq!(Signature::from_packed(&packed), Ok(whole));
    assert_eq!(signature.to_string().parse().as_ref(), Ok(signature));
    assert_eq!(postcard::from_bytes(&packed).as_ref(), Ok(signature));
    assert_eq!(postcard::to_allocvec(signature).unwrap(), packed);
}

/// Nodes took all of these into blocks, where they must be read, whatever can be said of them. (The fields of client data that are not
/// UTF-8 are nobody's to `verify`, unlike for nodes.)
#[test]
fn signatures_that_nodes_take_are_read() {
    let usual = client_json("https://example.com");
    let with = |field: &[u8]| {
        let rest = usual.strip_prefix('{').unwrap();
        [b"{\"a\":\"", field, b"\",", rest.as_bytes()].concat()
    };
    for (json, is_good) in [
        (with(&[b'x'; 2700]), true),
        (with(&[b'x'; 2900]), true),
        (with(&[b'x'; 16_000]), true),
        ([usual.as_bytes(), &[0, 0xff, 0xfe]].concat(), true),
        (with(b"\xff"), false),
        (with(b"caf\xe9"), false),
    ] {
        let signature = with_json(&json);
        assert_forms(&signature);
        let parts = signature.as_webauthn().unwrap();
        assert_eq!(parts.client_json_bytes(), json);
        if is_good {
            assert_good(&signature, &key());
        } else {
            assert_eq!(parts.client_json(), None);
            let error = signature.recover(&digest()).unwrap_err();
            assert!(matches!(error, VerifyError::InvalidClientData { .. }));
        }
    }
    // The most that nodes take, unless somebody tells them otherwise.
    let longest = vec![0xff; 16_384 - 37];
    assert_forms(&sign(authenticator_data(HOST, FLAGS), longest));
}

#[test]
fn keys_that_nodes_take_are_read() {
    let point = *token().public_key().point();
    let usual = with_json(client_json("https://example.com"));
    for site in [
        b"example.c\xffm".to_vec(),
        vec![b'x'; 4024],
        vec![1; 16_384],
    ] {
        let key = WebAuthnKey::new(point, UserPresence::Verified, &site[..]).unwrap();
        assert_eq!(key.relying_party(), str::from_utf8(&site).ok());
        assert_eq!(key.relying_party_bytes(), site);
        let key = PublicKey::from(key);
        let packed = key.to_packed();
        assert_eq!(PublicKey::from_packed(&packed), Ok((key.clone(), &[][..])));
        assert_eq!(key.to_string().parse().as_ref(), Ok(&key));
        assert_eq!(postcard::from_bytes(&packed).as_ref(), Ok(&key));
        let error = usual.verify(&digest(), &key).unwrap_err();
        assert!(matches!(error, VerifyError::RelyingPartyMismatch { .. }));
    }
}

#[test]
fn a_key_without_a_site_is_refused() {
    assert_eq!(
        WebAuthnKey::new([2; 33], UserPresence::None, ""),
        Err(ParseError::EmptyRelyingParty)
    );
}

#[test]
fn no_longer_texts_are_taken_than_nodes_take() {
    const LIMIT: usize = 16_384;
    let too_long = ParseError::WebAuthnTooLong {
        actual: LIMIT + 1,
        limit: LIMIT,
    };

    let site = |length| WebAuthnKey::new([2; 33], UserPresence::None, vec![b'a'; length]);
    assert_eq!(site(LIMIT + 1), Err(too_long.clone()));
    let longest = PublicKey::from(site(LIMIT).unwrap());
    assert_eq!(longest.to_string().parse(), Ok(longest.clone()));
    let mut packed = longest.to_packed();
    assert_eq!(PublicKey::from_packed(&packed).unwrap().0, longest);
    // The length before the site: three bytes, seven bits in each.
    assert_eq!(packed[35..38], [0x80, 0x80, 0x01]);
    packed[35] = 0x81;
    packed.push(b'a');
    assert_eq!(PublicKey::from_packed(&packed), Err(too_long.clone()));

    let json = |length| WebAuthnSignature::new([31; 65], vec![0; 37], vec![b' '; length]);
    assert_eq!(json(LIMIT + 1 - 37), Err(too_long.clone()));
    let longest = Signature::from(json(LIMIT - 37).unwrap());
    assert_eq!(longest.to_string().parse(), Ok(longest.clone()));
    let mut packed = longest.to_packed();
    assert_eq!(Signature::from_packed(&packed).unwrap().0, longest);
    // One byte more of the authenticator data.
    packed[66] += 1;
    packed.insert(67, 0);
    assert_eq!(Signature::from_packed(&packed), Err(too_long.clone()));

    let assertion = WebAuthnSignature::from_assertion(
        &[0x30, 6, 2, 1, 1, 2, 1, 1],
        vec![0; 37],
        vec![b' '; LIMIT],
        &key(),
    );
    assert!(matches!(
        assertion,
        Err(VerifyError::InvalidParts(
            ParseError::WebAuthnTooLong { .. }
        ))
    ));
}

#[test]
fn a_presence_that_the_protocol_does_not_know_is_read_and_signs_nothing() {
    let mut packed = PublicKey::from(key()).to_packed();
    packed[34] = 3;
    let (odd, _) = PublicKey::from_packed(&packed).unwrap();
    assert_eq!(odd.as_webauthn().unwrap().presence(), None);
    assert_eq!(odd.to_packed(), packed);
    let error = VerifyError::PresenceMismatch {
        signature: 2,
        key: 3,
    };
    let signature = with_json(client_json("https://example.com"));
    assert_eq!(signature.verify(&digest(), &odd), Err(error));
    for presence in [
        UserPresence::None,
        UserPresence::Present,
        UserPresence::Verified,
    ] {
        assert_eq!(UserPresence::from_index(presence.index()), Some(presence));
    }
    assert_eq!(UserPresence::from_index(3), None);
}

#[test]
fn presence_is_what_the_flags_say() {
    let point = *token().public_key().point();
    for (flags, presence) in [
        (0, UserPresence::None),
        (0b001, UserPresence::Present),
        (0b100, UserPresence::Verified),
        (0b101, UserPresence::Verified),
        (0b1111_1010, UserPresence::None),
        (0xff, UserPresence::Verified),
    ] {
        let json = client_json("https://example.com");
        let signature = sign(authenticator_data(HOST, flags), &json);
        assert_good(
            &signature,
            &WebAuthnKey::new(point, presence, HOST).unwrap(),
        );
        for other in [
            UserPresence::None,
            UserPresence::Present,
            UserPresence::Verified,
        ] {
            let key = WebAuthnKey::new(point, other, HOST).unwrap();
            let expected = if other == presence {
                Ok(())
            } else {
                Err(VerifyError::PresenceMismatch {
                    signature: presence.index(),
                    key: other.index(),
                })
            };
            assert_eq!(signature.verify(&digest(), &key.into()), expected);
        }
    }
}

#[test]
fn client_data_are_read_as_nodes_read_them() {
    let usual = client_json("https://example.com");
    let fields = usual.trim_matches(['{', '}']);
    for good in [
        format!(
            r#"{{"origin":"https://example.com","challenge":"{CHALLENGE}","type":"webauthn.get"}}"#
        ),
        format!(" \t\r\n{{ {fields} }} "),
        format!(
            r#"{{{fields},"crossOrigin":false,"n":[1,-2.5e3,null,{{"type":1}}],"s":"\u00e9\ud83d\ude00"}}"#
        ),
        // The last of two counts.
        format!(r#"{{"type":"webauthn.create","challenge":"","origin":"http://x",{fields}}}"#),
        // Escapes are undone, in names too.
        usual
            .replace("type", r"\u0074ype")
            .replace("https://", r"https:\/\/"),
        format!(
            "{{{}}}",
            fields.replace("challenge\"", "challenge\\u0000x\"")
        ),
        format!("{usual}\0 anything"),
        usual.replace(CHALLENGE, &format!("{CHALLENGE}=")),
    ] {
        assert_good(&with_json(&good), &key());
    }
}

#[test]
fn what_is_no_object_of_texts_is_refused() {
    let usual = client_json("https://example.com");
    let fields = usual.trim_matches(['{', '}']);
    for bad in [
        String::new(),
        "hey man".to_owned(),
        "null".to_owned(),
        format!("[{usual}]"),
        format!("\"{CHALLENGE}\""),
        usual[..usual.len() - 1].to_owned(),
        format!("{usual}{{}}"),
        format!("\u{feff}{usual}"),
        format!("\0{usual}"),
        format!("{{{fields},}}"),
        format!("{{{fields},\"a\":01}}"),
        format!("{{{fields},\"a\":1e400}}"),
        format!("{{{fields},\"a\":[1e400]}}"),
        format!("{{{fields},\"a\":NaN}}"),
        format!("{{{fields},\"a\":\"\\ud800\"}}"),
        format!("{{{fields},\"a\":\"\n\"}}"),
        format!("{{/**/{fields}}}"),
        format!("{{'a':1,{fields}}}"),
        // Not a text, though a right one follows.
        format!("{{\"type\":null,{fields}}}"),
        format!("{{\"challenge\":1,{fields}}}"),
        format!("{{\"origin\":[],{fields}}}"),
        format!("{{\"origin\":{{}},{fields}}}"),
    ] {
        let error = with_json(&bad).recover(&digest()).unwrap_err();
        assert!(
            matches!(error, VerifyError::InvalidClientData { .. }),
            "{bad}: {error:?}"
        );
        assert_bad(&with_json(&bad), &error);
    }
    let error = with_json("{\n  \"type\": 1}").recover(&digest());
    let expected = VerifyError::InvalidClientData {
        line: 2,
        column: 11,
    };
    assert_eq!(error, Err(expected));
}

#[test]
fn the_type_is_webauthn_get() {
    let usual = client_json("https://example.com");
    for bad in [
        usual.replace(".get", ".create"),
        usual.replace(".get", ".GET"),
        usual.replace(".get", ".get "),
        usual.replace("\"type\"", "\"Type\""),
        usual.replace('}', r#","type":""}"#),
        "{}".to_owned(),
    ] {
        assert_bad(&with_json(&bad), &VerifyError::NotAnAssertion);
    }
}

#[test]
fn the_challenge_is_the_digest() {
    let usual = client_json("https://example.com");
    let mut bad: Vec<String> = [
        "",
        "blahBLAH",
        "hello@world$",
        &CHALLENGE[1..],
        &format!("{CHALLENGE}abcd"),
        &format!("{CHALLENGE}!@#$"),
        &format!("{CHALLENGE}=="),
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ]
    .iter()
    .map(|challenge| usual.replace(CHALLENGE, challenge))
    .collect();
    bad.push(usual.replace("challenge", "Challenge"));
    for bad in bad {
        assert_bad(&with_json(&bad), &VerifyError::ChallengeMismatch);
    }
    let signature = with_json(&usual);
    let other = Digest::of(b"another transaction");
    assert_eq!(
        signature.recover(&other),
        Err(VerifyError::ChallengeMismatch)
    );
}

#[test]
fn the_host_is_what_stands_before_the_last_colon_of_the_origin() {
    let point = *token().public_key().point();
    for (origin, host) in [
        ("https://example.com", "example.com"),
        ("https://example.com:8443", "example.com"),
        ("https://example.com:", "example.com"),
        ("https://example.com:1:2", "example.com:1"),
        ("https://example.com/path", "example.com/path"),
        ("https://EXAMPLE.com", "EXAMPLE.com"),
    ] {
        let key = WebAuthnKey::new(point, UserPresence::Verified, host).unwrap();
        assert_good(&with_origin(origin, host), &key);
    }
    for origin in [
        "http://example.com",
        "HTTPS://example.com",
        "example.com",
        "https:/example.com",
        "",
        "https://",
        "https://:443",
    ] {
        assert_bad(&with_origin(origin, HOST), &VerifyError::InvalidOrigin);
    }
}

#[test]
fn a_site_that_would_steer_a_terminal_is_shown_harmless() {
    let origin = r"https://\u001b[2J\u202e\nok";
    let host = "\u{1b}[2J\u{202e}\nok";
    for site in [HOST, host] {
        let error = with_origin(origin, site)
            .verify(&digest(), &key().into())
            .unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains(r#""\u{1b}[2J\u{202e}\nok""#), "{shown:?}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\n']), "{shown:?}");
    }
}

#[test]
fn the_token_signed_for_the_site_that_asked() {
    let error = VerifyError::RelyingPartyHashMismatch {
        origin: "mallory.com".to_owned(),
    };
    assert_bad(&with_origin("https://mallory.com", HOST), &error);
    // Browsers let a page of a subdomain use the key of the domain; nodes do not.
    let error = VerifyError::RelyingPartyHashMismatch {
        origin: "www.example.com".to_owned(),
    };
    assert_bad(&with_origin("https://www.example.com", HOST), &error);

    let elsewhere = with_origin("https://mallory.com", "mallory.com");
    let error = VerifyError::RelyingPartyMismatch {
        signature: "mallory.com".to_owned(),
        key: HOST.to_owned(),
    };
    assert_eq!(elsewhere.verify(&digest(), &key().into()), Err(error));
    assert_ne!(elsewhere.recover(&digest()), Ok(key().into()));
}

#[test]
fn authenticator_data_have_at_least_37_bytes() {
    let whole = authenticator_data(HOST, FLAGS);
    let json = client_json("https://example.com");
    for length in [0, 1, 32, 33, 36] {
        let error = VerifyError::AuthenticatorDataTooShort {
            actual: length,
            required: 37,
        };
        assert_bad(&sign(whole[..length].to_vec(), &json), &error);
    }
    let longer = [&whole[..], b"extensions"].concat();
    assert_good(&sign(longer, &json), &key());
}

#[test]
fn each_changed_byte_is_another_signature() {
    let signature = with_json(client_json("https://example.com"));
    let public = PublicKey::from(key());
    let parts = signature.as_webauthn().unwrap();
    for at in 0..parts.authenticator_data().len() {
        let mut data = parts.authenticator_data().to_vec();
        data[at] ^= 0x10;
        let changed =
            WebAuthnSignature::new(*parts.compact(), data, parts.client_json_bytes()).unwrap();
        assert!(
            Signature::from(changed).verify(&digest(), &public).is_err(),
            "{at}"
        );
    }
    let spaced = parts.client_json().unwrap().replace('{', "{ ");
    let changed = WebAuthnSignature::new(
        *parts.compact(),
        parts.authenticator_data().to_vec(),
        spaced,
    )
    .unwrap();
    assert_eq!(
        Signature::from(changed).verify(&digest(), &public),
        Err(VerifyError::Mismatch)
    );
    let mut packed = signature.to_packed();
    for header in [0, 26, 27, 30, 35, 255] {
        packed[1] = header;
        let (signature, _) = Signature::from_packed(&packed).unwrap();
        assert_eq!(signature.recover(&digest()), Err(VerifyError::Malformed));
    }
}

#[test]
fn keys_and_signatures_of_r1_are_another_type() {
    let webauthn = with_json(client_json("https://example.com"));
    let r1 = token().sign_digest(&digest());
    for (signature, key) in [
        (&webauthn, token().public_key()),
        (&r1, PublicKey::from(key())),
    ] {
        let error = VerifyError::KeyTypeMismatch {
            signature: signature.key_type(),
            key: key.key_type(),
        };
        assert_eq!(signature.verify(&digest(), &key), Err(error));
    }
}

/// Writes r and s as a browser does.
fn der(compact: &[u8; 65]) -> Vec<u8> {
    let mut content = Vec::new();
    for number in compact[1..].chunks(32) {
        let start = number.iter().position(|byte| *byte != 0).unwrap();
        let sign: &[u8] = if number[start] >= 0x80 { &[0] } else { &[] };
        let number = [sign, &number[start..]].concat();
        content.extend([2, u8::try_from(number.len()).unwrap()]);
        content.extend(number);
    }
    [&[0x30, u8::try_from(content.len()).unwrap()], &content[..]].concat()
}

#[test]
fn an_assertion_of_a_browser_finds_its_recovery_id() {
    let mut headers = [0; 4];
    for counter in 0..300u16 {
        let mut data = authenticator_data(HOST, FLAGS);
        data.extend(counter.to_be_bytes());
        let json = client_json("https://example.com");
        let expected = sign(data.clone(), &json);
        let der = der(expected.compact());
        let signature = WebAuthnSignature::from_assertion(&der, data, json, &key()).unwrap();
        headers[usize::from(signature.compact()[0] - 31)] += 1;
        let signature = Signature::from(signature);
        assert_eq!(signature, expected);
        assert_good(&signature, &key());
    }
    assert!(headers[0] > 50 && headers[1] > 50, "{headers:?}");
}

#[test]
fn an_assertion_that_is_not_the_keys_or_not_der_is_refused() {
    let data = authenticator_data(HOST, FLAGS);
    let json = client_json("https://example.com");
    let good = der(with_json(&json).compact());
    let assertion = |der: &[u8], json: &str, key: &WebAuthnKey| {
        WebAuthnSignature::from_assertion(der, data.clone(), json.to_owned(), key)
    };
    assertion(&good, &json, &key()).unwrap();
    assert_eq!(
        assertion(&good, &json.replace('{', "{ "), &key()),
        Err(VerifyError::Mismatch)
    );
    let other = PrivateKey::generate_r1().unwrap().public_key();
    let other = WebAuthnKey::new(*other.point(), UserPresence::Verified, HOST).unwrap();
    assert_eq!(assertion(&good, &json, &other), Err(VerifyError::Mismatch));

    for length in 0..good.len() {
        let cut = assertion(&good[..length], &json, &key());
        assert_eq!(cut, Err(VerifyError::Malformed), "{length}");
    }
    let number = |digits: &[u8]| [&[2, u8::try_from(digits.len()).unwrap()], digits].concat();
    let sequence =
        |content: &[u8]| [&[0x30, u8::try_from(content.len()).unwrap()], content].concat();
    let one = number(&[1]);
    for bad in [
        [&good[..], &[0]].concat(),
        sequence(&one),
        sequence(&[&one[..], &one, &one].concat()),
        sequence(&[&one[..], &number(&[])].concat()),
        sequence(&[&one[..], &number(&[0])].concat()),
        sequence(&[&one[..], &number(&[0x80])].concat()),
        sequence(&[&one[..], &number(&[0, 1])].concat()),
        sequence(&[&one[..], &number(&[1; 33])].concat()),
        sequence(&[&one[..], &[2, 0x81, 1, 1]].concat()),
        sequence(&[&one[..], &[3, 1, 1]].concat()),
        [&[0x31], &good[1..]].concat(),
        [&[0x30, 0x80], &good[2..], &[0, 0]].concat(),
    ] {
        assert_eq!(
            assertion(&bad, &json, &key()),
            Err(VerifyError::Malformed),
            "{bad:x?}"
        );
    }
}
