//! Connections that are not served yet: a bounded number, of which the oldest has to go when another one comes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Who waits, oldest first. Clients that connect and then say nothing cannot keep others out.
#[derive(Debug)]
pub(super) struct WaitingRoom {
    most: usize,
    waiting: Mutex<Waiting>,
}

/// How many have come, and who of them is still there.
#[derive(Debug, Default)]
struct Waiting {
    number: u64,
    queue: VecDeque<(u64, oneshot::Sender<()>)>,
}

/// A place in the room, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    room: Arc<WaitingRoom>,
    sent_away: oneshot::Receiver<()>,
}

impl WaitingRoom {
    /// A room for at most so many.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            waiting: Mutex::default(),
        })
    }

    /// A place, if need be that of who has waited longest.
    pub(super) fn enter(self: &Arc<Self>) -> Place {
        let (keep, sent_away) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.queue.len() >= self.most {
            waiting.queue.pop_front();
        }
        waiting.number += 1;
        let number = waiting.number;
        waiting.queue.push_back((number, keep));
        drop(waiting);
        Place {
            number,
            room: Arc::clone(self),
            sent_away,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits for something; none when another one needs the place before.
    pub(super) async fn wait<T>(&mut self, thing: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            thing = thing => Some(thing),
            _ = &mut self.sent_away => None,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room
            .lock()
            .queue
            .retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::WaitingRoom;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn the_oldest_goes_when_the_room_is_full() {
        let room = WaitingRoom::new(2);
        let (mut first, mut second) = (room.enter(), room.enter());
        assert_eq!(second.wait(ready(1)).await, Some(1));
        let third = room.enter();
        assert_eq!(first.wait(pending::<()>()).await, None);
        drop((first, third));
        let _fourth = room.enter();
        assert_eq!(second.wait(ready(2)).await, Some(2));
        assert_eq!(room.lock().queue.len(), 2);
    }
}
