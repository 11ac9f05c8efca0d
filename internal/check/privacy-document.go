package check

import "misp-csirt-tooling/internal/practice"

var privacyDocument = &Check{
	ID:      "privacy-document",
	Name:    "Privacy description",
	Short:   "privacy description",
	Asks:    "Is it described which information has a privacy impact, and how to improve privacy when deployed?",
	Clause:  practice.PrivacyDescription,
	Why:     "Operators must know which personal data a tool processes to run it lawfully.",
	Fix:     "Describe in PRIVACY.md which personal data the tool processes and what an operator can do to protect them.",
	Met:     "A document describes the personal data that is processed and what an operator can do.",
	Partial: "A remark on one feature or integration only.",
	Unmet:   "Nothing is said about personal data.",
}
