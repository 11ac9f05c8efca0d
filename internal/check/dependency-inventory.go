package check

import "misp-csirt-tooling/internal/practice"

var dependencyInventory = &Check{
	ID:      "dependency-inventory",
	Name:    "Declared dependencies",
	Short:   "declared dependencies",
	Asks:    "Are the dependencies declared?",
	Clause:  practice.KnownRequirements,
	Why:     "Only declared dependencies can be checked for vulnerabilities and licences.",
	Fix:     "Declare the dependencies in the manifest of the language's package manager and commit its lock file.",
	Met:     "Manifests or lock files for the ecosystems in use.",
	Partial: "Only some of them.",
	Unmet:   "Dependencies exist and are declared nowhere.",
}
