//! Who asks: tokens from an authorisation server, or name and password with each request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, Response};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::challenge::{self, Challenge};
use super::http::{Payload, Request};
use super::{Inner, Scope};
use crate::image::credentials::Credential;
use crate::image::error::ImageError;

const LARGEST_ANSWER: u64 = 1 << 20;

/// What is shown to registries, for each scope.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Scope, HeaderValue>>);

impl Tokens {
    pub(super) fn get(&self, scope: &Scope) -> Option<HeaderValue> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(scope).cloned()
    }

    fn put(&self, scope: &Scope, header: &HeaderValue) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(scope.clone(), header.clone());
    }
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    token: Option<Zeroizing<String>>,
    #[serde(default)]
    access_token: Option<Zeroizing<String>>,
}

impl Inner {
    /// Answers a registry's 401: returns what is to be shown to it from now on.
    pub(super) async fn authorize(
        &self,
        scope: &Scope,
        refusal: &Response,
    ) -> Result<HeaderValue, ImageError> {
        let headers = refusal.headers().get_all(WWW_AUTHENTICATE);
        let texts = headers.iter().filter_map(|header| header.to_str().ok());
        let unauthorized = |reason: &str| ImageError::Unauthorized {
            registry: scope.registry.clone(),
            reason: reason.to_owned(),
        };
        let challenge = challenge::choose(texts)
            .ok_or_else(|| unauthorized("it asks for neither a password nor a token"))?;
        let credential = self.credential(scope).await?;
        let header = match (challenge, credential) {
            (_, Some(Credential::RegistryToken { token })) => bearer(&token),
            (Challenge::Bearer { realm, service }, credential) => {
                self.fetch_token(scope, &realm, service.as_deref(), credential)
                    .await?
            }
            (Challenge::Basic, Some(Credential::Password { user, password })) => {
                basic(&user, &password)
            }
            (Challenge::Basic, Some(Credential::IdentityToken { .. })) => {
                return Err(unauthorized(
                    "it wants a password, and there is only a token",
                ));
            }
            (Challenge::Basic, None) => {
                return Err(unauthorized(
                    "it wants a password, and there is none for it: `podman login` or `docker login` keeps one",
                ));
            }
        };
        let mut header = header.ok_or_else(|| {
            unauthorized("the password or token has characters that no header can have")
        })?;
        header.set_sensitive(true);
        self.tokens.put(scope, &header);
        Ok(header)
    }

    async fn credential(&self, scope: &Scope) -> Result<Option<Credential>, ImageError> {
        let credentials = self.settings.credentials.clone();
        let (registry, repository) = (scope.registry.clone(), scope.repository.clone());
        // Files are read, and a helper may be run.
        let found =
            tokio::task::spawn_blocking(move || credentials.find(&registry, &repository)).await;
        // The work does not panic by design; a panic is passed on as what it is.
        found.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    /// Gets a token from where the registry says. That address is the registry's choice, and gets our password for it, as the
    /// protocol has it; but not without TLS.
    async fn fetch_token(
        &self,
        scope: &Scope,
        realm: &str,
        service: Option<&str>,
        credential: Option<Credential>,
    ) -> Result<Option<HeaderValue>, ImageError> {
        let useless = |reason| ImageError::Answer {
            registry: scope.registry.clone(),
            doing: "the question who may ask".to_owned(),
            reason,
        };
        let mut url = Url::parse(realm)
            .ok()
            .filter(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
            .ok_or_else(|| useless("the address for tokens cannot be read"))?;
        self.check_transport(&url)?;
        let has_credential = credential.is_some();
        let mut pairs: Vec<(&str, String)> = scope
            .names()
            .into_iter()
            .map(|name| ("scope", name))
            .collect();
        pairs.extend(service.map(|service| ("service", service.to_owned())));
        let mut request = Request::new(Method::GET, url.clone(), "the question for a token");
        match credential {
            Some(Credential::IdentityToken { token }) => {
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                let scopes = scope.names().join(" ");
                form.append_pair("grant_type", "refresh_token")
                    .append_pair("client_id", "baas-deploy")
                    .append_pair("scope", &scopes)
                    .append_pair("refresh_token", &token);
                if let Some(service) = service {
                    form.append_pair("service", service);
                }
                request.method = Method::POST;
                request.payload = Payload::Bytes(form.finish().into());
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers.insert(CONTENT_TYPE, kind);
            }
            other => {
                url.query_pairs_mut().extend_pairs(pairs);
                request.url = url;
                if let Some(Credential::Password { user, password }) = other {
                    let header = basic(&user, &password)
                        .ok_or_else(|| useless("no header can have that password"))?;
                    request.headers.insert(AUTHORIZATION, header);
                }
            }
        }
        let host = super::http::host_of(&request.url);
        let answer = self.send_once(&request).await?;
        match answer.status().as_u16() {
            200 => {}
            400 | 401 | 403 => {
                let reason = if has_credential {
                    "the name and password, or the token, were not accepted"
                } else {
                    "it is not open to everybody, and there is no password for it"
                };
                return Err(ImageError::Unauthorized {
                    registry: scope.registry.clone(),
                    reason: reason.to_owned(),
                });
            }
            status => {
                return Err(ImageError::Refused {
                    registry: host,
                    status,
                    doing: request.doing,
                    detail: String::new(),
                    retry_after: super::http::retry_after(&answer),
                });
            }
        }
        let bytes = self
            .read_all(answer, &host, &request.doing, LARGEST_ANSWER)
            .await
            .map(Zeroizing::new)?;
        // What the reader says could quote a token.
        let answer: TokenAnswer =
            serde_json::from_slice(&bytes).map_err(|_| useless("the token cannot be read"))?;
        let token = answer
            .token
            .filter(|token| !token.is_empty())
            .or(answer.access_token)
            .ok_or_else(|| useless("there is no token in it"))?;
        Ok(bearer(&token))
    }
}

fn bearer(token: &str) -> Option<HeaderValue> {
    sensitive(&Zeroizing::new(format!("Bearer {token}")))
}

fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{user}:{password}"));
    let text = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    sensitive(&Zeroizing::new(format!("Basic {}", *text)))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
