package check

import "misp-csirt-tooling/internal/practice"

var documentedApi = &Check{
	ID:      "documented-api",
	Name:    "Documented programming interface",
	Short:   "documented interface",
	Asks:    "Is the interface for programs open and documented?",
	Clause:  practice.DocumentedAPI,
	Why:     "A tool is worth most within a chain of tools.",
	Fix:     "Publish a reference of the programming interface in the repository, for a web service as OpenAPI.",
	Met:     "A reference of an interface for programs is part of the project.",
	Partial: "Incomplete, outdated or only elsewhere.",
	Unmet:   "No documented interface.",
}
