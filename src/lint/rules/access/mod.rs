//! What changes who may do what.

pub(super) mod database_options;
pub(super) mod default_privileges;
pub(super) mod extension_altered;
pub(super) mod grant;
pub(super) mod grant_to_public;
pub(super) mod other_teams_object;
pub(super) mod owner_changed;
pub(super) mod policy_altered;
pub(super) mod policy_created;
pub(super) mod policy_dropped;
pub(super) mod revoke;
pub(super) mod role_membership;
pub(super) mod role_options;
pub(super) mod routine_options;
pub(super) mod row_security_disabled;
pub(super) mod row_security_enabled;
pub(super) mod system_options;
pub(super) mod view_options;
