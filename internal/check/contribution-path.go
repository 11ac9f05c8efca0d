package check

import "misp-csirt-tooling/internal/practice"

var contributionPath = &Check{
	ID:      "contribution-path",
	Name:    "Path for contributions",
	Short:   "contribution path",
	Asks:    "Can an outsider propose a change, and is it written down how?",
	Clause:  practice.OpenToChanges,
	Why:     "A tool lives on when the CSIRTs that use it can mend it.",
	Fix:     "Add CONTRIBUTING.md that says how to propose a change, and a pull request template beside it.",
	Met:     "A guide or templates explain how to propose a change.",
	Partial: "A sentence, a pointer or issue templates only.",
	Unmet:   "No word on how an outsider proposes a change.",
}
