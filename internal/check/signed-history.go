package check

import "misp-csirt-tooling/internal/practice"

var signedHistory = &Check{
	ID:      "signed-history",
	Name:    "Signed history",
	Short:   "signed history",
	Asks:    "Can commits and tags be traced to their authors by signature?",
	Clause:  practice.ThisProject,
	Why:     "Signatures let a user trace commits and tags to their authors.",
	Fix:     "Sign commits and release tags with the maintainers' own OpenPGP or SSH keys.",
	Met:     "Most recent commits or tags carry maintainers' signatures.",
	Partial: "Some do, or only the forge's own key signed them.",
	Unmet:   "Hardly any does.",
}
