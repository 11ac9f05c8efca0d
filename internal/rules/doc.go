// Package rules holds tests about the code itself: which room may import which, that each package says what it is for,
// and that nothing runs before main.
package rules
