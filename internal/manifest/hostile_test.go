package manifest

import (
	"errors"
	"strings"
	"testing"
)

// TestHostile reads manifests of a mebibyte that would not end in time if reading were not linear.
func TestHostile(t *testing.T) {
	r := func(s string) string { return strings.Repeat(s, maxManifest/len(s)) }
	for _, file := range []struct{ path, text string }{
		{"setup.cfg", "[options]\ninstall_requires =\n" + r(" a\n")[:maxManifest-40]},
		{"requirements.txt", r("a\\\n")},
		{"pyproject.toml", "a=" + r("[")[:maxManifest-2]},
		{"a.psd1", r("@{ModuleName='a'}\n")},
		{"b.psd1", r("RequiredModules=@('a',<#")},
		{"Cargo.toml", "a=[" + r(strings.Repeat("[", 900)+strings.Repeat("]", 900)+",")},
	} {
		Describe(file.path, file.text)
		ReadDependencies(file.path, file.text)
	}
}

// TestTOMLNesting has arrays as deep as people write them, and deeper than the parser can be trusted with.
func TestTOMLNesting(t *testing.T) {
	var v any
	if err := decodeTOML("a = "+strings.Repeat("[", 20)+strings.Repeat("]", 20), &v); err != nil {
		t.Errorf("20 deep: %v", err)
	}
	if err := decodeTOML("a = "+strings.Repeat("[", maxBrackets+1)+strings.Repeat("]", maxBrackets+1), &v); !errors.Is(err, errNested) {
		t.Errorf("too deep: %v, want %v", err, errNested)
	}
}

// TestJSONNesting goes no deeper into a manifest than encoding/json does: a mebibyte of brackets would take a hundred of stack.
func TestJSONNesting(t *testing.T) {
	deep := func(levels int) string {
		return `{"name":"tool","x":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "}"
	}
	if got := Identify("package.json", deep(100)); got.Name != "tool" {
		t.Errorf("100 deep: %+v", got)
	}
	if got := Identify("package.json", deep(20_000)); !got.Computed {
		t.Errorf("too deep: %+v", got)
	}
}
