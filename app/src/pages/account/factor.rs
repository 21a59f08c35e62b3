//! One's own second factor: set up, turned on with a first code, and off again. The secret and the recovery
//! codes are shown once.

use contract::console::Me;
use contract::factor::{Enrolment, FACTOR_CODE_FIELD, Factor, QrPicture, RecoveryCodes, Standing};
use leptos::prelude::*;

use crate::browser;
use crate::components::{
    CodeBlock, Dialog, Dismiss, Look, Notice, PasswordField, Refusal, Skeleton, State, Status,
    SubmitButton, Tone, When,
};
use crate::fns;
use crate::form::Submission;
use crate::pages::code::Code;
use crate::pages::failed::Failed;
use crate::posted::Posted;
use crate::session::Session;

/// So few recovery codes left deserve a word.
const FEW: u64 = 3;

#[component]
pub(super) fn SecondFactor(me: Me) -> impl IntoView {
    let shared = Session::expect();
    let factor = Resource::new(move || shared.changes(), |_| fns::factor::own());
    let posted = use_context::<Posted>().unwrap_or_default();
    let shown = Shown {
        enrolment: RwSignal::new(posted.enrolment),
        codes: RwSignal::new(posted.recovery_codes),
    };
    let missing = me.factor == Standing::Missing;
    let asked = missing.then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <bdi>{me.account.clone()}</bdi>
                " asks owners and admins for a second factor. Turn yours on, and you go on."
            </Notice>
        }
    });
    let section = move || {
        Suspend::new(async move {
            match factor.await {
                Ok(factor) => view! { <Section factor shown/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let after = if missing { "/keys" } else { "/account" };
    view! {
        {asked}
        <section class="panel pad" aria-labelledby="factor-title">
            <Transition fallback=|| view! { <Skeleton/> }>{section}</Transition>
        </section>
        {move || shown.codes.get().map(|codes| view! { <CodesShown codes after/> })}
    }
    .into_any()
}

/// What is shown once.
#[derive(Clone, Copy)]
struct Shown {
    enrolment: RwSignal<Option<Enrolment>>,
    codes: RwSignal<Option<RecoveryCodes>>,
}

#[component]
fn Section(factor: Factor, shown: Shown) -> impl IntoView {
    let (state, word) = match factor {
        Factor::On { .. } => (State::Active, "On"),
        Factor::Off | Factor::Begun => (State::Off, "Off"),
    };
    let body = match factor {
        Factor::On { since, codes_left } => view! { <On since codes_left shown/> }.into_any(),
        Factor::Off | Factor::Begun => {
            let begun = factor == Factor::Begun;
            view! { <Off begun shown/> }.into_any()
        }
    };
    view! {
        <div class="panel-head">
            <h2 id="factor-title">"Second factor"</h2>
            <span class="end"><Status state=state text=word/></span>
        </div>
        <div class="stack">{body}</div>
    }
    .into_any()
}

#[component]
fn Off(begun: bool, shown: Shown) -> impl IntoView {
    let enrolment = shown.enrolment;
    let on = Submission::posted_by("factor-on");
    let waits = move || enrolment.read().is_some() || begun;
    view! {
        <p class="t2">
            "A code from an authenticator app, asked for at the sign-in and before what a stolen session must not do: issue and rotate keys, change roles, invite, export."
        </p>
        {move || enrolment.get().map(|enrolment| view! { <Secret enrolment/> })}
        {move || waits().then(|| view! { <TurnOn submission=on shown/> })}
        {move || match (enrolment.read().is_some(), begun) {
            (true, _) => ().into_any(),
            (false, false) => view! { <Begin shown again=false/> }.into_any(),
            (false, true) => view! {
                <details class="more">
                    <summary>"Set it up anew"</summary>
                    <Begin shown again=true/>
                </details>
            }
            .into_any(),
        }}
    }
    .into_any()
}

/// Makes the secret.
#[component]
fn Begin(shown: Shown, again: bool) -> impl IntoView {
    let passphrase = RwSignal::new(String::new());
    let submission = Submission::posted_by("factor-begin");
    let refused = submission.error_beside(&["passphrase"]);
    let begun = move |enrolment: Enrolment| {
        passphrase.set(String::new());
        shown.enrolment.set(Some(enrolment));
    };
    let told = if again {
        "A new secret ends the one you were shown."
    } else {
        "Nothing is asked for yet: it counts once you have given a code."
    };
    view! {
        <form
            class="stack"
            method="post"
            action="/account/factor/begin"
            on:submit=submission.send(fns::factor::begin, begun)
        >
            <Refusal text=refused/>
            <input type="hidden" name="section" value="factor-begin"/>
            <PasswordField
                id="factor-passphrase"
                name="passphrase"
                label="Your passphrase"
                value=passphrase
                autocomplete="current-password"
                hint=told
                error=submission.error("passphrase")
            />
            <div class="row">
                <SubmitButton look=Look::Plain icon="shield-check" busy=submission.busy()>"Set up a second factor"</SubmitButton>
            </div>
        </form>
    }
    .into_any()
}

/// The secret, in the one moment in which it is shown.
#[component]
fn Secret(enrolment: Enrolment) -> impl IntoView {
    let Enrolment {
        secret,
        uri,
        picture: QrPicture { size, path },
    } = enrolment;
    let view_box = format!("0 0 {size} {size}");
    let letters: Vec<char> = secret.expose().chars().collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    view! {
        <div class="factor-secret">
            <svg class="qr" viewBox=view_box role="img" aria-label="QR code of the secret">
                <path d=path.expose().to_owned()></path>
            </svg>
            <div class="stack">
                <p>"Scan this with an authenticator app, or type the secret into it. It is shown this once."</p>
                <p><code class="secret">{groups.join(" ")}</code></p>
                <p><a href=uri.expose().to_owned() rel="external">"Open in an app on this device"</a></p>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn TurnOn(submission: Submission, shown: Shown) -> impl IntoView {
    let refused = submission.error_beside(&[FACTOR_CODE_FIELD]);
    let told = move || {
        let known = shown.enrolment.read().is_some();
        (!known).then(|| view! { <p>"You were shown a secret. Give a code of it to turn the second factor on."</p> })
    };
    let turned = move |codes: RecoveryCodes| {
        shown.enrolment.set(None);
        shown.codes.set(Some(codes));
    };
    view! {
        {told}
        <form
            class="stack"
            method="post"
            action="/account/factor/on"
            on:submit=submission.send(fns::factor::turn_on, turned)
        >
            <Refusal text=refused/>
            <input type="hidden" name="section" value="factor-on"/>
            <Code
                submission
                id="factor-on-code"
                name=FACTOR_CODE_FIELD
                hint="Six digits, as the app shows them now."
            />
            <div class="row"><SubmitButton busy=submission.busy()>"Turn on"</SubmitButton></div>
        </form>
    }
    .into_any()
}

#[component]
fn On(since: contract::Timestamp, codes_left: u64, shown: Shown) -> impl IntoView {
    let few = (codes_left <= FEW).then(|| {
        view! { <Notice>"Few recovery codes are left. Make new ones while you can."</Notice> }
    });
    let (renew, off) = (
        Submission::posted_by("factor-codes"),
        Submission::posted_by("factor-off"),
    );
    let renew_refused = renew.error_beside(&[FACTOR_CODE_FIELD]);
    let off_refused = off.error_beside(&[FACTOR_CODE_FIELD]);
    let (renew_open, off_open) = (renew.is_refused(), off.is_refused());
    let renewed = move |codes: RecoveryCodes| shown.codes.set(Some(codes));
    // What was shown until now is somebody's without a factor: the whole page is made anew.
    let turned = move |()| browser::go("/account");
    view! {
        <dl class="facts">
            <dt>"On since"</dt><dd><When at=since/></dd>
            <dt>"Recovery codes"</dt><dd>{codes_left} " not used"</dd>
        </dl>
        {few}
        <details class="more" open=renew_open>
            <summary>"Make new recovery codes"</summary>
            <form
                class="stack"
                method="post"
                action="/account/factor/codes"
                on:submit=renew.send(fns::factor::renew_codes, renewed)
            >
                <Refusal text=renew_refused/>
                <p class="t2">"They end those you have. Each lets you in once, in the place of a code."</p>
                <input type="hidden" name="section" value="factor-codes"/>
                <Code submission=renew id="factor-codes-code" name=FACTOR_CODE_FIELD/>
                <div class="row"><SubmitButton look=Look::Plain busy=renew.busy()>"Make new codes"</SubmitButton></div>
            </form>
        </details>
        <details class="more" open=off_open>
            <summary>"Turn it off"</summary>
            <form
                class="stack"
                method="post"
                action="/account/factor/off"
                on:submit=off.send(fns::factor::turn_off, turned)
            >
                <Refusal text=off_refused/>
                <p class="t2">"Your passphrase alone lets you in from then on. Where the account asks for a second factor, you hold nothing until you have set one up again."</p>
                <input type="hidden" name="section" value="factor-off"/>
                <Code submission=off id="factor-off-code" name=FACTOR_CODE_FIELD/>
                <div class="row"><SubmitButton look=Look::Danger icon="shield-off" busy=off.busy()>"Turn off"</SubmitButton></div>
            </form>
        </details>
    }
    .into_any()
}

/// The recovery codes, in the one moment in which they are shown.
#[component]
fn CodesShown(codes: RecoveryCodes, after: &'static str) -> impl IntoView {
    view! {
        <Dialog id="codes" title="Your recovery codes" dismiss=Dismiss::Never narrow=true>
            <div class="stack">
                <p class="lead">
                    "Keep them where your authenticator is not. Each lets you in once, if you have lost it. They are shown this once."
                </p>
                <CodeBlock text=codes.lines()/>
            </div>
            <div class="dialog-foot">
                // A whole new page: nothing of them stays behind.
                <a class="btn primary" href=after rel="external">"I have kept them"</a>
            </div>
        </Dialog>
    }
    .into_any()
}
