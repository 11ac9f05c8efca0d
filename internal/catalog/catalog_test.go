package catalog

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"misp-csirt-tooling/internal/check"
	"misp-csirt-tooling/internal/misp"
)

var update = flag.Bool("update", false, "write the published files instead of comparing them")

// root is this project, shared what it was agreed with, which may be absent.
const (
	root   = "../.."
	shared = root + "/../shared/misp"
)

// TestPublished holds the published files equal to what the tables say.
func TestPublished(t *testing.T) {
	for _, p := range Pages {
		text, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join(root, filepath.FromSlash(p.Path)), text)
	}
	readme := filepath.Join(root, "README.md")
	old, err := os.ReadFile(readme)
	if err != nil {
		t.Skip(err)
	}
	text, err := Fill(string(old), Tables())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, readme, []byte(text))
}

func compare(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if !*update {
		t.Errorf("%s does not say what the tables say (%v): run go generate ./internal/catalog", path, err)
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, want, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAgreed holds template and taxonomy equal, byte for byte, to those that were agreed.
func TestAgreed(t *testing.T) {
	for _, p := range Pages {
		want := fixture(t, "vocabulary", filepath.Base(p.Path))
		got, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the agreed file at byte %d", p.Path, firstDifference(got, want))
		}
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

func fixture(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{shared}, path...)...))
	if err != nil {
		t.Skip(err)
	}
	return text
}

// TestUpstreamSchemas validates template and taxonomy by the schemas of misp-objects and misp-taxonomies.
func TestUpstreamSchemas(t *testing.T) {
	for i, name := range []string{"schema_objects.json", "schema_taxonomies.json"} {
		schema := compile(t, fixture(t, "schemas", name))
		page, err := Pages[i].Render()
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(decode(t, page)); err != nil {
			t.Errorf("%s: %v", Pages[i].Path, err)
		}
		broken := bytes.Replace(page, []byte(`"version"`), []byte(`"vers1on"`), 1)
		if schema.Validate(decode(t, broken)) == nil {
			t.Errorf("%s accepts a file without a version", name)
		}
	}
}

// compile reads a schema of MISP. They name no draft, and the one of the taxonomies holds "required" among its properties.
func compile(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	schema := repair(decode(t, text))
	schema.(map[string]any)["$schema"] = "http://json-schema.org/draft-04/schema#"
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func repair(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "id")
		if p, ok := v["properties"].(map[string]any); ok {
			if required, ok := p["required"].([]any); ok {
				delete(p, "required")
				v["required"] = required
			}
		}
		for _, inner := range v {
			repair(inner)
		}
	case []any:
		for _, inner := range v {
			repair(inner)
		}
	}
	return v
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTemplate holds the template to the conventions that the schema does not check.
func TestTemplate(t *testing.T) {
	template := Template()
	for _, name := range template.RequiredOneOf {
		if _, ok := template.Attributes[name]; !ok {
			t.Errorf("requiredOneOf names %q, which is no relation", name)
		}
	}
	priorities := map[int]string{}
	for name, a := range template.Attributes {
		if other, ok := priorities[a.Priority]; ok {
			t.Errorf("%s and %s have the same priority", name, other)
		}
		priorities[a.Priority] = name
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" || !strings.HasSuffix(a.Description, ".") {
			t.Errorf("%q: %q", name, a.Description)
		}
	}
	for _, c := range check.All {
		a, ok := template.Attributes[c.ID]
		if !ok || !slices.Equal(a.ValuesList, []string{"met", "partial", "unmet"}) || !a.DisableCorrelation {
			t.Errorf("criterion %s: %+v", c.ID, a)
		}
	}
}

// TestTaxonomy holds the taxonomy to the conventions that the schema does not check.
func TestTaxonomy(t *testing.T) {
	taxonomy := Taxonomy()
	uuids := map[string]bool{taxonomy.UUID: true}
	once := func(id string) {
		if uuids[id] || !misp.IsUUID(id) || id[14] != '5' {
			t.Errorf("uuid %q is doubled or not of version 5", id)
		}
		uuids[id] = true
	}
	for i, p := range taxonomy.Predicates {
		once(p.UUID)
		if !p.Exclusive || strings.ContainsAny(p.Value, ` :="`) {
			t.Errorf("predicate %+v", p)
		}
		values := taxonomy.Values[i]
		if values.Predicate != p.Value || len(values.Entries) < 3 {
			t.Errorf("values %d are of %q, want those of %q", i, values.Predicate, p.Value)
		}
		for _, e := range values.Entries {
			once(e.UUID)
			if tag := taxonomy.Namespace + ":" + p.Value + `="` + e.Value + `"`; len(tag) > 255 || strings.ContainsAny(e.Value, ` :="`) {
				t.Errorf("tag %s", tag)
			}
		}
	}
	if want := 1 + len(check.All); len(taxonomy.Predicates) != want {
		t.Errorf("%d predicates, want %d", len(taxonomy.Predicates), want)
	}
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // it overwrites
		if err := Export(dir); err != nil {
			t.Fatal(err)
		}
	}
	for path, page := range map[string]Page{
		"misp-objects/objects/csirt-tooling-assessment/definition.json": Pages[0],
		"taxonomies/csirt-tooling/machinetag.json":                      Pages[1],
	} {
		got, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		want, err := page.Render()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) || !json.Valid(got) {
			t.Errorf("%s is not what the tables say", path)
		}
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Export(file); err == nil {
		t.Error("Export to a file went through")
	}
}

func TestFill(t *testing.T) {
	tables := map[string]string{"a": "| new |\n"}
	for _, c := range []struct{ name, in, want string }{
		{"no marker", "text\n", "text\n"},
		{"replaced", "x\n<!-- table:a -->\nold\n<!-- /table -->\ny", "x\n<!-- table:a -->\n| new |\n<!-- /table -->\ny"},
		{"filled for the first time", "<!-- table:a -->\n<!-- /table -->", "<!-- table:a -->\n| new |\n<!-- /table -->"},
		{"of another room", "<!-- table:b -->\nold\n<!-- /table -->", "<!-- table:b -->\nold\n<!-- /table -->"},
	} {
		got, err := Fill(c.in, tables)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
	for _, in := range []string{"<!-- table:a -->\nold", "<!-- table:a", "<!-- table:a -->\n<!-- table:b -->\n<!-- /table -->"} {
		if got, err := Fill(in, tables); err == nil {
			t.Errorf("Fill(%q) = %q, want an error", in, got)
		}
	}
}

func TestTable(t *testing.T) {
	got := Table([]string{"A", "B"}, [][]string{{"a|b", "c\nd"}})
	if want := "| A | B |\n| --- | --- |\n| a\\|b | c d |\n"; got != want {
		t.Errorf("Table = %q, want %q", got, want)
	}
}
