package lookup

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"misp-csirt-tooling/internal/outbound"
	"misp-csirt-tooling/internal/repo"
)

// nvdGrant is what NVD takes from an address without a key (https://nvd.nist.gov/developers/start-here). It does not tell how
// much of it is left.
var nvdGrant = outbound.Grant{Requests: 5, Per: 30 * time.Second}

// How much is asked of NVD for one product. A record of a CVE may take 50 KB.
const (
	nvdAsked = 200 // CVEs of a page, of at most 2,000
	nvdPages = 2
)

// nvdTags are the tags of references that lead to a project itself rather than to those who write about it.
var nvdTags = []string{"Patch", "Vendor Advisory", "Product"}

// nvdPage is the part of an answer of the CVE API that matters (NVD CVE API 2.0, cve_api_json_2.0.schema).
type nvdPage struct {
	TotalResults    int
	Vulnerabilities []struct {
		CVE struct {
			VulnStatus string
			References []struct {
				URL  string
				Tags []string
			}
		}
	}
}

// askNVD asks the National Vulnerability Database for the CVEs of a vendor and product, and takes the repositories that their
// references lead to: one that two CVEs agree on is a candidate. A CVE whose references lead to several tells nothing. None is
// exact, for a reference may lead to a library that the product uses.
func askNVD(ctx context.Context, c *client, t repo.Target) ([]hit, error) {
	vendor, product, ok := strings.Cut(t.Name, ":")
	if !ok {
		return nil, nil
	}
	votes := map[string]int{}
	for page := range nvdPages {
		query := url.Values{
			"virtualMatchString": {"cpe:2.3:*:" + quoted(vendor) + ":" + quoted(product)},
			"resultsPerPage":     {strconv.Itoa(nvdAsked)}, "startIndex": {strconv.Itoa(page * nvdAsked)},
		}
		var answer nvdPage
		if err := c.api.Get(ctx, "cves/2.0", query, &answer); err != nil {
			return none(err)
		}
		for _, v := range answer.Vulnerabilities {
			named := map[string]bool{}
			for _, ref := range v.CVE.References {
				if slices.ContainsFunc(ref.Tags, func(tag string) bool { return slices.Contains(nvdTags, tag) }) {
					c.note(named, ref.URL)
				}
			}
			if len(named) == 1 && v.CVE.VulnStatus != "Rejected" {
				for address := range named {
					votes[address]++
				}
			}
		}
		if (page+1)*nvdAsked >= answer.TotalResults {
			break
		}
	}
	return ballot(votes, "patches, advisories or product pages of %d CVEs lead to it"), nil
}

// quoted writes a value of a CPE name as its formatted string binding does: what is no letter, digit, dot, hyphen or
// underscore behind a backslash (NISTIR 7695, section 6.2).
func quoted(value string) string {
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}
