package check

import (
	"cmp"
	"strings"

	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

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
	Needs:   repo.Commits,
	Judge:   judgeSourceHistory,
}

// How many of the newest changes are read, and of how many of them most bring a whole release where that is how a project works by now.
const (
	historyWindow = 200
	habitWindow   = 30
)

func judgeSourceHistory(v *View) Finding {
	changes := changesOf(v)
	switch len(changes) {
	case 0:
		if len(v.Commits.Value.Commits) > 0 {
			return partial([]Evidence{{Commit: v.Commit, Note: headline(v.Commits.Value.Commits[0].Subject)}}, "only programs commit, without a word on what changed")
		}
		return unmet([]Evidence{{Commit: v.Commit, Note: "the assessed commit"}}, "there is no history of changes")
	case 1:
		if !v.Commits.Value.Truncated {
			return unmet([]Evidence{{Commit: changes[0].OID, Note: "the only change"}}, "all source came in one commit, which explains no change")
		}
	}
	releases, void, late := 0, 0, 0
	var release, vague, telling *repo.Commit // the newest of each
	for i, c := range changes {
		switch {
		case namesOnlyVersion(c.Subject, v.Name):
			releases++
			if i < habitWindow {
				late++
			}
			release = cmp.Or(release, c)
		case saysNothing(c):
			void++
			vague = cmp.Or(vague, c)
		case telling == nil || isBot(telling) && !isBot(c) || !isBot(c) && clarity(telling) < clearWords && clarity(c) > clarity(telling):
			telling = c
		}
	}
	switch silent := 2*(releases+void) > len(changes); {
	case silent && releases >= void, 2*late > habitWindow:
		return partial([]Evidence{{Commit: release.OID, Note: headline(release.Subject)}},
			"the history has one commit per release, so single changes cannot be traced")
	case silent:
		return partial([]Evidence{{Commit: vague.OID, Note: headline(vague.Subject)}}, "most commit messages say nothing about the change")
	}
	return met([]Evidence{{Commit: telling.OID, Note: headline(telling.Subject)}}, "changes are committed one by one with messages that say what changed")
}

// clearWords is how many words that say something a subject has that is plain enough to be shown.
const clearWords = 3

// clarity counts such words in the subject of a commit; that of a merge tells of branches.
func clarity(c *repo.Commit) (n int) {
	if strings.HasPrefix(c.Subject, "Merge ") {
		return 0
	}
	for _, w := range words(c.Subject) {
		if !emptyWords[w] && telling(w) {
			n++
		}
	}
	return n
}

// headlineSize is how many bytes of a subject are quoted: git makes one of the whole first paragraph.
const headlineSize = 100

// headline shortens the subject of a commit to be quoted.
func headline(subject string) string {
	if len(subject) <= headlineSize {
		return subject
	}
	return strings.ToValidUTF8(subject[:headlineSize], "") + "…"
}

// changesOf returns the newest changes. Merges only join them, and what programs commit without a word (a nightly
// update of data) tells nothing of a project's habits.
func changesOf(v *View) []*repo.Commit {
	var changes []*repo.Commit
	for i := range v.Commits.Value.Commits {
		c := &v.Commits.Value.Commits[i]
		if c.Parents > 1 || isBot(c) && (saysNothing(c) || namesOnlyVersion(c.Subject, v.Name)) {
			continue
		}
		if changes = append(changes, c); len(changes) == historyWindow {
			break
		}
	}
	return changes
}
