package assess

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"misp-csirt-tooling/internal/repo"
)

// storeVersion is the version of the stored form; it is part of the keys, so that what another version stored is not seen.
const storeVersion = "2"

// record is what is stored about a target: a snapshot, or why there is none now.
type record struct {
	Collected time.Time      // or revalidated
	Snapshot  *repo.Snapshot // beside a refusal: the last before it
	Refusal   *Refusal
}

// serves reports whether the record answers without a new collection.
func (r *record) serves() bool {
	if r.Refusal != nil {
		return time.Since(r.Collected) < r.Refusal.Lifetime
	}
	return !outdated(r.Collected, gaps(r.Snapshot))
}

// Refusal is why a repository cannot be assessed, as far as it stays so for a while.
type Refusal struct {
	Text     string        // what stands in the way
	Action   string        // what to do next, in one sentence
	Lifetime time.Duration // how long it holds
	cause    error         // of a refusal that was not stored
	passing  bool          // it says nothing of the repository, so that what is known of that still answers
}

// Error implements error.
func (r *Refusal) Error() string { return r.Text }

// Advice says what to do next.
func (r *Refusal) Advice() string { return r.Action }

// Unwrap returns the collector's error, nil if the refusal comes from the store.
func (r *Refusal) Unwrap() error { return r.cause }

// lasting is an error of a collector that holds for a while.
type lasting interface {
	error
	Advice() string
	Lifetime() time.Duration // 0: ask again at once
	Passing() bool           // it says nothing of the repository, as that a host is down
}

// refusal turns an error of a collection into what can be stored, nil if it says nothing lasting.
func refusal(err error) *Refusal {
	var r *Refusal
	var l lasting
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &l) && l.Lifetime() > 0:
		return &Refusal{Text: l.Error(), Action: l.Advice(), Lifetime: l.Lifetime(), cause: err, passing: l.Passing()}
	}
	return nil
}

// maxRecord bounds in bytes what a record may unpack to.
const maxRecord = 256 << 20

// codec packs records. Both of its parts may be used by several goroutines.
type codec struct {
	pack   *zstd.Encoder
	unpack *zstd.Decoder
}

func newCodec() (*codec, error) {
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	unpack, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxRecord), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("set up decompression: %w", err)
	}
	return &codec{pack, unpack}, nil
}

func (c *codec) encode(r *record) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return c.pack.EncodeAll(text, nil), nil
}

func (c *codec) decode(value []byte) (*record, error) {
	text, err := c.unpack.DecodeAll(value, nil)
	if err != nil {
		return nil, err
	}
	r := new(record)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	if r.Snapshot == nil && r.Refusal == nil {
		return nil, errors.New("the record is empty")
	}
	return r, nil
}

// storeKey returns the key of a target.
func storeKey(t repo.Target) string {
	key := "snapshot/" + storeVersion + "/" + t.Ref.String()
	if t.Pinned {
		key += "@" + t.Revision
	}
	return key
}
