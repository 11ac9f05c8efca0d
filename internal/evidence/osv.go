package evidence

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

const (
	maxPages    = 3 // of an answer
	maxPackages = 3 // that are asked for
)

// askOSV gets the records of the repository and of the packages that it publishes (https://google.github.io/osv.dev/post-v1-query/).
// A registry may hold somebody else's package under a name that a manifest states: a record of a package counts where the catalogue
// has the package as the project's, or where the record itself names the repository.
func askOSV(ctx context.Context, c *client, about subject, into *repo.Elsewhere) {
	var sure []string
	if c.chain.Known != nil {
		_, sure = c.chain.Known(about.Ref)
	}
	p := projectOf(about.Snapshot)
	name := "https://" + about.Ref.Host + "/" + about.Name // whose case counts there
	if !p.is(name) {
		name = about.Ref.String()
	}
	type query struct {
		Package struct {
			Name      string `json:"name,omitempty"`
			Ecosystem string `json:"ecosystem,omitempty"`
			PURL      string `json:"purl,omitempty"`
		} `json:"package"`
		Page string `json:"page_token,omitempty"`
	}
	var asks []func() (*[]repo.Advisory, error)
	ask := func(q query, own func(*osvRecord, *osvAffected) bool) {
		asks = append(asks, func() (*[]repo.Advisory, error) {
			list := []repo.Advisory{}
			for range maxPages {
				var answer struct {
					Vulns []json.RawMessage
					Next  string `json:"next_page_token"`
				}
				if err := post(ctx, c.api, "v1/query", q, &answer); err != nil {
					if gone(err) {
						break
					}
					return nil, err
				}
				for _, text := range answer.Vulns {
					var r osvRecord
					if json.Unmarshal(text, &r) != nil {
						continue
					}
					if a, ok := r.advisory(p, own); ok && len(list) < maxRecords {
						list = append(list, a)
					}
				}
				if q.Page = answer.Next; q.Page == "" {
					break
				}
			}
			return some(list), nil
		})
	}
	var git query
	git.Package.Ecosystem, git.Package.Name = "GIT", name
	ask(git, func(_ *osvRecord, a *osvAffected) bool { return a.repository(p) })
	for _, purl := range distinct(append(slices.Clone(sure), about.Packages...), maxPackages) {
		var q query
		q.Package.PURL = purl
		module, isModule := strings.CutPrefix(purl, "pkg:golang/")
		_, inside := p.inside("https://" + module)
		known := slices.Contains(sure, purl) || isModule && inside // a module's path is its repository's
		ask(q, func(r *osvRecord, a *osvAffected) bool {
			return a.repository(p) || a.Package.PURL == purl && (known || r.names(p))
		})
	}
	into.OSV = records(ctx, asks)
}

// osvRecord is the part of a record that matters (https://ossf.github.io/osv-schema/).
type osvRecord struct {
	ID         string
	Aliases    []string
	Summary    string
	Published  string
	Withdrawn  string
	Affected   []osvAffected
	References []struct{ Type, URL string }
	Database   struct {
		Severity any
	} `json:"database_specific"`
}

type osvAffected struct {
	Package struct{ Ecosystem, Name, PURL string }
	Ranges  []struct {
		Type, Repo string
		Events     []map[string]string
	}
}

// repository reports whether a range is one of the repository's commits.
func (a *osvAffected) repository(p project) bool {
	for _, r := range a.Ranges {
		if r.Type == "GIT" && p.is(r.Repo) {
			return true
		}
	}
	return false
}

// names reports whether the record says that a package comes from the repository.
func (r *osvRecord) names(p project) bool {
	for _, ref := range r.References {
		if ref.Type == "PACKAGE" && p.is(ref.URL) {
			return true
		}
	}
	return slices.ContainsFunc(r.Affected, func(a osvAffected) bool { return a.repository(p) })
}

// advisory returns what a record says of the parts that own takes for the project's; not ok if there are none.
func (r *osvRecord) advisory(p project, own func(*osvRecord, *osvAffected) bool) (repo.Advisory, bool) {
	word, _ := r.Database.Severity.(string)
	a := repo.Advisory{
		ID: r.ID, Summary: cut(r.Summary), Severity: severity(word), Published: moment(r.Published), Withdrawn: moment(r.Withdrawn),
		URL: "https://osv.dev/vulnerability/" + r.ID,
	}
	if !recordID.MatchString(r.ID) || a.Published.IsZero() {
		return a, false
	}
	a.Aliases = identifiers(append([]string{r.ID}, r.Aliases...))
	for i := range r.Affected {
		part := &r.Affected[i]
		if len(a.Affected) == maxIDs || !own(r, part) {
			continue
		}
		var fixed []string
		for _, rng := range part.Ranges {
			for _, event := range rng.Events {
				at := event["fixed"]
				switch {
				case at == "":
				case rng.Type != "GIT" && versionForm.MatchString(at):
					fixed = append(fixed, at)
				case rng.Type == "GIT" && p.is(rng.Repo) && commitForm.MatchString(at):
					a.Commits = append(a.Commits, at)
				}
			}
		}
		a.Affected = append(a.Affected, repo.Affected{
			Ecosystem: cut(part.Package.Ecosystem), Package: cut(part.Package.Name), Patched: strings.Join(fixed[:min(len(fixed), maxIDs)], ", "),
		})
	}
	for _, ref := range r.References {
		if id := p.commit(ref.URL); id != "" && ref.Type == "FIX" {
			a.Commits = append(a.Commits, id)
		}
	}
	a.Commits = distinct(a.Commits, maxIDs)
	return a, len(a.Affected) > 0
}

// identifiers returns the CVE ids among others, in upper case.
func identifiers(all []string) []string {
	var out []string
	for _, id := range all {
		if id = strings.ToUpper(id); recordID.MatchString(id) && strings.HasPrefix(id, "CVE-") {
			out = append(out, id)
		}
	}
	return distinct(out, maxIDs)
}

func recallOSV(s, last *repo.Snapshot, now time.Time) {
	repo.Recall(s, last, repo.OSV, &s.Elsewhere.OSV, &last.Elsewhere.OSV, now)
}
