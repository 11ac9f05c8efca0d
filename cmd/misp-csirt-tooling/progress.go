package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// progress shows on a terminal how far the work is. Elsewhere it is silent.
type progress struct {
	out   io.Writer // nil if there is no terminal
	total int

	mu       sync.Mutex
	finished int
}

func newProgress(out io.Writer, total int) *progress {
	p := &progress{total: total}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.out = out
	}
	return p
}

func (p *progress) start(name string) { p.update(0, name) }
func (p *progress) done(name string)  { p.update(1, name) }

func (p *progress) update(finished int, name string) {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished += finished
	fmt.Fprintf(p.out, "\r\x1b[K%d of %d assessed, %.60s", p.finished, p.total, name)
}

// clear removes the line.
func (p *progress) clear() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
