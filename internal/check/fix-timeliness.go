package check

import (
	"slices"

	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var fixTimeliness = &Check{
	ID:      "fix-timeliness",
	Name:    "Timeliness of fixes",
	Short:   "time to fix",
	Asks:    "Were the project's published vulnerabilities fixed in good time?",
	Clause:  practice.CVEAndFix,
	Why:     "A known vulnerability without a fix is an invitation.",
	Fix:     "Release the fix before or with the publication of a vulnerability, and name the fixed version in the advisory.",
	Met:     "A fixed version was there at or soon after publication.",
	Partial: "Some were fixed late.",
	Unmet:   "Published vulnerabilities have no fix, or fixes came very late.",
	Needs:   repo.Files | repo.Tags,
	Uses:    repo.Commits | repo.Forge,
	Reads:   slices.Concat(advisoryGlobs, changelogGlobs),
	Judge:   judgeFixTimeliness,
}

// judgeFixTimeliness compares the release that names an own vulnerability with the year in the identifier, in which it was
// reserved at the earliest: a fix two calendar years later came late.
func judgeFixTimeliness(v *View) Finding {
	var late, timely []ownFlaw
	for _, f := range ownFlaws(v) {
		switch {
		case f.open:
			return unmet([]Evidence{f.where}, "the advisory on %s says that there is no fix", f.ID)
		case f.fixed.IsZero() || f.Year == 0:
		case f.fixed.Year() > f.Year+1:
			late = append(late, f)
		default:
			timely = append(timely, f)
		}
	}
	switch {
	case len(late) == 0 && len(timely) == 0:
		return unknown("the tree tells of no own vulnerability and its fix, and the forge's advisories were not read")
	case len(late) == 0:
		return met([]Evidence{timely[0].where}, "the releases that name own vulnerabilities, such as %s, came with the fix in good time", timely[0].ID)
	case len(timely) == 0:
		return unmet([]Evidence{late[0].where}, "own vulnerabilities such as %s were fixed years after their identifiers", late[0].ID)
	}
	return partial([]Evidence{late[0].where, timely[0].where}, "some own vulnerabilities, such as %s, were fixed years after their identifiers", late[0].ID)
}
