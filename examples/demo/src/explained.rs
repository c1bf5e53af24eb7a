//! An error with its causes, for the terminal.

use std::{error::Error, fmt, iter::successors};

/// The error, then every cause below it on a line of its own.
pub(crate) struct Explained<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        for cause in successors(self.0.source(), |&cause| cause.source()) {
            write!(f, "\n  because: {cause}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn every_cause_is_told() {
        let error = Outer(io::Error::other("inner"));
        assert_eq!(Explained(&error).to_string(), "outer\n  because: inner");
    }
}
