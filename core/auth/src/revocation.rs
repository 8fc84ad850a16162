//! Sign-out (A11, RFC 7009). The tokens are destroyed here whatever the server answers.

use crate::{FormRequest, HttpAnswer, Secret, StoredTokens};

/// The posts that revoke a connection's tokens: refresh token first, because with it the whole grant goes.
/// Empty where the server has no revocation endpoint.
pub fn revocation_requests(tokens: &StoredTokens) -> Vec<FormRequest> {
    let Some(endpoint) = &tokens.revocation_endpoint else { return Vec::new() };
    let refresh = tokens.refresh_token.as_ref().map(|token| (token, "refresh_token"));
    let access = (&tokens.access_token, "access_token");
    let request = |(token, hint): (&Secret, &str)| {
        let fields = vec![
            ("token", Secret::from(token.expose())), // EXPOSE: the server that gave it takes it back.
            ("token_type_hint", Secret::from(hint)),
            ("client_id", Secret::from(tokens.client_id.as_str())),
        ];
        FormRequest::new(endpoint.clone(), fields)
    };
    refresh.into_iter().chain([access]).map(request).collect()
}

/// Whether the server confirmed. It also confirms tokens it never knew.
pub fn revocation_confirmed(answer: &HttpAnswer) -> bool {
    answer.is_success()
}
