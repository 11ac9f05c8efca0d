package check

import "misp-csirt-tooling/internal/practice"

var publishedFormat = &Check{
	ID:      "published-format",
	Name:    "Published format",
	Short:   "published format",
	Asks:    "Is the project's own format published as a specification?",
	Clause:  practice.StandardizedFormat,
	Why:     "Others can only implement a format that is written down.",
	Fix:     "Publish the specification of the project's own format, for instance as an IETF Internet-Draft.",
	Met:     "A specification with a standards body or as a document of its own.",
	Partial: "Described in the source tree only.",
	Unmet:   "An own format for others without a description.",
}
