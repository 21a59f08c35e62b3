//! What is asked about the tokens of a key, and why it is stopped.

use std::time::Duration;

use serde::Deserialize;

#[cfg(feature = "openapi")]
use crate::Period;
use crate::error::{Error, Invalid, Refusals};
use crate::text::Reason;
use crate::time::parse_seconds;

/// The shortest time after which a token can count as quiet. What was used is known within seconds.
pub const LEAST_QUIET: Duration = Duration::from_mins(1);

/// `POST /v1/account/api_keys/{id}:rotate`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotateApiKey {
    /// How long the token before stays good. Without it, not at all.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub grace_period: Option<String>,
    /// The token before ends sooner when it was not used for so long, at least a minute.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub end_when_quiet_for: Option<String>,
}

/// How a key is to be rotated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotate {
    /// How long the token before stays good; zero is not at all.
    pub grace: Duration,
    /// After how long without use it ends sooner.
    pub quiet: Option<Duration>,
}

impl TryFrom<RotateApiKey> for Rotate {
    type Error = Error;

    fn try_from(wire: RotateApiKey) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let grace =
            refusals.take_optional("gracePeriod", wire.grace_period.as_deref(), parse_seconds);
        let quiet = refusals.take_optional(
            "endWhenQuietFor",
            wire.end_when_quiet_for.as_deref(),
            |text| quiet(parse_seconds(text)?),
        );
        let (Some(grace), Some(quiet)) = (grace, quiet) else {
            return Err(refusals.into());
        };
        Self::new(grace.unwrap_or_default(), quiet.flatten())
    }
}

impl Rotate {
    /// A token that ends at once is not waited for.
    pub fn new(grace: Duration, quiet: Option<Duration>) -> Result<Self, Error> {
        if grace.is_zero() && quiet.is_some() {
            let refused = Invalid::new("give a gracePeriod as well, after which it ends anyway");
            return Err(refused.at("endWhenQuietFor").into());
        }
        Ok(Self { grace, quiet })
    }
}

/// `POST /v1/account/api_keys/{id}:changeGrace`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeGrace {
    /// How long the token before stays good from now on.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub grace_period: Option<String>,
    /// It ends sooner when it was not used for so long from now on, at least a minute; `0s` takes that back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Period>))]
    pub end_when_quiet_for: Option<String>,
}

/// How a grace is to be changed; `None` leaves it as it is, an inner `None` takes it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GraceChange {
    /// How long it lasts from now on; more than zero.
    pub period: Option<Duration>,
    pub quiet: Option<Option<Duration>>,
}

impl TryFrom<ChangeGrace> for GraceChange {
    type Error = Error;

    fn try_from(wire: ChangeGrace) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let period = refusals.take_optional("gracePeriod", wire.grace_period.as_deref(), |text| {
            lasting(parse_seconds(text)?)
        });
        let quiet = refusals.take_optional(
            "endWhenQuietFor",
            wire.end_when_quiet_for.as_deref(),
            |text| quiet(parse_seconds(text)?),
        );
        let (Some(period), Some(quiet)) = (period, quiet) else {
            return Err(refusals.into());
        };
        if period.is_none() && quiet.is_none() {
            let refused = Invalid::new("give gracePeriod, endWhenQuietFor, or both");
            return Err(refused.at("gracePeriod").into());
        }
        Ok(Self { period, quiet })
    }
}

fn lasting(period: Duration) -> Result<Duration, Invalid> {
    if period.is_zero() {
        return Err(Invalid::new(
            "give more than 0s; :endGrace ends the token before at once",
        ));
    }
    Ok(period)
}

/// Zero is none.
pub(crate) fn quiet(period: Duration) -> Result<Option<Duration>, Invalid> {
    if period.is_zero() {
        return Ok(None);
    }
    if period < LEAST_QUIET {
        return Err(Invalid::new("use at least 60s"));
    }
    Ok(Some(period))
}

/// `{reason?}`: the body that stops a key.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GiveReason {
    /// Why, for whoever looks at the key later. It is kept, and not a place for secrets.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Reason>))]
    pub reason: Option<String>,
}

impl GiveReason {
    /// An empty reason is none.
    pub fn parse(&self) -> Result<Option<Reason>, Error> {
        let given = self
            .reason
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let reason = given.map(Reason::parse).transpose();
        reason.map_err(|invalid| invalid.at("reason").into())
    }
}
