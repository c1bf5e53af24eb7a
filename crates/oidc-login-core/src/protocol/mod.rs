//! OpenID Connect as pure functions: no I/O, no clock, no random numbers.
