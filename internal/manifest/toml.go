package manifest

import (
	"errors"

	"github.com/BurntSushi/toml"
)

// maxBrackets is how deep arrays and tables of a TOML file may be nested. The parser recurses into each, several times over.
const maxBrackets = 1000

var errNested = errors.New("its brackets are nested too deep")

// decodeTOML reads a TOML file into v.
func decodeTOML(text string, v any) error {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '[', '{':
			if depth++; depth > maxBrackets {
				return errNested
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	_, err := toml.Decode(text, v)
	return err
}
