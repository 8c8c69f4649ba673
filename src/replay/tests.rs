//! Fixtures of the stand-in world.
