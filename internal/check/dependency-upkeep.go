package check

import "misp-csirt-tooling/internal/practice"

var dependencyUpkeep = &Check{
	ID:      "dependency-upkeep",
	Name:    "Upkeep of dependencies",
	Short:   "upkeep of dependencies",
	Asks:    "Are dependencies kept current?",
	Clause:  practice.DependencyRuins,
	Why:     "Most vulnerabilities of a tool come in with its dependencies.",
	Fix:     "Pin the dependencies in a lock file and let an update bot such as Dependabot or Renovate raise them.",
	Met:     "Regular updates together with pins or lock files.",
	Partial: "One of the two, or an old stack with an active bot.",
	Unmet:   "Neither, or a stack at end of life.",
}
