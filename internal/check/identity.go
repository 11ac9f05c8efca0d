package check

import (
	"cmp"
	"path"
	"strings"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// forgeAddress matches the address of a repository, with what follows its name.
var forgeAddress = pattern.New(`(?i)\b(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)[/:]([\w.-]+)/([\w.-]+)([/?#]?[\w./?=-]*)`)

// Where a repository says who it is, and how much an address there weighs.
var (
	// identityFiles are the files that tell the address of their own repository: the README and the manifests.
	identityFiles = pattern.New(`^(?:(?:\.github/)?readme[^/]*|setup\.(?:py|cfg)|pyproject\.toml|package\.json|composer\.json` +
		`|cargo\.toml|go\.mod|pom\.xml|codemeta\.json|citation\.cff|publiccode\.ya?ml|\.github/issue_template/config\.ya?ml)$`)
	// ownPages are the pages of a forge that a project links of its own repository.
	ownPages = pattern.New(`(?i)^/(?:actions|workflows|issues|pulls?|releases|discussions|security|graphs|commits|archive|-/)|\.git$|badge`)
	// ownBadge matches the picture of a service that watches a repository; projects show those of their own.
	ownBadge = pattern.New(`(?i)\b(?:codecov\.io/(?:gh|github)|travis-ci\.(?:org|com)|coveralls\.io/(?:r|github|repos/github)|lgtm\.com/projects/g` +
		`|img\.shields\.io/github/[\w-]+(?:/[\w-]+){0,2}?)/([\w.-]+)/([\w.-]+)`)
	// requirement matches what names other projects in a manifest: lines that take a package from git, and all of go.mod behind
	// the name of the module.
	requirement = pattern.New(`(?m)^.*(?:@ ?git\+|\bgit ?= ?["{]).*$|(?s:^(?:require|replace|exclude|tool)\b.*)`)
	// ownMerge is the subject of a commit that merges what others had pushed to the same branch meanwhile.
	ownMerge = pattern.New(`(?i)^Merge (?:remote-tracking )?branch '?([^' ]+)'? of \S*\b(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)[/:]([\w.-]+)/([\w.-]+)` +
		`(?: into (\S+))?`)
)

const (
	weighsMetadata = 5 // named by a manifest
	weighsOwnPage  = 3 // a page or badge that projects link of themselves
	weighsEnough   = 3
)

// identity returns owner/name of the repository, as identify finds it once for a snapshot. Another one may bring commits, or
// the name as the forge spells it.
func (l *library) identity(s *repo.Snapshot, t *tree) string {
	return l.name.get(s, func() string { return identify(s, t) })
}

// identify returns owner/name of the repository. A directory has only the name that somebody gave it, and so has a mirror at a
// port of its own; then what the files and merges say counts: an address whose name is the same, else the one that weighs most.
func identify(s *repo.Snapshot, t *tree) string {
	if s.Ref.Local() && strings.Contains(s.Name, "/") || !s.Ref.Local() && !strings.Contains(s.Ref.Host, ":") {
		return s.Name
	}
	weights, owners := map[string]int{}, map[string]int{}
	var spelled []string // in the order of their first mention
	weigh := func(owner, name string, weight int) {
		name = owner + "/" + strings.TrimSuffix(strings.TrimRight(name, "."), ".git")
		key := strings.ToLower(name)
		if weights[key] == 0 {
			spelled = append(spelled, name)
		}
		weights[key] += weight
		owners[strings.ToLower(owner)] += weight
	}
	for i := range t.files {
		f := &t.files[i]
		if !identityFiles.MatchString(t.lower[i]) || !f.Text.Known() {
			continue
		}
		text := f.Text.Value[:min(len(f.Text.Value), maxIdentity)]
		readme := strings.Contains(path.Base(t.lower[i]), "readme")
		if !readme {
			text = requirement.ReplaceAllString(text, "")
		}
		for _, m := range forgeAddress.FindAllStringSubmatch(text, -1) {
			switch {
			case !readme:
				weigh(m[1], m[2], weighsMetadata)
			case ownPages.MatchString(m[3]) || strings.HasSuffix(m[2], ".git"):
				weigh(m[1], m[2], weighsOwnPage)
			default:
				weigh(m[1], m[2], 1)
			}
		}
		for _, m := range ownBadge.FindAllStringSubmatch(text, -1) {
			weigh(m[1], m[2], weighsOwnPage)
		}
	}
	for i := range s.Commits.Value.Commits {
		if m := ownMerge.FindStringSubmatch(s.Commits.Value.Commits[i].Subject); m != nil && (m[4] == "" || m[4] == m[1]) {
			weigh(m[2], m[3], 1)
		}
	}
	best := ""
	for _, name := range spelled {
		if strings.EqualFold(path.Base(name), path.Base(s.Name)) {
			return name
		}
		key, other := strings.ToLower(name), strings.ToLower(best)
		if cmp.Or(cmp.Compare(weights[key], weights[other]), cmp.Compare(owners[path.Dir(key)], owners[path.Dir(other)])) > 0 {
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
