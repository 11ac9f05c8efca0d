package check

import (
	"slices"
	"testing"
)

func TestIsVersion(t *testing.T) {
	for _, tag := range []string{"v2.4.198", "V1.0", "1.2", "release/1.2", "Release-1.2", "debian/1.0-1", "pkg-1.0", "pkg/v1.2.3", "@scope/pkg@1.0.0",
		"r2026-07-01", "20260630", "2.4.15-rc1", "4.23.10.post1", "1.0.0+build.5"} {
		if !IsVersion(tag) {
			t.Errorf("%q is not taken for a version", tag)
		}
	}
	for _, tag := range []string{"", "latest", "nightly", "before-the-refactoring", "v", "pre-merge", "archive/old"} {
		if IsVersion(tag) {
			t.Errorf("%q is taken for a version", tag)
		}
	}
}

func TestParseVersion(t *testing.T) {
	tests := []struct {
		name, series string
		parts        []int
		pre          bool
	}{
		{"v2.4.198", "", []int{2, 4, 198}, false},
		{"release/1.2", "", []int{1, 2}, false},
		{"debian/1.0-1", "debian", []int{1, 0, 1}, false},
		{"pkg-1.0", "pkg", []int{1, 0}, false},
		{"@scope/pkg@1.0.3", "scope/pkg", []int{1, 0, 3}, false},
		{"r2026-07-01", "", []int{2026, 7, 1}, false},
		{"20260630", "", []int{2026, 6, 30}, false},
		{"202305", "", []int{2023, 5}, false},
		{"2.4.15-rc1", "", []int{2, 4, 15}, true},
		{"3.3.2~alpha1-1", "", []int{3, 3, 2}, true},
		{"2:1.0-1", "", []int{1, 0, 1}, false},
	}
	for _, tt := range tests {
		v, ok := parseVersion(tt.name)
		if !ok || v.series != tt.series || !slices.Equal(v.parts, tt.parts) || v.pre != tt.pre {
			t.Errorf("parseVersion(%q) = %+v, %v", tt.name, v, ok)
		}
	}
	if v, ok := parseVersion("99999999999999999999.1"); ok {
		t.Errorf("a number beyond all bounds is read as %+v", v)
	}
}
