package resolve

import "testing"

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		ecosystem, declared, name string
		want                      Likeness
	}{
		{"pypi", "Example_Tool", "example-tool", Same}, // PEP 503
		{"pypi", "example.tool", "Example--Tool", Same},
		{"pypi", "example", "example-tool", Different},
		{"npm", "@scope/tool", "@scope/tool", Same},
		{"npm", "tool", "@scope/tool", Alike}, // moved below a scope, or a namesake
		{"npm", "@scope/tool", "@scope/other", Different},
		{"npm", "to-ol", "to_ol", Different},
		{"cargo", "my_crate", "my-crate", Same},
		{"cargo", "my-crate", "my-crate-derive", Different},
		{"maven", "org.example/tool", "org.example/tool", Same},
		{"maven", "org.example/tool", "org.example:tool", Same},
		{"maven", "com.example/tool", "org.example/tool", Alike},
		{"maven", "org.example/tool", "org.example/tool-core", Different},
		{"golang", "example.org/tool", "example.org/tool/v2", Same},
		{"golang", "example.org/tool/v3", "example.org/tool/v2/sub", Same},
		{"golang", "example.org/tool", "example.org/tool/cmd/x", Same},
		{"golang", "example.org/tool/sub", "example.org/tool", Alike},
		{"golang", "gopkg.in/yaml.v3", "gopkg.in/yaml.v2", Same},
		{"golang", "example.org/tool", "example.org/toolbox", Different},
		{"golang", "go.example.org/tool", "github.com/example/tool", Alike},
		{"composer", "Vendor/Tool", "vendor/tool", Same},
		{"gem", "my-tool", "my_tool", Different}, // two gems
		{"nuget", "Example.Tool", "example.tool", Same},
	} {
		if got := Compare(c.ecosystem, c.declared, c.name); got != c.want {
			t.Errorf("%s %s, %s: %d, want %d", c.ecosystem, c.declared, c.name, got, c.want)
		}
	}
}

func TestProductNames(t *testing.T) {
	for _, c := range []struct {
		name, product   string
		bears, resemble bool
	}{
		{"cve-search", "cve_search", true, true},
		{"Tool", "tool", true, true},
		{"tool-server", "tool", false, true},
		{"openssl", "storage_appliance", false, false},
		{"go", "google_chrome", false, false},
		{"r", "r", true, true},
		{"", "", false, false},
	} {
		if BearsName(c.name, c.product) != c.bears || Resembles(c.name, c.product) != c.resemble {
			t.Errorf("%q, %q: %v and %v", c.name, c.product, BearsName(c.name, c.product), Resembles(c.name, c.product))
		}
	}
}
