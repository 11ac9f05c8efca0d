package repo

import (
	"path"
	"strings"
)

// Community is a kind of file about a project's community that a forge looks for in fixed places, and takes from the owner's
// defaults where the repository has none. Licences and CODEOWNERS are none of these: they are never inherited.
type Community string

// The kinds of community files (GitHub Docs, "Creating a default community health file").
const (
	SecurityPolicy      Community = "security"
	Contributing        Community = "contributing"
	CodeOfConduct       Community = "code_of_conduct"
	Support             Community = "support"
	Governance          Community = "governance"
	IssueTemplate       Community = "issue_template"
	PullRequestTemplate Community = "pull_request_template"
)

// Communities lists the kinds.
var Communities = []Community{SecurityPolicy, Contributing, CodeOfConduct, Support, Governance, IssueTemplate, PullRequestTemplate}

// communityPlaces are the folders in which a forge looks, the one that wins first.
var communityPlaces = []string{".github", ".", "docs"}

// CommunityFile says which kind of community file a path in a repository is, empty for none, and the rank of its place: of two
// files of one kind that of the lower rank counts.
func CommunityFile(name string) (kind Community, rank int) {
	name = strings.ToLower(name)
	dir, base := path.Split(name)
	dir = path.Clean(dir)
	if d := path.Dir(dir); path.Base(dir) == string(IssueTemplate) || path.Base(dir) == string(PullRequestTemplate) {
		dir, base = d, path.Base(dir)
	}
	for rank, place := range communityPlaces {
		if dir != place {
			continue
		}
		stem := strings.ReplaceAll(strings.TrimSuffix(base, path.Ext(base)), "-", "_")
		for _, kind := range Communities {
			if stem == string(kind) {
				return kind, rank
			}
		}
	}
	return "", 0
}
