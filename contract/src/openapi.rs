//! How the values that are texts on the wire are described to programs (JSON Schema, as OpenAPI 3.1
//! uses it). What is a structure on the wire describes itself where it stands.

use std::borrow::Cow;

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, SchemaFormat};
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Schema, Type, schema::SchemaType,
};
use utoipa::{PartialSchema, ToSchema};

use crate::EventHash;
use crate::audit::Action;
use crate::labels::MAX_LABELS;
use crate::permission::Permission;
use crate::resource::RevealedToken;
use crate::text::{Description, Email, ExternalId, KeyName, Reason, WorkspaceName};
use crate::verdict::{ValidToken, Written};
use crate::{
    AccountId, ApiKeyId, BatchId, EventId, Labels, MemberId, Period, Permissions, ProfileId,
    Timestamp, WorkspaceId,
};

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

/// Gives a type the schema that an expression builds, under its own name.
macro_rules! described {
    ($($name:ident: $schema:expr;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

/// An id: its kind, an underscore, and the 26 Crockford characters of 128 bits.
macro_rules! ids {
    ($($name:ident,)*) => {
        described! {$(
            $name: text()
                .pattern(Some(format!("^{}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$", $name::PREFIX)))
                .examples([format!("{}_01JD8W3X7R5M2T9V6QZ0YHKC4E", $name::PREFIX)]);
        )*}
    };
}

/// Described as the [`ValidToken`] that it is the JSON of.
impl PartialSchema for Written {
    fn schema() -> RefOr<Schema> {
        ValidToken::schema()
    }
}

impl ToSchema for Written {
    fn name() -> Cow<'static, str> {
        ValidToken::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ValidToken::schemas(schemas);
    }
}

ids! { AccountId, ApiKeyId, BatchId, EventId, MemberId, ProfileId, WorkspaceId, }

/// Control characters have no place in it, and the white space around it does not count.
fn line(most: usize) -> ObjectBuilder {
    text().min_length(Some(1)).max_length(Some(most))
}

described! {
    KeyName: line(200).examples(["ci-deploy"]);
    WorkspaceName: line(200).examples(["prod-eu"]);
    ExternalId: text().max_length(Some(200)).examples(["deploy-7"]);
    Description: text().max_length(Some(2_000)).examples(["Deploys the shop"]);
    Reason: text()
        .min_length(Some(1))
        .max_length(Some(500))
        .examples(["The laptop that had it was stolen"]);
    Email: text()
        .max_length(Some(254))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .examples(["mira@northwind.example"]);
    Timestamp: text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .description(Some("RFC 3339, answered in UTC and whole milliseconds"))
        .examples(["2027-02-21T12:00:00.000Z"]);
    Period: text()
        .description(Some("A number of seconds with an `s`"))
        .pattern(Some(r"^[0-9]+(\.[0-9]{1,9})?s$"))
        .examples(["86400s"]);
    RevealedToken: text()
        .description(Some("Shown here and never again"))
        .pattern(Some("^[a-z0-9]{1,16}_[0-9A-Za-z]{49}$"));
    Permission: text()
        .description(Some("`resource:read`, `resource:manage`, or `*` for everything"))
        .pattern(Some(r"^(\*|[a-z][a-z0-9_]{0,62}:(read|manage))$"))
        .examples(["tools:read"]);
    Permissions: ArrayBuilder::new()
        .description(Some("What implies another stands alone: `x:read` is dropped beside `x:manage`"))
        .items(Ref::from_schema_name(Permission::name()));
    Labels: ObjectBuilder::new()
        .description(Some(
            "A key has 1 to 63 letters and digits, with - _ . between, after an optional DNS name of at most 253 characters and a slash; a value 0 to 63",
        ))
        .max_properties(Some(MAX_LABELS))
        .additional_properties(Some(AdditionalProperties::from(Schema::from(
            text()
                .max_length(Some(63))
                .pattern(Some(r"^([0-9A-Za-z]([0-9A-Za-z._-]*[0-9A-Za-z])?)?$"))
                .build(),
        ))))
        .examples([Value::from_iter([("env", "prod")])]);
    EventHash: text()
        .pattern(Some("^[0-9a-f]{64}$"))
        .description(Some("SHA-256"));
    Action: text()
        .description(Some("What was done; there may be more of them later"))
        .examples(["api_key.issued"]);
}
