package check

import "misp-csirt-tooling/internal/practice"

var hardeningGuide = &Check{
	ID:      "hardening-guide",
	Name:    "Hardening guide",
	Short:   "hardening guide",
	Asks:    "Are weak points of a deployment and counter-measures documented?",
	Clause:  practice.Countermeasures,
	Why:     "Operators must know a deployment's weak points to protect them.",
	Fix:     "Add a page on hardening that names the weak points of a deployment and what to do about each.",
	Met:     "A page or section names weak points and what to do.",
	Partial: "A warning or annotated option here and there.",
	Unmet:   "Nothing.",
}
