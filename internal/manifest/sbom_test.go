package manifest

import "testing"

func TestReadSBOM(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"SPDX", `{"spdxVersion":"SPDX-2.3","packages":[{"name":"a","versionInfo":"1.0","licenseConcluded":"NOASSERTION","licenseDeclared":"MIT"},{"name":"b","licenseConcluded":"ISC","licenseDeclared":"MIT"}]}`,
			"=a 1.0[MIT], =b[ISC]"},
		{"CycloneDX", `{"bomFormat":"CycloneDX","components":[{"name":"a","version":"1","licenses":[{"license":{"id":"MIT"}}]},{"name":"b","licenses":[{"expression":"MIT OR ISC"}]},{"name":"musl","purl":"pkg:apk/alpine/musl@1"}]}`, "=a 1[MIT], =b[MIT OR ISC], dev =musl"},
		{"CycloneDX XML", `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component><name>a</name><version>1</version><licenses><license><id>MIT</id></license></licenses></component></components></bom>`,
			"=a 1[MIT]"},
		{"tag-value", "SPDXVersion: SPDX-2.2\nPackageName: a\nPackageVersion: 1\nPackageLicenseConcluded: NONE\nPackageName: b\nPackageLicenseDeclared: ISC\n", "=a 1, =b[ISC]"},
	} {
		d := ReadSBOM(tt.text)
		if d == nil {
			t.Errorf("%s is not read", tt.name)
		} else if got := d.text(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, text := range []string{"", "{}", `{"packages":[{"name":"a"}]}`, "<html></html>", "name: a", "{\"spdxVersion\""} {
		if ReadSBOM(text) != nil {
			t.Errorf("%q is read as an SBOM", text)
		}
	}
}

func FuzzReadSBOM(f *testing.F) {
	f.Add(`{"spdxVersion":"SPDX-2.3"}`)
	f.Add("<bom><components/></bom>")
	f.Add("SPDXVersion: 1\nPackageName: a")
	f.Fuzz(func(t *testing.T, text string) {
		if d := ReadSBOM(text); d != nil {
			for _, dep := range d.List {
				if dep.Name == "" {
					t.Error("a component without a name")
				}
			}
		}
	})
}
