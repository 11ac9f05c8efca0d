package check

import "misp-csirt-tooling/internal/practice"

var disclosurePolicy = &Check{
	ID:      "disclosure-policy",
	Name:    "Vulnerability disclosure policy",
	Short:   "disclosure policy",
	Asks:    "Does a policy say what happens to a report?",
	Clause:  practice.DisclosurePolicy,
	Why:     "Reporters and users must know what happens to a report, and when.",
	Fix:     "Say in SECURITY.md how soon reports are answered and fixed, which versions are supported, and how findings are credited and published.",
	Met:     "At least two of answer time, fix time, scope, credit, publication are stated.",
	Partial: "One of them is stated, or the policy is only linked.",
	Unmet:   "No policy, or the forge's unchanged template.",
}
