package check

import (
	"slices"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var sharedCopyright = &Check{
	ID:      "shared-copyright",
	Name:    "Shared copyright",
	Short:   "shared copyright",
	Asks:    "Do several parties hold the copyright?",
	Clause:  practice.Copyright,
	Why:     "Where several parties hold the copyright, nobody can close the source alone.",
	Fix:     "Let contributors keep their copyright and name them in AUTHORS or in SPDX-FileCopyrightText headers (model: REUSE).",
	Met:     "Several independent holders are named.",
	Partial: "Contributors keep their rights beside one dominating holder.",
	Unmet:   "A single holder, or none named.",

	Needs: repo.Files,
	Reads: slices.Concat(holderFiles, []string{"readme*", "{,docs/,.github/}{contributing,code*style,coding*}*", "docs/**/licen[cs]e.{md,rst,txt}"},
		sourceSample, ruleSample, []string{"**/conf.py"}), // Sphinx has the notice of the documentation there
	Judge: judgeSharedCopyright,
}

// ofProject matches a holder that is no more than the name of the project, whose authors a list names.
var ofProject = pattern.New(`(?i)^the .* project$`)

func judgeSharedCopyright(v *View) Finding {
	h := readHolders(v)
	named := h.independent()
	switch {
	case len(named) >= 2 && !named[1].collective:
		return met([]Evidence{named[0].at, named[1].at}, "%s and %s are among the holders", named[0].name, named[1].name)
	case len(h.authors) >= 2 && len(named) > 0 && named[0].collective:
		return met([]Evidence{named[0].at, h.authors[0].at, h.authors[1].at}, "%s hold the copyright, and %s names them", named[0].name, h.authors[0].at.Path)
	case len(h.authors) >= 2 && len(named) == 1 && named[0].at.Path == h.authors[0].at.Path && ofProject.MatchString(named[0].name):
		return met([]Evidence{named[0].at, h.authors[0].at, h.authors[1].at}, "%s holds the copyright, and %s names its authors",
			named[0].name, h.authors[0].at.Path)
	case len(h.authors) >= 2 && len(named) == 0:
		return met([]Evidence{h.authors[0].at, h.authors[1].at}, "%s names the authors, and no single holder is named", h.authors[0].at.Path)
	case len(named) >= 2 && !named[0].collective && len(h.authors) >= 2:
		return met([]Evidence{named[0].at, named[1].at, h.authors[0].at, h.authors[1].at},
			"%s holds the copyright beside contributors, whom %s names", named[0].name, h.authors[0].at.Path)
	case len(named) >= 2 && !named[0].collective:
		return partial([]Evidence{named[0].at, named[1].at}, "%s holds the copyright beside contributors whom nothing names", named[0].name)
	case len(named) == 1 && h.keep != nil:
		return partial([]Evidence{named[0].at, *h.keep}, "contributors keep their rights, but %s dominates", named[0].name)
	case len(named) > 0 && named[0].collective:
		return partial([]Evidence{named[0].at}, "%s hold the copyright, but nothing names them", named[0].name)
	case len(named) == 1:
		return unmet([]Evidence{named[0].at}, "%s is the only holder that is named", named[0].name)
	case h.keep != nil:
		return partial([]Evidence{*h.keep}, "contributors keep their rights, but no holder is named")
	}
	return unmet(nil, "no holder of the copyright is named")
}
