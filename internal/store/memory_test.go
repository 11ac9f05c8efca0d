package store

import (
	"testing"
	"time"
)

func TestMemory(t *testing.T) {
	now := time.Date(2026, 8, 22, 12, 0, 0, 0, time.UTC)
	m := NewMemory(2, func() time.Time { return now })
	put := func(key, value string, lifetime time.Duration) {
		t.Helper()
		if err := m.Put(t.Context(), key, []byte(value), lifetime); err != nil {
			t.Fatal(err)
		}
	}
	want := func(key, value string) {
		t.Helper()
		got, found, err := m.Get(t.Context(), key)
		if err != nil || found != (value != "") || string(got) != value {
			t.Errorf("Get(%q) = %q, %v, %v, want %q", key, got, found, err, value)
		}
	}

	want("a", "")
	put("a", "one", time.Minute)
	put("b", "two", time.Hour)
	want("a", "one")
	put("c", "three", time.Hour) // the least recently used one gives way
	want("b", "")
	want("a", "one")
	now = now.Add(time.Minute)
	want("a", "")
	want("c", "three")
}
