package check

import (
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// vulnerability is one of the project that was published: by the owner on the forge, by databases, or by both.
type vulnerability struct {
	records []*repo.Advisory // of the same one, the owner's first
	owners  bool             // the owner published it on the forge
}

// published returns the vulnerabilities that the forge and the databases list, each once, without those that were withdrawn.
func (v *View) published() []*vulnerability {
	byID := map[string]*vulnerability{}
	var all []*vulnerability
	add := func(a *repo.Advisory, owners bool) {
		ids := append([]string{a.ID}, a.Aliases...)
		var known *vulnerability
		for _, id := range ids {
			if k := byID[strings.ToUpper(id)]; k != nil && !owners { // the owner's are distinct
				known = k
				break
			}
		}
		if known == nil {
			known = &vulnerability{owners: owners}
			all = append(all, known)
		}
		known.records = append(known.records, a)
		for _, id := range ids {
			byID[strings.ToUpper(id)] = known
		}
	}
	for i := range v.Advisories.Value {
		add(&v.Advisories.Value[i], true)
	}
	for _, list := range [][]repo.Advisory{v.OSV.Value, v.CVEs.Value} {
		for i := range list {
			if list[i].Withdrawn.IsZero() {
				add(&list[i], false)
			}
		}
	}
	return slices.DeleteFunc(all, func(k *vulnerability) bool { return !k.records[0].Withdrawn.IsZero() })
}

// day is when it was published first.
func (k *vulnerability) day() time.Time {
	day := k.records[0].Published
	for _, a := range k.records[1:] {
		if !a.Published.IsZero() && (day.IsZero() || a.Published.Before(day)) {
			day = a.Published
		}
	}
	return day
}

// severity is what the first record says that says it.
func (k *vulnerability) severity() string {
	for _, a := range k.records {
		if a.Severity != "" {
			return a.Severity
		}
	}
	return ""
}

// fixed returns when the first version with the fix came out, zero if nothing tells, and whether some record knows of one.
func (k *vulnerability) fixed(v *View) (day time.Time, patched bool) {
	for _, a := range k.records {
		at, is := fixedDay(v, a)
		patched = patched || is
		if !at.IsZero() && (day.IsZero() || at.Before(day)) {
			day = at
		}
	}
	return day, patched
}

// evidence is the first record, with the day of publication.
func (k *vulnerability) evidence(id string) Evidence {
	return Evidence{URL: k.records[0].URL, Note: id + ", " + k.day().Format(time.DateOnly)}
}

// commitDay returns when the first version came out that is not older than one of the commits, which is the day of the commit
// itself where no versions are tagged; zero if the commits are not among the newest.
func commitDay(v *View, ids []string) time.Time {
	var at time.Time
	for i := range v.Commits.Value.Commits {
		c := &v.Commits.Value.Commits[i]
		if slices.Contains(ids, c.OID) && (at.IsZero() || c.Time.Before(at)) {
			at = c.Time
		}
	}
	if at.IsZero() {
		return at
	}
	var day time.Time
	versions := false
	for i := range v.Tags.Value {
		t := &v.Tags.Value[i]
		if !IsVersion(t.Name) {
			continue
		}
		versions = true
		if !t.Time.Before(at) && (day.IsZero() || t.Time.Before(day)) {
			day = t.Time
		}
	}
	if !versions {
		return at
	}
	return day
}
