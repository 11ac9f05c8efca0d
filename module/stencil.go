package module

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"misp-csirt-tooling/internal/assess"
	"misp-csirt-tooling/internal/misp"
)

// stencil is an encoded object that is copied for each query with new uuids in the places of those that it was encoded
// with: rendering takes longer than all the rest of a query.
type stencil struct {
	text       []byte
	places     [][]int // of each uuid that is new in each answer
	referenced []int   // of the uuid of the element that the object refers to
}

// uuidLength is the length of a UUID in its canonical form.
const uuidLength = 36

func newStencil(o misp.Object) (*stencil, error) {
	text, err := encode(o)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSpace(text)
	s := &stencil{text: text, places: [][]int{find(text, o.UUID)}}
	for i := range o.Attributes {
		s.places = append(s.places, find(text, o.Attributes[i].UUID))
	}
	for i := range o.References {
		s.referenced = append(s.referenced, find(text, o.References[i].ReferencedUUID)...)
	}
	return s, nil
}

// find returns the offsets of a uuid that stands in a text as a whole string.
func find(text []byte, uuid string) []int {
	var places []int
	needle := []byte(`"` + uuid + `"`)
	for at := 0; ; at += uuidLength {
		i := bytes.Index(text[at:], needle)
		if i < 0 {
			return places
		}
		at += i + 1
		places = append(places, at)
	}
}

// answerOf returns an encoded answer of objects that refer to the element of the uuid, with a text for a person unless it is empty.
func answerOf(objects []*stencil, referenced, says string) ([]byte, error) {
	size := 64 + 2*len(says)
	for _, s := range objects {
		size += len(s.text) + 1
	}
	b := append(make([]byte, 0, size), `{"results":{"Object":[`...)
	for i, s := range objects {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = s.fill(b, referenced); err != nil {
			return nil, err
		}
	}
	b = append(b, "]}"...)
	if says != "" {
		quoted, err := encode(says)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"error":`...), bytes.TrimSpace(quoted)...)
	}
	return append(b, "}\n"...), nil
}

// fill appends a copy of the object that refers to the element of the uuid.
func (s *stencil) fill(to []byte, referenced string) ([]byte, error) {
	to = append(to, s.text...)
	text := to[len(to)-len(s.text):]
	random := make([]byte, 16*len(s.places))
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("make uuids: %w", err)
	}
	for i, places := range s.places {
		for _, at := range places {
			writeUUID(text[at:at+uuidLength], random[16*i:16*i+16])
		}
	}
	for _, at := range s.referenced {
		copy(text[at:at+uuidLength], referenced)
	}
	return to, nil
}

// writeUUID writes a UUID of version 4 made of 16 random bytes (RFC 9562, section 5.4) over another one.
func writeUUID(text, random []byte) {
	random[6], random[8] = random[6]&0x0f|0x40, random[8]&0x3f|0x80
	hex.Encode(text, random[:4])
	for i, at := range []int{9, 14, 19} { // behind each dash
		hex.Encode(text[at:], random[4+2*i:6+2*i])
	}
	hex.Encode(text[24:], random[10:])
}

// stencils keeps the stencils of the reports that were last answered with.
type stencils struct {
	once  sync.Once
	cache *lru.Cache[stencilKey, *stencil]
}

type stencilKey struct {
	report *assess.Report
	origin origin
	hover  bool
	refers bool
}

// stencilsKept bounds the memory of a service with many repositories; one takes about 20 KB.
const stencilsKept = 1024

// get returns the stencil of the key, drawing it if need be.
func (s *stencils) get(key stencilKey, draw func() misp.Object) (*stencil, error) {
	s.once.Do(func() { s.cache, _ = lru.New[stencilKey, *stencil](stencilsKept) }) // it fails for a size of zero only
	if found, ok := s.cache.Get(key); ok {
		return found, nil
	}
	drawn, err := newStencil(draw())
	if err == nil {
		s.cache.Add(key, drawn)
	}
	return drawn, err
}
