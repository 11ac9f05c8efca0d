package main

import (
	"errors"
	"fmt"
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

// openStore opens the store that --store names. The function returned closes it.
func (p *program) openStore() (assess.Store, func(), error) {
	kind, path, _ := strings.Cut(p.config.store, ":")
	switch kind {
	case "memory":
		return store.NewMemory(memorySize, nil), func() {}, nil
	case "bolt":
		return p.openBolt(path)
	}
	return nil, nil, usage(fmt.Errorf("--store: %q is neither memory nor bolt:FILE", p.config.store))
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
	case errors.Is(err, store.ErrInUse):
		return nil, nil, fmt.Errorf("%w (name another file with --store bolt:FILE, or use --store memory)", err)
	case err != nil:
		return nil, nil, err
	}
	return b, func() {
		if err := b.Close(); err != nil {
			fmt.Fprintln(p.stderr, err)
		}
	}, nil
}
