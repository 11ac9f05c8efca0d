package check

import "misp-csirt-tooling/internal/practice"

var developmentMethod = &Check{
	ID:      "development-method",
	Name:    "Way of working",
	Short:   "way of working",
	Asks:    "Is the way of working written down?",
	Clause:  practice.Methodology,
	Why:     "Whoever knows how a project works can join it.",
	Fix:     "Describe branches, review, style, tests and the release process in CONTRIBUTING.md or docs/.",
	Met:     "At least two of workflow, review, style, testing and release rules.",
	Partial: "One of them.",
	Unmet:   "None of them.",
}
