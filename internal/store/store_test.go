package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// store is what every store of this package is.
type store interface {
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

// bench is a store under test with the clock that it reads.
type bench struct {
	t     *testing.T
	clock *clock
	store
}

func (b *bench) put(key, value string, lifetime time.Duration) {
	b.t.Helper()
	if err := b.Put(b.t.Context(), key, []byte(value), lifetime); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) want(key, value string) {
	b.t.Helper()
	got, found, err := b.Get(b.t.Context(), key)
	if err != nil || found != (value != "") || string(got) != value {
		b.t.Errorf("Get(%q) = %.40q, %v, %v, want %.40q", key, got, found, err, value)
	}
}

// stores makes each store, with room for three values of 100 bytes.
var stores = map[string]func(t *testing.T, c *clock) store{
	"memory": func(_ *testing.T, c *clock) store { return NewMemory(3, c.now) },
	"bolt": func(t *testing.T, c *clock) store {
		return open(t, filepath.Join(t.TempDir(), "new", "folder", "store.db"), c)
	},
}

func open(t *testing.T, path string, c *clock) *Bolt {
	t.Helper()
	b, err := OpenBolt(path, 3*(100+header), c.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func start() *clock { return &clock{time.Date(2026, 8, 22, 12, 0, 0, 0, time.UTC)} }

// TestStores holds every store to the same contract.
func TestStores(t *testing.T) {
	for name, make := range stores {
		t.Run(name, func(t *testing.T) {
			c := start()
			b := &bench{t, c, make(t, c)}
			value := func(s string) string { return s + strings.Repeat(".", 99) }

			b.want("a", "")
			b.put("a", value("1"), time.Minute)
			b.put("b", value("2"), time.Hour)
			b.put("c", value("3"), time.Hour)
			b.want("a", value("1"))
			b.put("d", value("4"), time.Hour) // the least recently used one gives way
			b.want("b", "")
			b.want("a", value("1"))
			b.put("c", value("5"), time.Hour)
			b.want("c", value("5"))
			b.want("d", value("4"))
			c.Time = c.Add(time.Minute)
			b.want("a", "")
			b.want("c", value("5"))
		})
	}
}

func TestStoresTogether(t *testing.T) {
	for name, make := range stores {
		t.Run(name, func(t *testing.T) {
			c := start()
			b := &bench{t, c, make(t, c)}
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					key := fmt.Sprint(i % 4)
					for range 20 {
						if err := b.Put(t.Context(), key, []byte(key), time.Hour); err != nil {
							t.Error(err)
						}
						if got, found, err := b.Get(t.Context(), key); err != nil || found && string(got) != key {
							t.Errorf("Get(%s) = %s, %v", key, got, err)
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestBoltOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	c := start()
	first, err := OpenBolt(path, 1000, c.now)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t, c, first}
	b.put("a", "one", time.Hour)
	if _, err := OpenBolt(path, 1000, c.now); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v, want ErrInUse", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path, c)
	if b.store = second; second.used == 0 {
		t.Error("the size of what is there is not known")
	}
	b.want("a", "one")
	b.put("b", strings.Repeat("x", 320), time.Hour) // larger than the store
	b.want("b", "")
	b.want("a", "one")
	b.put("c", strings.Repeat("y", 310), time.Hour)
	b.want("a", "")
}

// TestBoltForgets has nothing stay in the file for good that is past its lifetime: snapshots hold personal data.
func TestBoltForgets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	c := start()
	inFile := func(b *Bolt, want ...string) {
		t.Helper()
		var keys []string
		err := b.db.View(func(tx *bbolt.Tx) error {
			return tx.Bucket(valueBucket).ForEach(func(key, _ []byte) error {
				keys = append(keys, string(key))
				return nil
			})
		})
		if size := int64(len(want) * (len("value") + header)); err != nil || !slices.Equal(keys, want) || b.used != size || b.order.Len() != len(want) {
			t.Errorf("%q in the file, %d bytes, %d in order, %v, want %q", keys, b.used, b.order.Len(), err, want)
		}
	}
	first, err := OpenBolt(path, 1000, c.now)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t, c, first}
	b.put("long", "value", 30*24*time.Hour)
	b.put("short", "value", time.Minute)
	c.Time = c.Add(time.Minute)
	b.put("other", "value", 2*time.Hour)
	inFile(first, "long", "other", "short")
	c.Time = c.Add(sweepEvery)
	b.put("short", "value", 2*time.Hour)
	inFile(first, "long", "other", "short")
	c.Time = c.Add(sweepEvery)
	b.put("new", "value", time.Minute)
	inFile(first, "long", "new", "short")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	c.Time = c.Add(30 * 24 * time.Hour)
	inFile(open(t, path, c))
}

func TestBoltThatCannotBeUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	write := func(f func(tx *bbolt.Tx) error) {
		t.Helper()
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(f), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		return meta.Put(formatKey, []byte{boltFormat + 1})
	})
	if _, err := OpenBolt(path, 1000, nil); !errors.Is(err, ErrNewer) {
		t.Errorf("newer format: %v, want ErrNewer", err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBolt(path, 1000, nil); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged: %v, want ErrCorrupt", err)
	}
	if err := ResetBolt(path); err != nil {
		t.Fatal(err)
	}
	b := &bench{t, start(), open(t, path, start())}
	b.put("a", "one", time.Hour)
	b.want("a", "one")
}

// TestBoltWithDamagedPages overwrites each page of a good file in turn: whatever happens is an error or a lost value, never
// a wrong value or a crash.
func TestBoltWithDamagedPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	c := start()
	good, err := OpenBolt(path, 1<<20, c.now)
	if err != nil {
		t.Fatal(err)
	}
	(&bench{t, c, good}).put("a", strings.Repeat("v", 9000), time.Hour)
	if err := good.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := 0; at < len(file); at += page {
		damaged := append([]byte(nil), file...)
		for i := range 64 {
			damaged[at+i] ^= 0xff
		}
		path := filepath.Join(t.TempDir(), "store.db")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := OpenBolt(path, 1<<20, c.now)
		if err != nil {
			continue
		}
		if value, found, err := b.Get(t.Context(), "a"); err == nil && found && len(value) != 9000 {
			t.Errorf("page %d damaged: a value of %d bytes", at/page, len(value))
		}
		_ = b.Close() // may well fail
	}
}
