package check

import "misp-csirt-tooling/internal/practice"

var openStandards = &Check{
	ID:      "open-standards",
	Name:    "Open standards",
	Short:   "open standards",
	Asks:    "Does it exchange security information in open standards?",
	Clause:  practice.ReusedStandards,
	Why:     "Open standards let tools exchange information without agreements.",
	Fix:     "Read and write an open format for security information such as MISP, STIX, CSAF or IDEA.",
	Met:     "Reads or writes an open format for security information.",
	Partial: "Generic or rule formats only.",
	Unmet:   "Closed or private formats only.",
}
