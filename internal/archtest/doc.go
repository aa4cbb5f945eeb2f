// Package archtest has no code, only tests: they hold ARCHITECTURE.md and the
// house rules against what the packages really do.
package archtest
