package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/store"
)

// Sizes of the stores: snapshots in memory, and bytes in a file.
const (
	memorySize = 256
	answerSize = 2048 // answers of web APIs in memory
	boltSize   = 2 << 30
)

// openStore opens the store that --store names, with the lease of replicas that share it. The function returned closes it.
func (p *program) openStore() (assess.Store, assess.Lease, func(), error) {
	kind, path, _ := strings.Cut(p.config.store, ":")
	switch kind {
	case "memory":
		return store.NewMemory(memorySize, nil), nil, func() {}, nil
	case "bolt":
		kept, done, err := p.openBolt(path)
		return kept, nil, done, err
	case "redis", "rediss", "unix":
		r, err := store.OpenRedis(p.config.store)
		if err != nil {
			return nil, nil, nil, usage(fmt.Errorf("--store: %w", err))
		}
		return r, r, func() { p.closed(r) }, nil
	}
	return nil, nil, nil, usage(fmt.Errorf("--store: %q is none of memory, bolt:FILE and redis://HOST", p.config.store))
}

// closed closes a store and says what went wrong, which costs no more than the cache.
func (p *program) closed(c io.Closer) {
	if err := c.Close(); err != nil {
		fmt.Fprintln(p.stderr, err)
	}
}

// answers returns the store of the answers of web APIs: the one of the snapshots, or a memory of its own, lest they push the
// snapshots out.
func (p *program) answers(kept assess.Store) assess.Store {
	if p.config.store == "memory" {
		return store.NewMemory(answerSize, nil)
	}
	return kept
}

func (p *program) openBolt(path string) (assess.Store, func(), error) {
	if path == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, nil, fmt.Errorf("no cache directory for the store, name a file with --store bolt:FILE or use --store memory: %w", err)
		}
		path = filepath.Join(cache, "misp-csirt-tooling", "store.db")
	}
	if p.config.reset {
		if err := store.ResetBolt(path); err != nil {
			return nil, nil, err
		}
	}
	b, err := store.OpenBolt(path, boltSize, nil)
	switch {
	case errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrNewer):
		return nil, nil, fmt.Errorf("%w (--store-reset begins with an empty one)", err)
	case err != nil:
		return nil, nil, fmt.Errorf("%w (name another file with --store bolt:FILE, or use --store memory)", err)
	}
	return b, func() { p.closed(b) }, nil
}
