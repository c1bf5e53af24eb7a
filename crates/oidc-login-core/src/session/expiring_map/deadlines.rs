//! Which entry ends soonest: a binary heap whose entries know where they stand in it.

use super::shard::Shard;

impl<K, V> Shard<K, V> {
    pub(super) fn enqueue(&mut self, slot: u32) {
        let place = self.deadlines.len();
        self.deadlines.push(slot);
        self.stands_at(place);
        self.rise(place);
    }

    pub(super) fn dequeue(&mut self, slot: u32) {
        let place = self.slots[slot].place as usize;
        self.deadlines.swap_remove(place);
        if place < self.deadlines.len() {
            self.stands_at(place);
            self.rise(place);
            // Where it rose, what took its place ends before all below.
            self.sink(place);
        }
    }

    fn rise(&mut self, mut place: usize) {
        while place > 0 {
            let above = (place - 1) / 2;
            if !self.ends_before(place, above) {
                break;
            }
            self.swap(place, above);
            place = above;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let (left, right) = (2 * place + 1, 2 * place + 2);
            let Some(soonest) = [left, right]
                .into_iter()
                .filter(|below| *below < self.deadlines.len())
                .min_by_key(|below| self.deadline_at(*below))
            else {
                break;
            };
            if !self.ends_before(soonest, place) {
                break;
            }
            self.swap(soonest, place);
            place = soonest;
        }
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.deadlines.swap(one, other);
        self.stands_at(one);
        self.stands_at(other);
    }

    #[allow(clippy::cast_possible_truncation)] // no more places than numbers of slots
    fn stands_at(&mut self, place: usize) {
        self.slots[self.deadlines[place]].place = place as u32;
    }

    fn ends_before(&self, one: usize, other: usize) -> bool {
        self.deadline_at(one) < self.deadline_at(other)
    }

    fn deadline_at(&self, place: usize) -> i64 {
        self.slots[self.deadlines[place]].deadline
    }
}
