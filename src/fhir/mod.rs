//! Pure functions on FHIR JSON.
