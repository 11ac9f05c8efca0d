package check

import (
	"slices"
	"strings"

	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var signedHistory = &Check{
	ID:      "signed-history",
	Name:    "Signed history",
	Short:   "signed history",
	Asks:    "Can commits and tags be traced to their authors by signature?",
	Clause:  practice.ThisProject,
	Why:     "Signatures let a user trace commits and tags to their authors.",
	Fix:     "Sign commits and release tags with the maintainers' own OpenPGP or SSH keys.",
	Met:     "Most recent commits or tags carry maintainers' signatures.",
	Partial: "Some do, or only the forge's own key signed them.",
	Unmet:   "Hardly any does.",
	Needs:   repo.Commits | repo.Tags,
	Judge:   judgeSignedHistory,
}

const (
	signedCommits = 50 // newest commits that are looked at
	signedTags    = 10 // newest tags that are looked at
)

func judgeSignedHistory(v *View) Finding {
	commits := v.Commits.Value.Commits
	commits = commits[:min(len(commits), signedCommits)]
	tags := v.Tags.Value[:min(len(v.Tags.Value), signedTags)]
	const unverified = "; the signature was not verified"
	own, ownTags, anyCommit, anyTag := 0, 0, 0, 0
	var byAuthor, byForge, signedTag []Evidence // the newest of each
	for i := range commits {
		c := &commits[i]
		switch {
		case c.Signature.Scheme == repo.Unsigned:
			continue
		case forgeSigned(c):
			if byForge == nil {
				byForge = []Evidence{{Commit: c.OID, Note: "signed by the forge" + unverified}}
			}
		default:
			if own++; own == 1 {
				byAuthor = []Evidence{{Commit: c.OID, Note: "signed with a key of its author" + unverified}}
			}
		}
		anyCommit++
	}
	for i := range tags {
		if s := tags[i].Signature; s.Scheme != repo.Unsigned {
			if anyTag++; signedTag == nil || !IsVersion(signedTag[0].Tag) && IsVersion(tags[i].Name) {
				signedTag = []Evidence{{Tag: tags[i].Name, Note: "signed" + unverified}}
			}
			if !slices.Contains(forgeKeys, s.KeyID) {
				ownTags++
			}
		}
	}
	all := slices.Concat(byAuthor, byForge, signedTag)
	switch enough := 5*anyCommit >= len(commits) && anyCommit > 0 || 5*anyTag >= len(tags) && anyTag > 0; {
	case len(tags) > 0 && 10*ownTags >= 8*len(tags) && (len(tags) == signedTags || ownTags == len(tags)):
		return met(signedTag, "the newest tags are signed by maintainers")
	case len(commits) > 0 && 10*own >= 8*len(commits):
		return met(byAuthor, "most of the newest commits are signed with keys of their authors")
	case enough && own == 0 && anyTag == 0:
		return partial(byForge, "commits are signed by the forge's own key only, and no recent tag is signed")
	case enough && own == 0 && anyCommit > 0:
		return partial(all, "commits are signed by the forge's own key only, and most tags are not signed")
	case enough && 5*own < len(commits) && (ownTags == 0 || 5*ownTags < len(tags)):
		return partial(all, "few of the newest commits and tags are signed with keys of their authors, others by the forge")
	case enough:
		return partial(all, "only a part of the newest commits and tags is signed with keys of their authors")
	}
	var read []Evidence
	if len(commits) > 0 {
		read = append(read, Evidence{Commit: commits[0].OID, Note: "the newest of the commits that were looked at"})
	}
	if len(tags) > 0 {
		read = append(read, Evidence{Tag: tags[0].Name, Note: "the newest of the tags that were looked at"})
	}
	return unmet(read, "hardly any of the newest commits and tags is signed")
}

// forgeKeys are the keys with which a forge signs what is done in its web interface: GitHub's web-flow, since 2024 and before.
var forgeKeys = []string{"B5690EEEBB952194", "4AEE18F83AFDEB23"}

// forgeNames are the committers under which forges commit in their own name.
var forgeNames = []string{"GitHub", "GitLab", "Gitea", "Forgejo", "Codeberg", "Bitbucket"}

// forgeSigned reports whether a forge signed the commit and not its author.
func forgeSigned(c *repo.Commit) bool {
	return slices.Contains(forgeKeys, c.Signature.KeyID) || slices.ContainsFunc(forgeNames, func(n string) bool { return strings.EqualFold(n, c.Committer) })
}
