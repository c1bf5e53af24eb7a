//! Bytes that are written at once, not one by one.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Raw<B>(pub(super) B);

impl<B: AsRef<[u8]>> Serialize for Raw<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_ref())
    }
}

impl<'de, B: TryFrom<&'de [u8]>> Deserialize<'de> for Raw<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&'de [u8]>::deserialize(deserializer)?;
        let bytes = B::try_from(bytes).map_err(|_| D::Error::custom("not so many bytes"))?;
        Ok(Self(bytes))
    }
}
