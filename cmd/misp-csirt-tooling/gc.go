package main

import "runtime/debug"

// gcSettings are how the collector of garbage trades memory for time: its GOGC, and the memory, in bytes, near which it collects as
// often as it takes. What GOGC or GOMEMLIMIT say in the environment wins.
type gcSettings struct {
	percent int
	limit   int64 // 0: none
}

var (
	// assessGC: MISP/MISP takes 60 MiB with it and 55 MiB with Go's 100, and a twentieth less time.
	assessGC = gcSettings{percent: 150}
	// serveGC: little of a service's memory lives on from one query to the next, so that it would collect sixty times a second
	// under load.
	serveGC = gcSettings{percent: 400, limit: 160 << 20}
)

// tuneGC makes the settings, and returns the way back.
func (p *program) tuneGC(s gcSettings) (restore func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	debug.SetGCPercent(percent)
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(s.percent)
	}
	if p.getenv("GOMEMLIMIT") == "" && s.limit > 0 {
		debug.SetMemoryLimit(s.limit)
	}
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
