package misp

import (
	"strings"
	"time"
	"unicode"
)

// Text returns s as one line of at most limit characters that MISP stores unchanged: trimmed, single blanks, without control
// and format characters, and "?" for what is beyond the basic multilingual plane. What is cut off ends in "…", at a word if one is near.
func Text(s string, limit int) string {
	runes := make([]rune, 0, min(len(s), 4*limit))
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			blank = len(runes) > 0
			continue
		case unicode.Is(unicode.Cf, r):
			continue
		case r > 0xFFFF:
			r = '?'
		}
		if blank {
			runes, blank = append(runes, ' '), false
		}
		if runes = append(runes, r); len(runes) > limit {
			return cut(runes, limit)
		}
	}
	return string(runes)
}

// cut shortens runes to limit with the mark of what is missing.
func cut(runes []rune, limit int) string {
	if limit < 1 {
		return ""
	}
	end := limit - 1
	for i := end; i > end*3/4; i-- {
		if runes[i] == ' ' {
			end = i
			break
		}
	}
	return strings.TrimRight(string(runes[:end]), " ,;:") + "…"
}

// FirstSeen returns a time as MISP stores the first_seen of an element, empty for the zero time.
func FirstSeen(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000+00:00")
}
