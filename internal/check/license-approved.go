package check

import "misp-csirt-tooling/internal/practice"

var licenseApproved = &Check{
	ID:      "license-approved",
	Name:    "Approved open source licence",
	Short:   "approved licence",
	Asks:    "Is the licence an approved open source licence?",
	Clause:  practice.ApprovedLicense,
	Why:     "A licence that OSI or the FSF approved can be used and combined without asking a lawyer each time.",
	Fix:     "Put the text of a licence that OSI approved into a file LICENSE and name its SPDX identifier in README.md.",
	Met:     "An approved licence covers the whole.",
	Partial: "An approved licence with added restrictions, or parts under other terms.",
	Unmet:   "No licence, or one that is not approved.",
}
