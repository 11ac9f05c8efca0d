package check

import (
	"time"

	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

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
	Needs:   repo.Files | repo.Commits,
	Uses:    repo.Forge,
	Reads:   []string{"{,.github/,docs/}" + readmeGlob},
	Judge:   judgeActivity,
}

// readmeGlob names a README, not the notes for a platform such as README.Solaris.
const readmeGlob = "readme{,.md,.markdown,.rst,.txt,.adoc,.asciidoc,.org,.html}"

const (
	silentYears = 3  // without a commit by a person a project counts as given up
	liveCommits = 12 // commits a year, one a month, that show a living project
	livePeople  = 2  // people a year, so that it does not hang on one
)

func judgeActivity(v *View) Finding {
	n := readNotice(v.Docs, v.Name)
	if v.Forge.Known() && v.Forge.Value.Archived == repo.Yes && n.state != ended {
		return unmet([]Evidence{{Commit: v.Commit, Note: "the forge marks the repository as archived"}}, "the repository is archived")
	}
	if n.state == ended {
		where := []Evidence{at(n.doc, n.line, n.end, "notice")}
		if n.successor {
			return partial(where, "%s declares the end of the project and names what to use instead", n.doc.Path)
		}
		return unmet(where, "%s declares the project archived or at its end", n.doc.Path)
	}
	var year []repo.Commit
	var last *repo.Commit
	start := v.Time.AddDate(-1, 0, 0)
	for i := range v.Commits.Value.Commits {
		c := &v.Commits.Value.Commits[i]
		if isBot(c) {
			continue
		}
		if last == nil || c.Time.After(last.Time) {
			last = c
		}
		if c.Time.After(start) {
			year = append(year, *c)
		}
	}
	where := newest(v, last)
	if last == nil && !v.Commits.Value.Truncated || last != nil && silent(last.Time, v.Time) {
		return unmet(where, "no person has committed a change for more than three years")
	}
	if n.state == frozen {
		return partial([]Evidence{at(n.doc, n.line, n.end, "notice")}, "%s says that the project is only maintained or in want of a maintainer", n.doc.Path)
	}
	if seen := v.Commits.Value; seen.Truncated && len(year) >= liveCommits && countPeople(year) < livePeople && seen.Commits[len(seen.Commits)-1].Time.After(start) {
		return unknown("the newest commits are by one person, and those that were read do not reach back a year")
	}
	switch people := countPeople(year); {
	case len(year) == 0:
		return partial(where, "no person has committed a change in the year before")
	case len(year) < liveCommits && people < livePeople:
		return partial(where, "few commits, all by one person, in the year before")
	case len(year) < liveCommits:
		return partial(where, "few commits in the year before")
	case people < livePeople:
		return partial(where, "all commits of the year before are by one person")
	}
	for i := range year {
		if countPeople([]repo.Commit{*last, year[i]}) == livePeople {
			where = append(where, Evidence{Commit: year[i].OID, Note: "the newest commit by another person, " + year[i].Time.Format(time.DateOnly)})
			break
		}
	}
	return met(where, "regular commits by several people in the year before")
}

// silent reports whether a last sign of life is too old at the time of judgement.
func silent(last, now time.Time) bool { return last.AddDate(silentYears, 0, 0).Before(now) }

// newest is the evidence of the last change by a person, or of the assessed commit.
func newest(v *View, last *repo.Commit) []Evidence {
	if last == nil {
		return []Evidence{{Commit: v.Commit, Note: "the newest commit, by a program"}}
	}
	return []Evidence{{Commit: last.OID, Note: "the newest commit by a person, " + last.Time.Format(time.DateOnly)}}
}
