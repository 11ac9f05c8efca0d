package misp

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"unchanged", "two commits", 20, "two commits"},
		{"exactly the limit", "abcde", 5, "abcde"},
		{"trimmed to one line", "\t a \r\n\n b\u00a0c  ", 20, "a b c"},
		{"beyond the basic plane", "go 🚀", 20, "go ?"},
		{"bidirectional override", "a\u202eb\u200bc", 20, "abc"},
		{"control characters", "a\x00b\x1bc", 20, "a b c"},
		{"broken UTF-8", "a\xffb", 20, "a\ufffdb"},
		{"cut at a word", "the quick brown fox, jumps", 21, "the quick brown fox…"},
		{"cut within a long word", "abcdefghijklmnopqrstuvwxyz", 10, "abcdefghi…"},
		{"no room", "abc", 0, ""},
		{"empty", "", 5, ""},
	} {
		if got := Text(c.in, c.limit); got != c.want {
			t.Errorf("%s: Text(%q, %d) = %q, want %q", c.name, c.in, c.limit, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a b 🚀\n\u202e", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = min(max(limit, 0), 1000)
		got := Text(s, limit)
		if utf8.RuneCountInString(got) > limit {
			t.Errorf("%q has more than %d characters", got, limit)
		}
		if got != strings.TrimSpace(got) || Text(got, limit) != got {
			t.Errorf("%q is not in its stored form", got)
		}
		for _, r := range got {
			if r > 0xFFFF || r < ' ' {
				t.Errorf("%q holds %U", got, r)
			}
		}
	})
}

func TestFirstSeen(t *testing.T) {
	at := time.Date(2024, 10, 21, 10, 59, 21, 0, time.FixedZone("", 2*3600))
	if got, want := FirstSeen(at), "2024-10-21T08:59:21.000000+00:00"; got != want {
		t.Errorf("FirstSeen = %q, want %q", got, want)
	}
	if got := FirstSeen(time.Time{}); got != "" {
		t.Errorf("FirstSeen of no time = %q", got)
	}
}

func TestUUID(t *testing.T) {
	a, b := NewUUID(), NewUUID()
	if a == b || !IsUUID(a) || a[14] != '4' {
		t.Errorf("NewUUID = %q and %q, want two of version 4", a, b)
	}
	for _, s := range []string{"", "219d6f31", "{219d6f31-0e28-4661-a22e-c9a5ca2054df}", "219d6f31-0e28-4661-a22e-c9a5ca2054dg"} {
		if IsUUID(s) {
			t.Errorf("IsUUID(%q)", s)
		}
	}
}
