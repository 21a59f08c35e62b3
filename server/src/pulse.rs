//! Deadlines without timers. A timer for each request, let alone three, costs more than its verdict. So whatever
//! is done for a connection has a pulse: it is polled every few seconds at least ([`pulsed`]), and a deadline is
//! kept at the first pulse after it ([`within`], [`Deadlines`]). With HTTP/2, each request has a pulse of its own.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Executor, Sleep, Timer};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// Polls `future` at least every `pulse`.
pub(crate) async fn pulsed<F: Future>(pulse: Duration, future: F) -> F::Output {
    let mut future = pin!(future);
    let mut beats = interval_at(Instant::now() + pulse, pulse);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            output = &mut future => return output,
            _ = beats.tick() => {}
        }
    }
}

/// What `future` comes to, or nothing when it is not ready in `time`. To be polled within [`pulsed`].
pub(crate) fn within<F: Future + Unpin>(
    time: Duration,
    mut future: F,
) -> impl Future<Output = Option<F::Output>> {
    let mut deadline = None;
    std::future::poll_fn(move |context| {
        if let Poll::Ready(output) = Pin::new(&mut future).poll(context) {
            return Poll::Ready(Some(output));
        }
        if let Some(deadline) = deadline {
            return ended(deadline).map(|()| None);
        }
        deadline = Some(Instant::now() + time);
        Poll::Pending
    })
}

fn ended(deadline: Instant) -> Poll<()> {
    if Instant::now() < deadline {
        Poll::Pending
    } else {
        Poll::Ready(())
    }
}

/// The deadlines of HTTP/1 connections that are polled within [`pulsed`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadlines;

impl Timer for Deadlines {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline(Instant::now() + duration))
    }

    fn sleep_until(&self, deadline: std::time::Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline(deadline.into()))
    }

    fn now(&self) -> std::time::Instant {
        Instant::now().into()
    }
}

struct Deadline(Instant);

impl Sleep for Deadline {}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        ended(self.0)
    }
}

/// Where the requests of an HTTP/2 connection are answered: each has a pulse of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spawned {
    pub(crate) pulse: Duration,
}

impl<F> Executor<F> for Spawned
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, future: F) {
        tokio::spawn(pulsed(self.pulse, future));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const NEVER: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn what_never_wakes_is_ended_by_the_pulse() {
        let ended = pulsed(SOON, within(SOON, std::future::pending::<()>()));
        assert_eq!(ended.await, None);
    }

    #[tokio::test]
    async fn what_is_ready_in_time_is_what_comes_of_it() {
        let slow = pin!(async {
            tokio::time::sleep(SOON).await;
            7
        });
        assert_eq!(pulsed(NEVER, within(NEVER, slow)).await, Some(7));
        assert_eq!(within(Duration::ZERO, std::future::ready(8)).await, Some(8));
    }
}
