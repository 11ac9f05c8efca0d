package check

import "misp-csirt-tooling/internal/practice"

var codeOfConduct = &Check{
	ID:      "code-of-conduct",
	Name:    "Code of conduct",
	Short:   "code of conduct",
	Asks:    "Is there a code of conduct?",
	Clause:  practice.CodeOfConduct,
	Why:     "A welcoming environment brings users to contribute.",
	Fix:     "Add CODE_OF_CONDUCT.md with a contact that is filled in (model: Contributor Covenant 2.1).",
	Met:     "A complete code of conduct with a contact.",
	Partial: "A link only, or the contact was never filled in.",
	Unmet:   "No code of conduct.",
}
