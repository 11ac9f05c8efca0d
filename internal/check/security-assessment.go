package check

import "misp-csirt-tooling/internal/practice"

var securityAssessment = &Check{
	ID:      "security-assessment",
	Name:    "Security assessment",
	Short:   "security assessment",
	Asks:    "Is the code regularly assessed for security?",
	Clause:  practice.Assessment,
	Why:     "CSIRT tools process hostile data and are targets themselves.",
	Fix:     "Run a static security analysis, a fuzzer or a dependency scan in CI, or publish an audit report.",
	Met:     "Static analysis, fuzzing or scanning runs, or an audit is documented.",
	Partial: "Security linting at warning level, or scans of data only.",
	Unmet:   "No assessment is visible.",
}
