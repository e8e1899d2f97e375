//! What column names say about what is in them.

/// Words that name who a row belongs to as a group.
const TENANTS: &[&str] = &[
    "tenant",
    "org",
    "organization",
    "organisation",
    "account",
    "workspace",
    "project",
    "team",
    "company",
    "customer",
    "department",
    "group",
];

/// Words that name who a row belongs to as a person.
const OWNERS: &[&str] = &["user", "owner", "author", "creator", "member", "profile"];

/// What the end of a column's name says that it holds a key.
const KEYS: &[&str] = &["_id", "_uuid", "_key", "_slug"];

/// Columns that say what somebody may do.
const RIGHTS: &[&str] = &[
    "role",
    "roles",
    "user_role",
    "is_admin",
    "admin",
    "is_superuser",
    "superuser",
    "is_staff",
    "is_owner",
    "permission",
    "permissions",
    "privileges",
    "scopes",
    "access_level",
    "plan",
    "tier",
    "credits",
    "balance",
    "quota",
    "is_verified",
    "verified",
    "approved",
    "locked_by",
    "claimed_by",
    "worker_id",
    "revenue_share",
];

fn names(column: &str, words: &[&str]) -> bool {
    words.contains(&column) || KEYS.iter().any(|key| column.strip_suffix(key).is_some_and(|rest| words.contains(&rest)))
}

/// Whether a column says which group a row belongs to: `tenant_id`, `project_id`.
pub(super) fn is_tenant(column: &str) -> bool {
    names(column, TENANTS)
}

/// Whether a column says which person a row belongs to: `user_id`, `created_by`.
pub(super) fn is_owner(column: &str) -> bool {
    names(column, OWNERS) || matches!(column, "created_by" | "owned_by")
}

/// Whether a column says what somebody may do, or who holds a piece of work: `role`, `is_admin`, `lease_expires_at`.
pub(super) fn is_right(column: &str) -> bool {
    RIGHTS.contains(&column) || column.starts_with("lease_")
}

/// Whether a column holds something that lets its reader act as somebody else: `api_key`, `lease_token`.
pub(super) fn is_secret(column: &str) -> bool {
    let words: Vec<&str> = column.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    let hashed = matches!(last, "hash" | "encrypted" | "plain" | "value");
    let subject = if hashed && words.len() > 1 { words[words.len() - 2] } else { last };
    let secret = [
        "secret",
        "secrets",
        "password",
        "passwd",
        "passphrase",
        "token",
        "apikey",
        "credential",
        "credentials",
        "otp",
        "totp",
        "mfa",
        "cvv",
        "pin",
        "nonce",
    ];
    let keys = ["api", "private", "secret", "access", "encryption", "signing", "service", "lease", "ssh"];
    secret.contains(&subject)
        || subject == "key"
            && words.iter().rev().skip_while(|word| **word != "key").nth(1).is_some_and(|word| keys.contains(word))
}

/// Whether a type can hold a secret: a counter or a time is none, whatever it is called, but for short codes of digits.
pub(super) fn can_hold_secret(column: &str, sql_type: &str) -> bool {
    let counts = ["bigint", "integer", "smallint", "boolean", "interval", "date", "real", "double precision"];
    let counter = counts.contains(&sql_type) || sql_type.starts_with("timestamp") || sql_type.starts_with("numeric");
    !counter || sql_type != "boolean" && column.split('_').any(|word| matches!(word, "pin" | "otp" | "totp" | "cvv"))
}

/// Whether a column holds what nobody but its person should read: secrets, and numbers that name a person.
pub(super) fn is_sensitive(column: &str) -> bool {
    let words = [
        "ssn",
        "social_security",
        "social_security_number",
        "national_id",
        "tax_id",
        "passport_number",
        "passport",
        "driver_license",
        "credit_card",
        "card_number",
        "credit_card_number",
        "iban",
        "bank_account",
        "account_number",
        "routing_number",
        "date_of_birth",
        "dob",
        "birth_date",
        "medical_record",
        "diagnosis",
        "biometric",
        "salary",
    ];
    is_secret(column) || words.contains(&column)
}

/// Whether a role is the one of people who are not logged in.
pub(super) fn is_anonymous(role: &str) -> bool {
    matches!(role, "anon" | "anonymous" | "guest") || role.ends_with("_anon") || role.ends_with("_guest")
}

#[cfg(test)]
mod tests {
    use super::{can_hold_secret, is_owner, is_right, is_secret, is_tenant};

    #[test]
    fn reads_names() {
        for name in ["api_key", "lease_token", "password", "password_hash", "secret", "client_secret", "access_key"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["artifact_key", "workspace_key", "idempotency_key", "token_count", "tokens_used", "key", "name"] {
            assert!(!is_secret(name), "{name}");
        }
        assert!(can_hold_secret("api_token", "text") && can_hold_secret("pin", "integer"));
        assert!(!can_hold_secret("claim_token", "bigint") && !can_hold_secret("pin", "boolean"));
        assert!(is_tenant("tenant_id") && is_tenant("project_id") && !is_tenant("run_id"));
        assert!(is_owner("user_id") && is_owner("created_by") && !is_owner("updated_at"));
        assert!(is_right("role") && is_right("lease_expires_at") && !is_right("status"));
    }
}
