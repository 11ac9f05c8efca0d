package check

import "strings"

// stanza is a part of a machine-readable copyright file: the terms of some files
// (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/).
type stanza struct {
	files, license string
	first, last    int // lines
}

// isStanzas reports whether a file of that path is written in that format.
func isStanzas(p string) bool {
	lower := strings.ToLower(p)
	return lower == "debian/copyright" || lower == ".reuse/dep5"
}

// stanzas reads those parts of a machine-readable copyright file that are about files.
func stanzas(text string) []stanza {
	var out []stanza
	open, n := false, 0
	for line := range strings.Lines(text) {
		n++
		key, value, field := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
			open = false
		case field && strings.EqualFold(key, "files"):
			out, open = append(out, stanza{files: strings.TrimSpace(value), first: n}), true
		case open && field && strings.EqualFold(key, "license"):
			out[len(out)-1].license = strings.TrimSpace(value)
		}
		if open {
			out[len(out)-1].last = n
		}
	}
	return out
}

// ownLicense returns under which terms the project itself is: those of all files, else those of the first.
func ownLicense(list []stanza) string {
	for _, s := range list {
		if s.files == "*" {
			return s.license
		}
	}
	if len(list) > 0 {
		return list[0].license
	}
	return ""
}

// withoutOthers empties the lines of a machine-readable copyright file on files under other terms than the project's own, which
// are other people's.
func withoutOthers(text string) string {
	list := stanzas(text)
	own := ownLicense(list)
	lines := strings.Split(text, "\n")
	for _, s := range list {
		if s.license != own {
			clear(lines[s.first-1 : s.last])
		}
	}
	return strings.Join(lines, "\n")
}

// bundled counts the parts under other terms than the project's own, and the terms.
func bundled(text string) (parts, terms int) {
	list := stanzas(text)
	own := ownLicense(list)
	seen := map[string]bool{}
	for _, s := range list {
		if s.license != own && s.license != "" {
			parts++
			seen[s.license] = true
		}
	}
	return parts, len(seen)
}
