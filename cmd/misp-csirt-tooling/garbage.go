package main

import "runtime/debug"

// garbage is how the collector of garbage trades memory for time: its GOGC, and the memory, in bytes, near which it collects as
// often as it takes. What GOGC or GOMEMLIMIT say in the environment wins.
type garbage struct {
	percent int
	limit   int64 // 0: none
}

var (
	// assessGarbage: MISP/MISP takes 60 MiB and 0.151 s with it, 55 MiB and 0.165 s with Go's 100.
	assessGarbage = garbage{percent: 160}
	// serveGarbage: little of a service's memory lives on from one query to the next, so that it would collect sixty times a second
	// under load.
	serveGarbage = garbage{percent: 400, limit: 160 << 20}
)

// collect sets it, and returns the way back.
func (p *program) collect(g garbage) (restore func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	debug.SetGCPercent(percent)
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(g.percent)
	}
	if p.getenv("GOMEMLIMIT") == "" && g.limit > 0 {
		debug.SetMemoryLimit(g.limit)
	}
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
