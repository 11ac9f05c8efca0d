package check

import "misp-csirt-tooling/internal/practice"

var activity = &Check{
	ID:      "activity",
	Name:    "Activity",
	Short:   "activity",
	Asks:    "Is the project alive?",
	Clause:  practice.Tracking,
	Why:     "A tool that nobody tends is a risk that grows.",
	Fix:     "Say in README.md what state the project is in, and name a successor if it is at its end.",
	Met:     "Regular commits by several people within a year.",
	Partial: "Few commits or one person only.",
	Unmet:   "Archived, declared at end of life, or silent for years.",
}
