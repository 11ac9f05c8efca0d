package resolve

import (
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// CPE is the part of a CPE name that identifies a product, in the spelling that all bindings share: lower case, without
// escapes (NISTIR 7695, Common Platform Enumeration: Naming Specification 2.3).
type CPE struct {
	Part    string // a application, o operating system, h hardware; "*" any
	Vendor  string
	Product string
	Version string // "*" any, "-" none
}

// ParseCPE reads a CPE name in either binding: the formatted string "cpe:2.3:..." with its eleven attributes, or the URI
// "cpe:/..." of version 2.2. It is not ok if the binding is broken, or the vendor or product is missing or a pattern.
func ParseCPE(s string) (CPE, bool) {
	const maxName = 2048
	if len(s) > maxName {
		return CPE{}, false
	}
	s = strings.ToLower(s)
	var attributes []string
	var ok bool
	if rest, found := strings.CutPrefix(s, "cpe:2.3:"); found {
		attributes, ok = formattedString(rest)
	} else if rest, found := strings.CutPrefix(s, "cpe:/"); found {
		attributes, ok = uri(rest)
	}
	if !ok {
		return CPE{}, false
	}
	c := CPE{Part: attributes[0], Vendor: attributes[1], Product: attributes[2], Version: attributes[3]}
	switch c.Part {
	case "a", "o", "h", "*":
	default:
		return CPE{}, false
	}
	return c, isValue(c.Vendor) && isValue(c.Product)
}

// isValue reports whether an attribute has a value and is neither ANY, NA nor a pattern. Question marks and asterisks
// inside a value are escaped, and too rare in names of vendors and products to tell them apart here.
func isValue(s string) bool { return s != "" && s != "-" && !strings.ContainsAny(s, "*?") }

// formattedString splits and unquotes the attributes of a formatted string binding (section 6.2).
func formattedString(s string) ([]string, bool) {
	const count = 11
	attributes := make([]string, 0, count)
	var b strings.Builder
	for i := 0; ; i++ {
		if i == len(s) || s[i] == ':' {
			if b.Len() == 0 || len(attributes) == count {
				return nil, false
			}
			attributes = append(attributes, b.String())
			b.Reset()
			if i == len(s) {
				return attributes, len(attributes) == count
			}
			continue
		}
		c := s[i]
		switch {
		case c == '\\':
			if i++; i == len(s) || s[i] <= ' ' || s[i] >= 0x7f {
				return nil, false
			}
			c = s[i]
		case c == '*', c == '?', isUnreserved(c):
		default:
			return nil, false
		}
		b.WriteByte(c)
	}
}

// uri splits and decodes the components of a URI binding (section 6.1). Missing ones at the end mean ANY.
func uri(s string) ([]string, bool) {
	const count, needed = 7, 4
	components := strings.Split(s, ":")
	if len(components) > count {
		return nil, false
	}
	for i, c := range components {
		decoded, ok := decodeURI(c)
		if !ok {
			return nil, false
		}
		components[i] = decoded
	}
	for len(components) < needed {
		components = append(components, "*")
	}
	return components, true
}

func decodeURI(s string) (string, bool) {
	const hex = "0123456789abcdef"
	if s == "" {
		return "*", true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) {
				return "", false
			}
			high, low := strings.IndexByte(hex, s[i+1]), strings.IndexByte(hex, s[i+2])
			i += 2
			switch c = byte(high<<4 | low); {
			case high < 0 || low < 0:
				return "", false
			case c == 1:
				c = '?'
			case c == 2:
				c = '*'
			case c <= ' ' || c >= 0x7f:
				return "", false
			}
		case c == '~', isUnreserved(c), c > ' ' && c < 0x7f && strings.IndexByte("!\"#$&'()+,/;<=>@[]^`{|}", c) >= 0:
			// The URI should have the latter encoded; dictionaries of version 2.2 have them as they are.
		default:
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_'
}

// readCPE reads a CPE name. Its version does not name a tag: the vendor's spelling is another one.
func readCPE(value string) reading {
	c, ok := ParseCPE(value)
	if !ok {
		return reading{}
	}
	return reading{Target: repo.Target{Meaning: repo.CPE, Name: c.Vendor + ":" + c.Product}, product: c}
}

// productName spells vendor:product, as people write the two, as a CPE name would: in lower case, blanks as underscores.
func productName(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}
