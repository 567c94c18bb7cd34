//! x
super::book::steps! {}
