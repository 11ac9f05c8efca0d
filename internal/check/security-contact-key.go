package check

import "misp-csirt-tooling/internal/practice"

var securityContactKey = &Check{
	ID:      "security-contact-key",
	Name:    "OpenPGP key of the security contact",
	Short:   "OpenPGP key of the security contact",
	Asks:    "Is a usable OpenPGP key tied to the security contact?",
	Clause:  practice.PointOfContact,
	Why:     "A report of a vulnerability should not cross the network in the clear.",
	Fix:     "State the full fingerprint of the security contact's OpenPGP key in SECURITY.md and keep the key beside it.",
	Met:     "A valid key or its full fingerprint stands with the contact.",
	Partial: "A link to a page said to hold the key, or a key that is not tied to the contact.",
	Unmet:   "No key, or only one that is expired, revoked or made for signing releases.",
}
