package check

import "misp-csirt-tooling/internal/practice"

var securityContact = &Check{
	ID:      "security-contact",
	Name:    "Security contact",
	Short:   "security contact",
	Asks:    "Is a specific contact for vulnerability reports named?",
	Clause:  practice.PointOfContact,
	Why:     "Who finds a vulnerability must know whom to tell in private.",
	Fix:     "Add SECURITY.md that names a private contact for vulnerability reports, and a security.txt (RFC 9116) on the project's site.",
	Met:     "A private contact is named for vulnerability reports.",
	Partial: "A page is linked, or only social media is named.",
	Unmet:   "No contact for vulnerability reports; a general address or the public tracker does not count.",
}
