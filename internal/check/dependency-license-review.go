package check

import "misp-csirt-tooling/internal/practice"

var dependencyLicenseReview = &Check{
	ID:      "dependency-license-review",
	Name:    "Review of dependency licences",
	Short:   "licence review of dependencies",
	Asks:    "Is the compatibility of the dependencies' licences reviewed regularly?",
	Clause:  practice.CompatibleLicenses,
	Why:     "Dependencies under incompatible terms can make a tool impossible to distribute.",
	Fix:     "Keep an SBOM or run a licence check of the dependencies in CI.",
	Met:     "An inventory, SBOM or licence check is kept or runs.",
	Partial: "A configuration that nothing runs, or advice to contributors only.",
	Unmet:   "No sign of a review.",
}
