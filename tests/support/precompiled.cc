// Carries tests/support/precompiled.h: a precompiled header needs a source.
