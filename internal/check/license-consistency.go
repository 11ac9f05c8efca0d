package check

import "misp-csirt-tooling/internal/practice"

var licenseConsistency = &Check{
	ID:      "license-consistency",
	Name:    "Consistency of licence statements",
	Short:   "consistency of licence statements",
	Asks:    "Do licence text, README, package metadata and file headers agree?",
	Clause:  practice.ThisProject,
	Why:     "Contradicting statements leave a user unsure what the licence is.",
	Fix:     "State the same SPDX licence expression in LICENSE, README, package metadata and file headers (model: REUSE).",
	Met:     "They agree, or other parts are clearly delineated.",
	Partial: "They differ in version or scope.",
	Unmet:   "They contradict each other.",
}
