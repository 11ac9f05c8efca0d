package manifest

import "strings"

// setting is one key of an INI file as Python's configparser reads it: a value goes on in the lines indented below it.
type setting struct {
	section, key, value string
	line                int
}

// readINI reads an INI file, lines that it cannot make sense of left out.
func readINI(text string) []setting {
	var out []setting
	var values [][]string // by setting, their lines
	section, n := "", 0
	open := false // the last setting may go on
	for line := range strings.Lines(text) {
		n++
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#' || trimmed[0] == ';':
		case line[0] == ' ' || line[0] == '\t':
			if open {
				values[len(out)-1] = append(values[len(out)-1], trimmed)
			}
		case trimmed[0] == '[' && trimmed[len(trimmed)-1] == ']':
			section, open = strings.ToLower(trimmed[1:len(trimmed)-1]), false
		default:
			i := strings.IndexAny(trimmed, "=:")
			if open = i > 0; open {
				out = append(out, setting{section, strings.ToLower(strings.TrimSpace(trimmed[:i])), "", n})
				values = append(values, []string{strings.TrimSpace(trimmed[i+1:])})
			}
		}
	}
	for i := range out {
		out[i].value = strings.TrimSpace(strings.Join(values[i], "\n"))
	}
	return out
}
