// Package catalog renders what is published about the criteria from their tables: the object template and the taxonomy
// for MISP, and the tables of the README. A test holds the files fresh; go generate renews them.
package catalog

//go:generate go test . -run TestPublished -update

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"misp-csirt-tooling/module"
	"misp-csirt-tooling/objects"
	"misp-csirt-tooling/taxonomies"
)

// Page is a published file that is rendered as a whole.
type Page struct {
	Path   string // slash-separated, from the root of this project
	Render func() ([]byte, error)
}

// Pages lists the published files.
var Pages = []Page{
	{"objects/" + module.TemplateName + "/definition.json", func() ([]byte, error) { return pretty(Template()) }},
	{"taxonomies/" + module.Namespace + "/machinetag.json", func() ([]byte, error) {
		text, err := pretty(Taxonomy())
		return append(text, '\n'), err
	}},
}

// pretty returns JSON as the tools of misp-objects and misp-taxonomies format it, without a final newline.
func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Export writes template and taxonomy below dir, which is laid out as MISP's folder app/files. Nothing else in it is touched.
func Export(dir string) error {
	for _, to := range []struct {
		dir string
		fs  interface{ ReadFile(string) ([]byte, error) }
		of  string
	}{
		{"misp-objects/objects", objects.FS, module.TemplateName + "/definition.json"},
		{"taxonomies", taxonomies.FS, module.Namespace + "/machinetag.json"},
	} {
		text, err := to.fs.ReadFile(to.of)
		if err != nil {
			return fmt.Errorf("export %s: %w", to.of, err)
		}
		path := filepath.Join(dir, filepath.FromSlash(to.dir), filepath.FromSlash(to.of))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}
