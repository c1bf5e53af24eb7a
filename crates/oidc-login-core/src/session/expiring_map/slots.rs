//! Places for entries, in small pages: a vector would copy them all, and keep half of it empty, each
//! time it grows.

use std::ops::{Index, IndexMut};

const PAGE: usize = 8;

/// Entries by the number of their place.
pub(super) struct Slots<T> {
    pages: Vec<Box<[Slot<T>]>>,
    free: Option<u32>,
}

enum Slot<T> {
    Used(T),
    Free { next: Option<u32> },
}

impl<T> Slots<T> {
    /// What one entry takes.
    pub(super) const SLOT: usize = size_of::<Slot<T>>();

    pub(super) fn new() -> Self {
        Self {
            pages: Vec::new(),
            free: None,
        }
    }

    pub(super) fn insert(&mut self, entry: T) -> u32 {
        let number = self.free.unwrap_or_else(|| self.add_page());
        let slot = std::mem::replace(self.slot(number), Slot::Used(entry));
        let Slot::Free { next } = slot else {
            unreachable!("only free places are in the list of those");
        };
        self.free = next;
        number
    }

    pub(super) fn remove(&mut self, number: u32) -> T {
        let next = self.free;
        match std::mem::replace(self.slot(number), Slot::Free { next }) {
            Slot::Used(entry) => {
                self.free = Some(number);
                entry
            }
            Slot::Free { .. } => unreachable!("a place is left once"),
        }
    }

    /// Gives the first of a page of free places.
    fn add_page(&mut self) -> u32 {
        let first = self.pages.len() * PAGE;
        let page = (first..first + PAGE).map(|number| Slot::Free {
            next: (number + 1 < first + PAGE).then(|| as_number(number + 1)),
        });
        self.pages.push(page.collect());
        as_number(first)
    }

    fn slot(&mut self, number: u32) -> &mut Slot<T> {
        let number = number as usize;
        &mut self.pages[number / PAGE][number % PAGE]
    }
}

fn as_number(number: usize) -> u32 {
    u32::try_from(number).expect("memory ends before four thousand million entries")
}

impl<T> Index<u32> for Slots<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        let number = number as usize;
        match &self.pages[number / PAGE][number % PAGE] {
            Slot::Used(entry) => entry,
            Slot::Free { .. } => unreachable!("who has its number knows that it is used"),
        }
    }
}

impl<T> IndexMut<u32> for Slots<T> {
    fn index_mut(&mut self, number: u32) -> &mut T {
        match self.slot(number) {
            Slot::Used(entry) => entry,
            Slot::Free { .. } => unreachable!("who has its number knows that it is used"),
        }
    }
}
