package check

import "misp-csirt-tooling/internal/practice"

var sourceHistory = &Check{
	ID:      "source-history",
	Name:    "Source history",
	Short:   "source history",
	Asks:    "Is the source kept in version control with a history that explains its changes?",
	Clause:  practice.Repository,
	Why:     "A history that explains its changes lets a CSIRT review what it runs and trace when a behaviour came in.",
	Fix:     "Commit each change by itself with a subject that says what changed and why, instead of one commit per release.",
	Met:     "Version control with commit messages that explain the changes.",
	Partial: "One commit per release, or mostly messages that say nothing about the change.",
	Unmet:   "No usable history of changes.",
}
