package check

import "misp-csirt-tooling/internal/practice"

var privacyMeasures = &Check{
	ID:      "privacy-measures",
	Name:    "Privacy measures",
	Short:   "privacy measures",
	Asks:    "Are there functions that improve privacy?",
	Clause:  practice.PrivacyFunctions,
	Why:     "Incident data are full of personal data; a tool should help to keep them few.",
	Fix:     "Offer and document functions that anonymise, delete or expire personal data, or that limit their sharing.",
	Met:     "At least two of anonymisation, deletion, retention, minimisation, limits on sharing.",
	Partial: "Access control or one small function only.",
	Unmet:   "No such function is documented.",
}
