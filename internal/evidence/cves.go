package evidence

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/cvesearch"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// maxProducts is how many products of a repository are asked for.
const maxProducts = 4

// askCVEs gets the CVE records of the products that the catalogue has for the repository from a vulnerability-lookup. Vendor and
// product are never guessed from a name, and a record counts where what it calls affected is one of these products, or has the
// repository's address.
func askCVEs(ctx context.Context, c *client, about subject, into *repo.Elsewhere) {
	var products []string
	if c.chain.Known != nil {
		products, _ = c.chain.Known(about.Ref)
	}
	if len(products) == 0 {
		into.CVEs = repo.Missing[[]repo.Advisory](repo.Unsupported, "the catalogue has no vendor and product for the repository")
		return
	}
	products = distinct(products, maxProducts)
	p := projectOf(about.Snapshot)
	pages := strings.TrimSuffix(c.api.Base().String(), "api/") + "vuln/"
	var asks []func() (*[]repo.Advisory, error)
	for _, product := range products {
		asks = append(asks, func() (*[]repo.Advisory, error) { return c.cves(ctx, p, product, products, pages) })
	}
	into.CVEs = records(ctx, asks)
}

// cves gets the records of one product.
func (c *client) cves(ctx context.Context, p project, product string, products []string, pages string) (*[]repo.Advisory, error) {
	vendor, name, _ := strings.Cut(product, ":")
	list := []repo.Advisory{}
	for page := 1; page <= maxPages; page++ {
		found, more, err := cvesearch.Page[cveRecord](ctx, c.api, vendor, name, page)
		if gone(err) {
			break
		}
		if err != nil {
			return nil, err
		}
		for i := range found {
			if a, ok := found[i].advisory(p, products, pages); ok && len(list) < maxRecords {
				list = append(list, a)
			}
		}
		if !more {
			break
		}
	}
	return some(list), nil
}

// cveRecord is the part of a CVE record that matters (CVE Record Format 5.1).
type cveRecord struct {
	Metadata struct {
		ID        string `json:"cveId"`
		State     string
		Published string `json:"datePublished"`
	} `json:"cveMetadata"`
	Containers struct {
		CNA struct {
			Title      string
			Tags       []string
			Affected   []cveAffected
			References []struct {
				URL  string
				Tags []string
			}
			Metrics []map[string]json.RawMessage
		}
		ADP []struct {
			Metrics []map[string]json.RawMessage
		}
	}
}

type cveAffected struct {
	Vendor, Product, Repo string
	CPEs                  []string
	Versions              []struct {
		Version, Status, LessThan, VersionType string
		Changes                                []struct{ At, Status string }
	}
}

// own reports whether a part that is affected is the project's.
func (a *cveAffected) own(p project, products []string) bool {
	if p.is(a.Repo) {
		return true
	}
	for _, product := range products {
		vendor, name, _ := strings.Cut(product, ":")
		if folded(a.Vendor) == folded(vendor) && folded(a.Product) == folded(name) && folded(name) != "" {
			return true
		}
		for _, cpe := range a.CPEs {
			if parts := strings.SplitN(strings.ToLower(cpe), ":", 6); len(parts) == 6 && parts[0] == "cpe" && parts[1] == "2.3" && parts[3]+":"+parts[4] == product {
				return true
			}
		}
	}
	return false
}

// advisory returns what a record says of the project; not ok if it is about another one, was rejected or is disputed.
func (r *cveRecord) advisory(p project, products []string, pages string) (repo.Advisory, bool) {
	id, cna := strings.ToUpper(r.Metadata.ID), &r.Containers.CNA
	a := repo.Advisory{
		ID: id, Aliases: []string{id}, Summary: cut(cna.Title), Published: moment(r.Metadata.Published), Severity: cvssSeverity(cna.Metrics),
		URL: pages + id,
	}
	for i := 0; i < len(r.Containers.ADP) && a.Severity == ""; i++ {
		a.Severity = cvssSeverity(r.Containers.ADP[i].Metrics)
	}
	if !recordID.MatchString(id) || !strings.HasPrefix(id, "CVE-") || r.Metadata.State != "PUBLISHED" || a.Published.IsZero() ||
		slices.Contains(cna.Tags, "disputed") {
		return a, false
	}
	for i := range cna.Affected {
		part := &cna.Affected[i]
		if len(a.Affected) == maxIDs || !part.own(p, products) {
			continue
		}
		versions, commits := part.fixes()
		a.Commits = append(a.Commits, commits...)
		a.Affected = append(a.Affected, repo.Affected{Ecosystem: "CVE", Package: cut(part.Vendor + " " + part.Product), Patched: strings.Join(versions, ", ")})
	}
	for _, ref := range cna.References {
		if id := p.commit(ref.URL); id != "" && slices.Contains(ref.Tags, "patch") {
			a.Commits = append(a.Commits, id)
		}
	}
	a.Commits = distinct(a.Commits, maxIDs)
	return a, len(a.Affected) > 0
}

var (
	versionForm = pattern.New(`^v?[0-9][0-9A-Za-z.+_-]{0,63}$`)
	// below is the end of a range as GitHub writes it into the version: ">= 2.0, < 2.4.1".
	below = pattern.New(`(?:^|[ ,])< *(v?[0-9][0-9A-Za-z.+_-]*)$`)
)

// fixes returns the versions from which on a part is no longer affected, and the commits.
func (a *cveAffected) fixes() (versions, commits []string) {
	add := func(at, kind string) {
		switch {
		case kind == "git" && commitForm.MatchString(at):
			commits = append(commits, at)
		case kind != "git" && versionForm.MatchString(at):
			versions = append(versions, at)
		}
	}
	for _, v := range a.Versions {
		if v.Status != "affected" {
			continue // what is unaffected may be older than the flaw
		}
		add(v.LessThan, v.VersionType)
		if m := below.FindStringSubmatch(v.Version); m != nil {
			add(m[1], v.VersionType)
		}
		for _, change := range v.Changes {
			if change.Status == "unaffected" {
				add(change.At, v.VersionType)
			}
		}
	}
	return distinct(versions, maxIDs), distinct(commits, maxIDs)
}

// cvssSeverity returns the qualitative severity that the newest CVSS of a record has, empty for none.
func cvssSeverity(metrics []map[string]json.RawMessage) string {
	for _, version := range []string{"cvssV4_0", "cvssV3_1", "cvssV3_0"} {
		for _, m := range metrics {
			var cvss struct{ BaseSeverity string }
			if json.Unmarshal(m[version], &cvss) == nil && severity(cvss.BaseSeverity) != "" {
				return severity(cvss.BaseSeverity)
			}
		}
	}
	return ""
}

func recallCVEs(s, last *repo.Snapshot, now time.Time) {
	repo.Recall(s, last, repo.CVEs, &s.Elsewhere.CVEs, &last.Elsewhere.CVEs, now)
}
