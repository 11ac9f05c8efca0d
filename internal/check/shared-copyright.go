package check

import "misp-csirt-tooling/internal/practice"

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
}
