// Package cvesearch gets CVE records of a product from a vulnerability-lookup, as CIRCL runs one.
package cvesearch

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"misp-csirt-tooling/internal/outbound"
)

// PageSize is how many records a page has at most.
const PageSize = 100

// Page returns a page of the CVE records of a vendor and product, the first being 1, and whether there are more
// (GET /api/vulnerability/search/{vendor}/{product}). R is the part of a record that matters (CVE Record Format 5.1); what is none
// is left out. The error is one of outbound.API.Get.
func Page[R any](ctx context.Context, api *outbound.API, vendor, product string, page int) (records []R, more bool, err error) {
	var answer struct {
		Results struct {
			CVE [][]json.RawMessage `json:"cvelistv5"` // pairs of id and record
		}
		Total int `json:"total_count"` // over all sources
	}
	path := "vulnerability/search/" + url.PathEscape(vendor) + "/" + url.PathEscape(product)
	query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(PageSize)}}
	if err := api.Get(ctx, path, query, &answer); err != nil {
		return nil, false, err
	}
	for _, pair := range answer.Results.CVE {
		var r *R
		if len(pair) == 2 && json.Unmarshal(pair[1], &r) == nil && r != nil {
			records = append(records, *r)
		}
	}
	return records, page*PageSize < answer.Total, nil
}
