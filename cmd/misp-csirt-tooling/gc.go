package main

import (
	"math"
	"runtime/debug"
)

// gcSettings are how the collector of garbage trades memory for time: its GOGC, and the memory, in bytes, near which it collects as
// often as it takes, math.MaxInt64 for none. What GOGC or GOMEMLIMIT say in the environment wins.
type gcSettings struct {
	percent int
	limit   int64
}

var (
	// assessGC: MISP/MISP takes 60 MiB with it and 55 MiB with Go's 100, and a twentieth less time.
	assessGC = gcSettings{percent: 150, limit: math.MaxInt64}
	// serveGC: little of a service's memory lives on from one query to the next, so that it would collect sixty times a second
	// under load.
	serveGC = gcSettings{percent: 400, limit: 160 << 20}
)

// tuneGC makes the settings, and returns the way back.
func (p *program) tuneGC(s gcSettings) (restore func()) {
	percent, limit := debug.SetGCPercent(s.percent), debug.SetMemoryLimit(s.limit)
	restore = func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
	if p.getenv("GOGC") != "" {
		debug.SetGCPercent(percent)
	}
	if p.getenv("GOMEMLIMIT") != "" {
		debug.SetMemoryLimit(limit)
	}
	return restore
}
