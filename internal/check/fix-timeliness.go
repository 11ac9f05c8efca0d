package check

import "misp-csirt-tooling/internal/practice"

var fixTimeliness = &Check{
	ID:      "fix-timeliness",
	Name:    "Timeliness of fixes",
	Short:   "time to fix",
	Asks:    "Were the project's published vulnerabilities fixed in good time?",
	Clause:  practice.CVEAndFix,
	Why:     "A known vulnerability without a fix is an invitation.",
	Fix:     "Release the fix before or with the publication of a vulnerability, and name the fixed version in the advisory.",
	Met:     "A fixed version was there at or soon after publication.",
	Partial: "Some were fixed late.",
	Unmet:   "Published vulnerabilities have no fix, or fixes came very late.",
}
