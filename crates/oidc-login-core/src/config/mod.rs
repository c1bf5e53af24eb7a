//! What the provider's console asks for, as types that cannot be wrong.
