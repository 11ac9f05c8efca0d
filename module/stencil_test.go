package module

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"misp-csirt-tooling/internal/misp"
)

func TestStencil(t *testing.T) {
	r, report := renderer(t), sample()
	drawn, err := newStencil(r.Object(report, input))
	if err != nil {
		t.Fatal(err)
	}
	const other = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	first, second := filled(t, drawn, input), filled(t, drawn, other)
	if got := second.References; len(got) != 1 || got[0].ReferencedUUID != other || got[0].ObjectUUID != second.UUID {
		t.Errorf("references %+v", got)
	}
	seen := map[string]bool{}
	for _, o := range []*misp.Object{first, second} {
		for _, id := range append([]misp.Attribute{{UUID: o.UUID}}, o.Attributes...) {
			if !misp.IsUUID(id.UUID) || id.UUID[14] != '4' || seen[id.UUID] {
				t.Errorf("uuid %s is no new one of version 4", id.UUID)
			}
			seen[id.UUID] = true
		}
	}
	want := r.Object(report, other)
	if a, b := withoutUUIDs(t, second), withoutUUIDs(t, &want); a != b {
		t.Errorf("the copy differs from the original:\n%s\n%s", a, b)
	}
}

// TestStencilOfHostileValues has a repository show uuids of its own: they must stay.
func TestStencilOfHostileValues(t *testing.T) {
	id := misp.NewUUID()
	o := misp.Object{UUID: id, Name: "x", Attributes: []misp.Attribute{
		{UUID: misp.NewUUID(), Value: "see " + input, Comment: `"` + input + `"`}, {UUID: misp.NewUUID(), Value: "end"},
	}}
	drawn, err := newStencil(o)
	if err != nil {
		t.Fatal(err)
	}
	got := filled(t, drawn, input)
	if got.Attributes[0].Value != o.Attributes[0].Value || got.Attributes[0].Comment != o.Attributes[0].Comment || got.UUID == id {
		t.Errorf("copy %+v", got)
	}
}

func filled(t *testing.T, s *stencil, referenced string) *misp.Object {
	t.Helper()
	text, err := answerOf([]*stencil{s}, referenced, "")
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, text)
}

// decoded returns the only object of an encoded answer.
func decoded(t *testing.T, text []byte) *misp.Object {
	t.Helper()
	var a Answer
	if err := json.Unmarshal(text, &a); err != nil || len(a.Results.Objects) != 1 {
		t.Fatalf("answer %.200s, %v", text, err)
	}
	return &a.Results.Objects[0]
}

func withoutUUIDs(t *testing.T, o *misp.Object) string {
	t.Helper()
	text, err := encode(o)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(o.UUID), []byte("uuid"))
	for i := range o.Attributes {
		text = bytes.ReplaceAll(text, []byte(o.Attributes[i].UUID), []byte("uuid"))
	}
	return strings.TrimSpace(string(text))
}

func BenchmarkStencil(b *testing.B) {
	drawn, err := newStencil(renderer(b).Object(sample(), input))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := answerOf([]*stencil{drawn}, input, ""); err != nil {
			b.Fatal(err)
		}
	}
}
