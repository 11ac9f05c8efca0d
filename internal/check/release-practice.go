package check

import "misp-csirt-tooling/internal/practice"

var releasePractice = &Check{
	ID:      "release-practice",
	Name:    "Release practice",
	Short:   "release practice",
	Asks:    "Are there versioned releases with notes?",
	Clause:  practice.Tracking,
	Why:     "Versions and notes let an operator decide what to update and when.",
	Fix:     "Tag each release with its version and keep a CHANGELOG.md up to date (model: keepachangelog).",
	Met:     "Version tags, and notes that keep up with them.",
	Partial: "Tags without notes, or notes that fell behind.",
	Unmet:   "No versioned releases.",
}
