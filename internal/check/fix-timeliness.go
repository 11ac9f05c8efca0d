package check

import (
	"fmt"
	"slices"
	"time"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
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
	Uses:    repo.Commits | repo.Releases | repo.Advisories | repo.OSV | repo.CVEs,
	Reads:   slices.Concat(advisoryGlobs, changelogGlobs),
	Judge:   judgeFixTimeliness,
}

// FixTimes are the figures of fix-timeliness: the paper asks for a "timely scope" and leaves them open. The zero value means
// DefaultFixTimes.
type FixTimes struct {
	Grave int // days after the publication of a vulnerability of critical or high severity in which its fix may come out
	Other int // days for any other one
	Years int // years, of 365 days, that count back from the as-of time
}

// DefaultFixTimes returns the figures that hold unless an operator sets others.
func DefaultFixTimes() FixTimes { return FixTimes{Grave: 30, Other: 90, Years: 3} }

// String words the figures for a reason.
func (t FixTimes) String() string {
	return fmt.Sprintf("%d days if critical or high, else %d, over %s", t.Grave, t.Other, t.years())
}

func (t FixTimes) years() string {
	if t.Years == 1 {
		return "1 year"
	}
	return fmt.Sprintf("%d years", t.Years)
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// good returns how long after its publication the fix of a vulnerability may come out.
func (t FixTimes) good(severity string) time.Duration {
	if severity == "critical" || severity == "high" {
		return days(t.Grave)
	}
	return days(t.Other)
}

// past reports whether a time lies before those that count.
func (t FixTimes) past(v *View, at time.Time) bool {
	return v.Time.Sub(at) > days(365*t.Years)
}

// mostly is which share of the vulnerabilities was fixed in good time where the practice is followed: four fifths.
func mostly(timely, late int) bool { return 5*timely >= 4*(timely+late) }

// judgeFixTimeliness compares the fixed version of each advisory with its publication. An identifier in the tree states no day of
// publication, but the year in which it was reserved at the earliest: a release that fixes it two calendar years later came late. What was
// fixed before the history that counts says nothing of today.
func judgeFixTimeliness(v *View) Finding {
	times := v.FixTimes
	var late, timely []ownFlaw
	for _, k := range v.published() {
		public, good := k.day(), times.good(k.severity())
		if times.past(v, public) {
			continue
		}
		id := k.records[0].ID
		f := ownFlaw{Identifier: document.Identifier{ID: id}, where: k.evidence(id)}
		fixed, patched := k.fixed(v)
		switch {
		case !patched && !k.owners: // a database that knows of no fix does not say that there is none
		case !patched && v.Time.Sub(public) <= good: // there is time left
		case !patched || !fixed.IsZero() && fixed.After(public.Add(good)):
			late = append(late, f)
		case !fixed.IsZero():
			timely = append(timely, f)
		}
	}
	dated := len(late)+len(timely) > 0
	for _, f := range ownFlaws(v) {
		switch {
		case f.open:
			return unmet([]Evidence{f.where}, "the advisory on %s says that there is no fix", f.ID)
		case f.fixed.IsZero() || f.Year == 0 || times.past(v, f.fixed):
		case f.fixed.Year() > f.Year+1:
			late = append(late, f)
		default:
			timely = append(timely, f)
		}
	}
	listed := len(v.Advisories.Value) + len(v.OSV.Value) + len(v.CVEs.Value)
	switch {
	case len(late) == 0 && len(timely) == 0 && v.Advisories.Gap == repo.Unsupported && (v.OSV.Known() || v.CVEs.Known()) && listed == 0:
		return notApplicable("no database that was asked lists a vulnerability of the project, and the tree names none of the last %s", times.years())
	case len(late) == 0 && len(timely) == 0 && v.Advisories.Known() && listed == 0:
		return notApplicable("the forge published no advisory, and the tree names no own vulnerability of the last %s", times.years())
	case len(late) == 0 && len(timely) == 0:
		return unknown("nothing tells when a vulnerability of the project was published and fixed in the last %s", times.years())
	case !dated:
		return fixedByYear(timely, late)
	case mostly(len(timely), len(late)):
		return met([]Evidence{timely[0].where}, "vulnerabilities of the project, such as %s, were fixed in good time (%s)", timely[0].ID, times)
	case len(timely) == 0:
		return unmet([]Evidence{late[0].where}, "vulnerabilities of the project, such as %s, were fixed late or not at all (%s)", late[0].ID, times)
	}
	return partial([]Evidence{late[0].where, timely[0].where}, "some vulnerabilities of the project, such as %s, were fixed late or not at all (%s)", late[0].ID, times)
}

// fixedByYear judges by the years of the identifiers alone and claims no more than they tell.
func fixedByYear(timely, late []ownFlaw) Finding {
	switch {
	case mostly(len(timely), len(late)):
		return met([]Evidence{timely[0].where}, "releases fix vulnerabilities of the project, such as %s, by the year after that of the identifier", timely[0].ID)
	case len(timely) == 0:
		return unmet([]Evidence{late[0].where}, "%s was fixed later than in the year after that of its identifier", late[0].ID)
	}
	return partial([]Evidence{late[0].where, timely[0].where}, "%s was fixed later than in the year after that of its identifier, others were sooner", late[0].ID)
}

// patchedVersion is a version in what an advisory says of the patched ones: ">= 2.4.1".
var patchedVersion = pattern.New(`\d+(?:\.\d+)+|\d+`)

// fixedDay returns when the first fixed version of an advisory came out, zero if no tag and no release tells, and whether every
// affected package has a fixed version, or a commit is known that fixes it.
func fixedDay(v *View, a *repo.Advisory) (day time.Time, patched bool) {
	patched = len(a.Affected) > 0
	earliest := func(t time.Time) {
		if !t.IsZero() && (day.IsZero() || t.Before(day)) {
			day = t
		}
	}
	for _, p := range a.Affected {
		versions := patchedVersion.FindAllString(p.Patched, -1)
		patched = patched && len(versions) > 0
		for _, name := range versions {
			earliest(tagDay(v, name))
			for i := range v.Releases.Value {
				if sameVersion(v.Releases.Value[i].Tag, name) {
					earliest(v.Releases.Value[i].Time)
				}
			}
		}
	}
	earliest(commitDay(v, a.Commits))
	return day, patched || len(a.Commits) > 0
}
