//! A real Keycloak: the demo signs in there, and its verdicts on redirect URIs are compared with ours.
