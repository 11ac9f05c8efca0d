// Package store keeps values by key for a while.
package store

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Memory keeps the most recently used values of this process.
type Memory struct {
	now   func() time.Time
	cache *lru.Cache[string, entry]
}

type entry struct {
	value   []byte
	expires time.Time
}

// NewMemory returns a store of at most size values, at least 1. The clock is for tests; nil means time.Now.
func NewMemory(size int, now func() time.Time) *Memory {
	cache, err := lru.New[string, entry](max(size, 1))
	if err != nil {
		panic(err) // only for a size below 1
	}
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, cache: cache}
}

// Get returns what was put under the key and is not older than its lifetime. The value is shared: do not change it.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	e, found := m.cache.Get(key)
	if !found {
		return nil, false, nil
	}
	if !m.now().Before(e.expires) {
		m.cache.Remove(key)
		return nil, false, nil
	}
	return e.value, true, nil
}

// Put keeps the value, which must not be changed afterwards, for at most lifetime.
func (m *Memory) Put(_ context.Context, key string, value []byte, lifetime time.Duration) error {
	m.cache.Add(key, entry{value, m.now().Add(lifetime)})
	return nil
}
