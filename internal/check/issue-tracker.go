package check

import "misp-csirt-tooling/internal/practice"

var issueTracker = &Check{
	ID:      "issue-tracker",
	Name:    "Issue tracker",
	Short:   "issue tracker",
	Asks:    "Can a user open an issue, and does the project say where?",
	Clause:  practice.OpenToChanges,
	Why:     "Users find faults first; they must know where to report them.",
	Fix:     "Link the issue tracker in README.md and ask users to report problems there.",
	Met:     "Issues can be opened and the project points at the place.",
	Partial: "Templates exist, but nothing says where the tracker is.",
	Unmet:   "No tracker is open to users.",
}
