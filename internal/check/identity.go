package check

import (
	"path"
	"regexp"
	"strings"

	"misp-csirt-tooling/internal/repo"
)

// forgeAddress matches the address of a repository, with what follows its name.
var forgeAddress = regexp.MustCompile(`(?i)\b(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)[/:]([\w.-]+)/([\w.-]+)([/?#]?[\w./?=-]*)`)

// Where a repository says who it is, and how much an address there weighs.
var (
	// identityFiles are the files that tell the address of their own repository: the README and the manifests.
	identityFiles = regexp.MustCompile(`^(?:(?:\.github/)?readme[^/]*|setup\.(?:py|cfg)|pyproject\.toml|package\.json|composer\.json` +
		`|cargo\.toml|go\.mod|pom\.xml|codemeta\.json|citation\.cff|publiccode\.ya?ml|\.github/issue_template/config\.ya?ml)$`)
	// ownPages are the pages of a forge that a project links of its own repository.
	ownPages = regexp.MustCompile(`(?i)^/(?:actions|workflows|issues|pulls?|releases|discussions|security|graphs|commits|archive|-/)|\.git$|badge`)
)

const (
	weighsMetadata = 5 // named by a manifest
	weighsOwnPage  = 3 // a page that projects link of themselves
	weighsEnough   = 3
)

// identity returns owner/name of the repository, as identify finds it once.
func (l *library) identity(s *repo.Snapshot, t *tree) string {
	if l.name == "" || l.of != s.Name { // the forge may spell it otherwise, or know a newer one
		l.name, l.of = identify(s, t), s.Name
	}
	return l.name
}

// identify returns owner/name of the repository. A directory has only the name that somebody gave it, and so has a mirror at a
// port of its own; then what the files say counts: an address whose name is the same, else the one that weighs most.
func identify(s *repo.Snapshot, t *tree) string {
	if s.Ref.Local() && strings.Contains(s.Name, "/") || !s.Ref.Local() && !strings.Contains(s.Ref.Host, ":") {
		return s.Name
	}
	weights := map[string]int{}
	var spelled []string // in the order of their first mention
	for i := range t.files {
		f := &t.files[i]
		if !identityFiles.MatchString(t.lower[i]) || !f.Text.Known() {
			continue
		}
		for _, m := range forgeAddress.FindAllStringSubmatch(f.Text.Value[:min(len(f.Text.Value), maxIdentity)], -1) {
			name := m[1] + "/" + strings.TrimSuffix(strings.TrimRight(m[2], "."), ".git")
			key := strings.ToLower(name)
			if weights[key] == 0 {
				spelled = append(spelled, name)
			}
			switch {
			case !strings.Contains(path.Base(t.lower[i]), "readme"):
				weights[key] += weighsMetadata
			case ownPages.MatchString(m[3]) || strings.HasSuffix(m[2], ".git"):
				weights[key] += weighsOwnPage
			default:
				weights[key]++
			}
		}
	}
	best := ""
	for _, name := range spelled {
		if strings.EqualFold(path.Base(name), path.Base(s.Name)) {
			return name
		}
		if weights[strings.ToLower(name)] > weights[strings.ToLower(best)] {
			best = name
		}
	}
	if weights[strings.ToLower(best)] >= weighsEnough {
		return best
	}
	return s.Name
}

// maxIdentity is how many bytes of a file are looked at.
const maxIdentity = 64 << 10
