package check

import "misp-csirt-tooling/internal/practice"

var claFree = &Check{
	ID:      "cla-free",
	Name:    "No contributor licence agreement",
	Short:   "no contributor licence agreement",
	Asks:    "Can one contribute without signing rights away?",
	Clause:  practice.Copyright,
	Why:     "An agreement that signs rights away lets a project turn proprietary.",
	Fix:     "Drop the contributor licence agreement; a Developer Certificate of Origin does.",
	Met:     "No agreement is demanded; a certificate of origin is fine.",
	Partial: "One-sided terms without a signature.",
	Unmet:   "A contributor licence agreement is demanded.",
}
