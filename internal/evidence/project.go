package evidence

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// Limits on what is taken of records.
const (
	maxRecords = 300     // that a service lists
	maxIDs     = 20      // aliases, versions and commits of one
	maxLine    = 1 << 10 // bytes of a name, version or title
)

// records asks for lists of records side by side, and returns each record once, the newest first.
func records(ctx context.Context, asks []func() (*[]repo.Advisory, error)) repo.Fact[[]repo.Advisory] {
	lists := gather(ctx, asks)
	out := repo.Fact[[]repo.Advisory]{Gap: lists.Gap, Detail: lists.Detail}
	seen := map[string]bool{}
	for _, list := range lists.Value {
		for _, a := range list {
			if !seen[a.ID] {
				seen[a.ID] = true
				out.Value = append(out.Value, a)
			}
		}
	}
	slices.SortFunc(out.Value, func(a, b repo.Advisory) int { return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.ID, b.ID)) })
	return out
}

// some returns a list for gather, nil for one that has nothing.
func some(list []repo.Advisory) *[]repo.Advisory {
	if len(list) == 0 {
		return nil
	}
	return &list
}

// project is the repository that is asked about, as records name it.
type project struct{ host, path string }

func projectOf(s *repo.Snapshot) project { return project{s.Ref.Host, strings.ToLower(s.Ref.Path)} }

// inside returns what follows the repository's address in an address, and whether that is one of the repository.
func (p project) inside(address string) (rest string, ok bool) {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(strings.TrimPrefix(u.Host, "www."), p.host) {
		return "", false
	}
	path := strings.Trim(u.Path, "/")
	if len(path) < len(p.path) || !strings.EqualFold(path[:len(p.path)], p.path) {
		return "", false
	}
	rest = strings.TrimPrefix(path[len(p.path):], ".git")
	if rest == "" || rest[0] == '/' {
		return strings.TrimPrefix(rest, "/"), true
	}
	return "", false
}

// is reports whether an address is that of the repository itself.
func (p project) is(address string) bool {
	rest, ok := p.inside(address)
	return ok && rest == ""
}

var (
	commitPage = pattern.New(`^(?:-/)?commit/([0-9a-f]{40}|[0-9a-f]{64})(?:\.patch|\.diff)?$`)
	commitForm = pattern.New(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	recordID   = pattern.New(`^[A-Za-z][A-Za-z0-9]{1,15}(?:-[A-Za-z0-9.]{1,20}){1,5}$`)
)

// commit returns the object id that a page of the repository shows, empty for another page.
func (p project) commit(address string) string {
	rest, _ := p.inside(address)
	if m := commitPage.FindStringSubmatch(rest); m != nil {
		return m[1]
	}
	return ""
}

// severity returns the word that advisories have for a word of a database, empty for none.
func severity(word string) string {
	switch word = strings.ToLower(word); word {
	case "critical", "high", "medium", "low":
		return word
	case "moderate":
		return "medium"
	}
	return ""
}

// moment reads a time as databases write it, with or without a zone; zero for what is none.
func moment(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

func cut(text string) string {
	return printable([]byte(text[:min(len(text), maxLine)]))
}

// folded is a name without case and punctuation, which databases write as they like.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > '\x7f' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}
