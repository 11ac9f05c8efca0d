package resolve

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// TestPackageURLSpecification runs the specification's parse tests for the types that are read here.
func TestPackageURLSpecification(t *testing.T) {
	lenient := map[string]string{
		"pkg:gem/jruby-launcher@1.1.2?Platform=java":                   "the library lower-cases keys, as a reader may",
		"pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25": "the library lower-cases keys, as a reader may",
	}
	text, err := os.ReadFile(filepath.Join("testdata", "purl-spec", "parse.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	r := builtinResolver(t)
	for line := range strings.Lines(string(text)) {
		var c struct {
			Input, Type, Namespace, Name, Version string
			Fails                                 bool
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		got := r.read("text", c.Input)
		if c.Fails {
			if got.Meaning != repo.Nothing && lenient[c.Input] == "" {
				t.Errorf("%s: read as %v %s, want a refusal", c.Input, got.Meaning, got.Name)
			}
			continue
		}
		name := strings.TrimPrefix(c.Namespace+"/"+c.Name, "/")
		switch got.Meaning {
		case repo.Package:
			if c.Type == "pypi" {
				name = pypiName(name)
			}
			if got.Forge != c.Type || got.Name != name || got.version != c.Version {
				t.Errorf("%s: got %s %s %s, want %s %s %s", c.Input, got.Forge, got.Name, got.version, c.Type, name, c.Version)
			}
		case repo.Repository:
			if !strings.Contains("https://"+c.Type+".com/"+c.Type+".org/"+name, got.Name) && !strings.Contains(c.Input, "_url=") {
				t.Errorf("%s: got the repository %s of a package %s", c.Input, got.Ref, name)
			}
		default:
			t.Errorf("%s: got %v, want %s %s", c.Input, got.Meaning, c.Type, name)
		}
	}
}

func FuzzRead(f *testing.F) {
	r := builtinResolver(f)
	for _, row := range vectors(f, filepath.Join("testdata", "vectors.tsv")) {
		f.Add(row[0], row[1])
	}
	f.Fuzz(func(t *testing.T, attributeType, value string) {
		res := r.Resolve(attributeType, value)
		got := res.Target
		switch got.Meaning {
		case repo.Package:
			if got.Forge == "" || got.Name == "" || !got.Ref.IsZero() {
				t.Errorf("%q: package %+v", value, got)
			}
		case repo.Repository:
			again := r.Hosts.Parse("url", got.Ref.String())
			if _, listed := r.Hosts.Lookup(got.Ref.Host); listed && again.Ref != got.Ref {
				t.Errorf("%q: %s is read as %s", value, got.Ref, again.Ref)
			}
		case repo.CPE:
			c, ok := ParseCPE("cpe:2.3:a:" + quote(got.Name) + ":*:*:*:*:*:*:*:*")
			if !ok || c.Vendor+":"+c.Product != got.Name {
				t.Errorf("%q: %q is read as %+v", value, got.Name, c)
			}
		}
		if res.Chosen.Meaning == repo.Repository && (res.Chosen.Ref.IsZero() || res.By == "") {
			t.Errorf("%q: chosen %+v by %q", value, res.Chosen, res.By)
		}
	})
}

// quote binds vendor:product to a formatted string. A colon inside either makes the split ambiguous, so that the first
// unquoted one is taken; both parts together give the same name.
func quote(name string) string {
	vendor, product, _ := strings.Cut(name, ":")
	var b strings.Builder
	for i, part := range []string{vendor, product} {
		if i == 1 {
			b.WriteByte(':')
		}
		for j := range len(part) {
			if !isUnreserved(part[j]) {
				b.WriteByte('\\')
			}
			b.WriteByte(part[j])
		}
	}
	return b.String()
}
