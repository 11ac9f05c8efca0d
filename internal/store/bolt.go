package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Why a file cannot be used. Reset makes a new one in its place.
var (
	ErrCorrupt = errors.New("the file is damaged")
	ErrNewer   = errors.New("the file was written by a newer version")
	ErrInUse   = errors.New("the file is used by another process")
)

// boltFormat is the version of the file's layout.
const boltFormat = 1

// lockWait is how long another process may take to let go of the file.
const lockWait = time.Second

var (
	metaBucket  = []byte("meta")
	valueBucket = []byte("values")
	formatKey   = []byte("format")
)

// Bolt keeps values in one file that outlives the process (bbolt). When the values outgrow the size, those that were not
// used for the longest time give way. What is past its lifetime is removed when the file is opened, and every hour in which
// something is put.
type Bolt struct {
	db   *bbolt.DB
	size int64
	now  func() time.Time

	mu    sync.Mutex
	used  int64                         // bytes of all values
	order *simplelru.LRU[string, int64] // key to bytes of the value
	swept time.Time                     // when what is past its lifetime was last removed
}

// sweepEvery is how long a value may stay in the file after its lifetime, as long as values are put.
const sweepEvery = time.Hour

// maxKeys bounds the number of values, and with it the memory of their order.
const maxKeys = 1_000_000

// OpenBolt opens the file, making it and its directory if need be. The size in bytes bounds the values; the file can be
// somewhat larger. The clock is for tests; nil means time.Now. The error may wrap ErrCorrupt, ErrNewer or ErrInUse.
func OpenBolt(path string, size int64, now func() time.Time) (b *Bolt, err error) {
	if now == nil {
		now = time.Now
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	var db *bbolt.DB
	err = guarded(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
		return err
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("open store %s: %w", path, ErrInUse)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("open store %s: %w: %w", path, ErrCorrupt, err)
	case err != nil:
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	order, err := simplelru.NewLRU[string, int64](maxKeys, nil)
	if err != nil {
		return nil, err
	}
	b = &Bolt{db: db, size: size, now: now, order: order}
	if err := b.load(); err != nil {
		_ = db.Close() // nothing was written
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return b, nil
}

// ResetBolt removes the file of a store, if there is one.
func ResetBolt(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("reset store: %w", err)
	}
	return nil
}

// load checks the format and learns what is there.
func (b *Bolt) load() error {
	return guarded(func() error {
		return b.db.Update(func(tx *bbolt.Tx) error {
			meta, err := tx.CreateBucketIfNotExists(metaBucket)
			if err != nil {
				return err
			}
			switch format := meta.Get(formatKey); {
			case format == nil:
				if err := meta.Put(formatKey, []byte{boltFormat}); err != nil {
					return err
				}
			case len(format) != 1 || format[0] > boltFormat:
				return ErrNewer
			}
			values, err := tx.CreateBucketIfNotExists(valueBucket)
			if err != nil {
				return err
			}
			err = values.ForEach(func(key, value []byte) error {
				b.order.Add(string(key), int64(len(value)))
				b.used += int64(len(value))
				return nil
			})
			if err != nil {
				return err
			}
			return b.sweep(values)
		})
	})
}

// sweep removes what is past its lifetime.
func (b *Bolt) sweep(values *bbolt.Bucket) error {
	var past []string
	err := values.ForEach(func(key, value []byte) error {
		if b.past(value) {
			past = append(past, string(key))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range past {
		bytes, _ := b.order.Peek(key)
		if err := values.Delete([]byte(key)); err != nil {
			return err
		}
		b.used -= bytes
		b.order.Remove(key)
	}
	b.swept = b.now()
	return nil
}

// past reports whether a stored value is past its lifetime.
func (b *Bolt) past(stored []byte) bool {
	return len(stored) < header || b.now().Unix() >= int64(binary.BigEndian.Uint64(stored))
}

// guarded turns a panic or a fault of memory, by which bbolt answers a damaged page, into ErrCorrupt.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrCorrupt, p)
		}
	}()
	return f()
}

// header is what stands before a value: when it expires, in seconds since 1970.
const header = 8

// Get returns what was put under the key and is not older than its lifetime.
func (b *Bolt) Get(_ context.Context, key string) (value []byte, found bool, err error) {
	err = guarded(func() error {
		return b.db.View(func(tx *bbolt.Tx) error {
			stored := tx.Bucket(valueBucket).Get([]byte(key))
			if b.past(stored) {
				return nil
			}
			value, found = append([]byte(nil), stored[header:]...), true
			return nil
		})
	})
	if err != nil {
		return nil, false, fmt.Errorf("read store: %w", err)
	}
	if found {
		b.mu.Lock()
		b.order.Get(key)
		b.mu.Unlock()
	}
	return value, found, nil
}

// Put keeps a value for at most lifetime. A value larger than the store is not kept.
func (b *Bolt) Put(_ context.Context, key string, value []byte, lifetime time.Duration) error {
	stored := binary.BigEndian.AppendUint64(make([]byte, 0, header+len(value)), uint64(b.now().Add(lifetime).Unix()))
	stored = append(stored, value...)
	if int64(len(stored)) > b.size {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var old int64 // bytes of what the value replaces
	err := guarded(func() error {
		return b.db.Update(func(tx *bbolt.Tx) error {
			values := tx.Bucket(valueBucket)
			if b.now().Sub(b.swept) >= sweepEvery {
				if err := b.sweep(values); err != nil {
					return err
				}
			}
			old, _ = b.order.Peek(key)
			for b.used-old+int64(len(stored)) > b.size {
				victim, bytes, ok := b.order.RemoveOldest()
				if !ok {
					break
				}
				if victim == key {
					old = 0
				}
				if err := values.Delete([]byte(victim)); err != nil {
					return err
				}
				b.used -= bytes
			}
			return values.Put([]byte(key), stored)
		})
	})
	if err != nil {
		return fmt.Errorf("write store: %w", err)
	}
	b.order.Add(key, int64(len(stored)))
	b.used += int64(len(stored)) - old
	return nil
}

// Close closes the file after what is under way.
func (b *Bolt) Close() error {
	if err := b.db.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
