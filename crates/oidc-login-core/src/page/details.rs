//! The part of a page that is for the person in charge.

use std::{error::Error, iter::successors};

use super::Detail;
use crate::error::{Evidence, LoginError, Move};

/// What [`Detail::Full`] adds.
#[derive(Clone, Copy)]
pub(super) struct Details<'a> {
    error: &'a LoginError,
    detail: Detail,
}

impl<'a> Details<'a> {
    pub(super) fn new(error: &'a LoginError, detail: Detail) -> Self {
        Self { error, detail }
    }

    pub(super) fn shown(self) -> bool {
        self.detail == Detail::Full
    }

    pub(super) fn evidence(self) -> &'a [Evidence] {
        self.error.evidence()
    }

    /// Every cause below the error, outermost first.
    pub(super) fn causes(self) -> Vec<String> {
        successors(self.error.source(), |&cause| cause.source())
            .map(ToString::to_string)
            .collect()
    }

    pub(super) fn whose_move(self) -> &'static str {
        match self.error.kind().whose_move() {
            Move::Browser => {
                "The browser’s. Starting again is enough, unless it happens every time."
            }
            Move::User => "The user’s: another account, or the right to do this.",
            Move::Provider => "The provider’s, or that of the settings that name it.",
            Move::App => "The app’s: its settings, its code or its store.",
        }
    }
}
