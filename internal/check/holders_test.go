package check

import (
	"testing"

	"misp-csirt-tooling/internal/repo"
)

// The settings of Sphinx assign the notice; the marks of the assignment are no part of the name.
func TestHolderInAssignment(t *testing.T) {
	for _, line := range []string{"copyright = u'2019 - 2023 Example Inc'", `copyright = "2019, Example Inc"`, "__copyright__ = 'Copyright 2019 Example Inc'"} {
		h := &holders{}
		h.readLines(&Doc{File: &repo.File{Path: "docs/conf.py"}}, line, false)
		if len(h.list) != 1 || h.list[0].name != "Example Inc" {
			t.Errorf("%s: got %v, want Example Inc", line, h.list)
		}
	}
}
